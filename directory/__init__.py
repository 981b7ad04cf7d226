"""The services directory: who helps, where, when and in which language."""

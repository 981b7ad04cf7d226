"""The assistant: content, understanding and dialogue, run by Rasa."""

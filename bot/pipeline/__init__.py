"""Rasa graph components, each a shell round a pure function of `bot`."""

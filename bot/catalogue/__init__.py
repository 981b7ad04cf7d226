"""Reads and judges what editors write: topics, answers and interface texts."""

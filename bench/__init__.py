"""Measurements: one command each, tables committed in docs/."""

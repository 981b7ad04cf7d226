"""The front door: the only part of Cyswllt that people, widgets and charities talk to."""

"""The action server: answers that need the directory, or a look at what else a message may mean."""

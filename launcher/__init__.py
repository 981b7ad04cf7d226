"""The commands behind `make`: set up, train, run, talk. Each says what to do next when it fails."""

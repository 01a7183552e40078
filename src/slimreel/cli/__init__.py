"""The command line: translates arguments into use cases and events into text."""

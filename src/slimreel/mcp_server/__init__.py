"""Lets language models use slimreel over the Model Context Protocol. Decides nothing itself: services do the work."""

"""Loads the tables that ship with the package: presets and words."""

"""Reads the project's tables: words, messages and presets. Returns plain values, knows no type above."""

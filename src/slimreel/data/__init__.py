"""Reads the project's tables: words, messages and presets. Returns plain values and knows no type above it."""

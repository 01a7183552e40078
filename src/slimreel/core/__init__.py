"""Nouns and arithmetic of compression: no I/O, clock, randomness or processes."""

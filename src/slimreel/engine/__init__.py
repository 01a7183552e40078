"""Measures and encodes: the only folder that starts processes."""

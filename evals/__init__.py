"""Measures how well sentences become exact edits, on requests written for it and on what chance makes of them."""

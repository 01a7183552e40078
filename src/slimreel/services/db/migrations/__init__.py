"""Brings a database to the present form, step by step."""

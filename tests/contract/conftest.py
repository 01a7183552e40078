"""The clips of tests/engine, for what is tried on every operation."""

from tests.engine.conftest import make

__all__ = ["make"]

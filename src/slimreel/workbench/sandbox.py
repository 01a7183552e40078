"""Says in a sentence how well files are kept apart on this machine, for interfaces to show."""

from __future__ import annotations

from slimreel.engine import sandbox


def missing_protection() -> str | None:
    """A sentence where the sandbox is not full, else None. Costs a millisecond on a system that has all of it."""
    if sandbox.looks_full():
        return None
    level = sandbox.level()
    return None if level.is_full else f"The sandbox on this system is {level.sentence()}."

"""What was asked of a draft so far, turn by turn, so that every turn can be undone and the whole replayed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCommand:
    """One operation as it travels everywhere: {"op": "trim", "params": {"start_s": 2}}."""

    op: str
    params: dict[str, Any] = field(default_factory=dict)


# All that one turn of a conversation, or one call, asked for. It is undone as a whole.
Turn = tuple[EditCommand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How a draft came to be. Replaying `done` on a timeline begun from the assets `start` gives the draft."""

    revision: int = 0  # grows by one with every call that changed anything, undoing included
    start: tuple[str, ...] = ()
    done: tuple[Turn, ...] = ()
    undone: tuple[Turn, ...] = ()  # what redo does again, the next one last

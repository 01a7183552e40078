"""Whether the words of a turn speak of a value: what the operation's own reader makes of them, and options by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slimreel.agent.reading import FILLERS
from slimreel.agent.span import Missing, Span
from slimreel.agent.turns.heard import Heard
from slimreel.agent.words import texts


def as_read(op: str, heard: Heard) -> dict[str, Any]:
    """What the operation's own reader makes of the turn."""
    if op not in FILLERS:
        return {}
    try:
        found = FILLERS[op](Span(list(heard.pieces), heard.context, heard.plain))
    except Missing:
        return {}
    if isinstance(found, list):
        return found[0] if found else {}
    return found


def agreement(name: str, value: Any, read: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether that reader says the same of a parameter, or something else."""
    if name not in read:
        return ()
    return ("read so",) if _alike(read[name], value) else ("read otherwise",)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return bool(one == other)


def spoken_of(name: str, value: Any, options: tuple[Any, ...], heard: Heard) -> Iterator[str]:
    """Whether the words call an option by its name, or the parameter, or another option."""
    yield f"{name}={value}"
    if value is True or value is False:
        if name.replace("_", " ") in heard.plain.lower():
            yield f"{name} said"
        return
    if _called(name, value, heard):
        yield "said"
    elif any(_called(name, other, heard) for other in options):
        yield "another said"


def _called(name: str, value: Any, heard: Heard) -> bool:
    plain = heard.plain.lower()
    names = {str(value), *texts(f"called_{value}")}
    return any(one in plain for one in names) or any(piece.named.get(name) == value for piece in heard.pieces)

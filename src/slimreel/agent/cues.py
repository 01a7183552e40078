"""The language in which an operation says how it is asked for, and the search for it in a part of a request.

A cue is a set of meanings that have to be there, in any order: "remove RANGE|FIRST" needs a word of removing and a stretch.
`a|b` either, `a?` may be absent, `!a` must be absent, `a=x` a word of that meaning that is written x.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from slimreel.agent.span import Span


@dataclass(frozen=True, slots=True)
class Item:
    means: tuple[str, ...]
    optional: bool
    forbidden: bool


@lru_cache(maxsize=1024)
def read_cue(cue: str) -> tuple[Item, ...]:
    items = []
    for part in cue.split():
        optional, forbidden = part.endswith("?") and not part.endswith("LINES?"), part.startswith("!")
        items.append(Item(tuple(part.strip("!").removesuffix("?" if optional else "").split("|")), optional, forbidden))
    return tuple(items)


def matches(span: Span, cue: str) -> set[int] | None:
    """The places that a cue uses of a span, or None where it is not there."""
    items = read_cue(cue)
    if any(item.forbidden and span.has(*item.means) for item in items):
        return None
    used: set[int] = set()
    for item in items:
        if item.forbidden:
            continue
        at = next((at for at, piece in enumerate(span.pieces) if at not in used and piece.has(*item.means)), None)
        if at is None:
            if not item.optional:
                return None
            continue
        used.add(at)
    return used

"""Refuses JSON that is too large, too deep or too strange, before anything of it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec

from slimreel.errors import BadDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a document may hold."""

    bytes: int
    depth: int
    tracks: int
    segments: int
    items: int  # of one list or object
    characters: int  # of one text
    number: int = 2**53  # what every reader of JSON can hold exactly


# What came from outside; what this program stored itself may hold more.
FOREIGN = Limits(bytes=256 * 1024, depth=8, tracks=20, segments=200, items=2000, characters=4000)
OWN = Limits(bytes=64 * 1024 * 1024, depth=16, tracks=1000, segments=100_000, items=200_000, characters=100_000)


def parse(document: str | bytes, limits: Limits) -> dict[str, Any]:
    """The object that a JSON text holds. Raises BadDraft."""
    size = len(document.encode("utf-8", "surrogatepass")) if isinstance(document, str) else len(document)
    if size > limits.bytes:
        raise BadDraft(detail=f"it has {size} bytes, more than {limits.bytes}")
    try:
        found = msgspec.json.decode(document)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadDraft(detail="it is no JSON that can be read") from error
    return inspect(found, limits)


def inspect(found: object, limits: Limits) -> dict[str, Any]:
    """The object itself, if nothing in it is too large, too deep or too strange. Raises BadDraft."""
    if not isinstance(found, dict):
        raise BadDraft(detail="it is no object")
    waiting: list[tuple[object, int]] = [(found, 1)]  # no recursion: the depth is what is doubted
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, (dict, list, tuple)):
            if depth > limits.depth:
                raise BadDraft(detail=f"it is nested more than {limits.depth} deep")
            if len(value) > limits.items:
                raise BadDraft(detail=f"one of its lists is longer than {limits.items}")
            inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
            waiting += [(one, depth + 1) for one in inner]
        else:
            _inspect_value(value, limits)
    return found


def _inspect_value(value: object, limits: Limits) -> None:
    if isinstance(value, str):
        if len(value) > limits.characters:
            raise BadDraft(detail=f"one of its texts is longer than {limits.characters} characters")
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            raise BadDraft(detail="one of its texts holds what is no character")
    elif isinstance(value, (int, float)):
        if not isfinite(value) or abs(value) > limits.number:
            raise BadDraft(detail="one of its numbers is beyond all bounds")
    elif value is not None:
        raise BadDraft(detail="it holds what JSON does not know")

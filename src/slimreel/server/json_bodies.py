"""Reads the JSON of a body strictly: what two readers could read differently, or what a database or a file cannot
hold, is refused here with a sentence. It knows no request."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from slimreel.errors.service import BadRequest

DEEPEST = 32
# Session ids are numbers of 19 digits, which some clients send as numbers; they need all of 64 bits.
_LARGEST = 2**64
# The closing quote may be missing, so that a text without an end is gone through only once.
_TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_object(body: bytes) -> dict[str, Any]:
    """The object of a body; an empty body is an empty object. Raises BadRequest (fields: detail)."""
    found = read_json(body) if body.strip() else {}
    if not isinstance(found, dict):
        raise BadRequest(detail="the body is not a JSON object")
    return found


def read_json(body: bytes) -> Any:
    """The value of a body. Raises BadRequest (fields: detail)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(detail=f"the body is not UTF-8 (byte {error.start})") from error
    if _deepest(text) > DEEPEST:
        raise BadRequest(detail=f"the JSON is nested deeper than {DEEPEST} levels")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_float, parse_int=_int
        )
    except json.JSONDecodeError as error:
        raise BadRequest(detail=f"the body is not JSON ({error.msg}, character {error.pos})") from error
    for one in _texts(value):
        if "\x00" in one:
            raise BadRequest(detail="a text of the JSON holds the character NUL")
        if _SURROGATE.search(one):
            raise BadRequest(detail="a text of the JSON holds half a character (a lone surrogate)")
    return value


def _deepest(text: str) -> int:
    """How deep it is nested, counted before it is parsed, since the parser calls itself for each level."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for found in _TOKENS.finditer(text):
        if found[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                break
        elif found[0] in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(detail=f"the key {_shown(twice)} stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadRequest(detail=f"{name} is not a number of JSON")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise BadRequest(detail=f"the number {text[:40]} is too large")
    return number


def _int(text: str) -> int:
    if len(text) > 21 or abs(number := int(text)) >= _LARGEST:
        raise BadRequest(detail=f"the number {text[:40]} is too large")
    return number


def _texts(value: Any) -> Iterator[str]:
    """Every text in it, keys included."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as found:
                yield from found
                waiting.extend(found.values())
            case list() as found:
                waiting.extend(found)


def _shown(text: str) -> str:
    return ascii(text[:40])

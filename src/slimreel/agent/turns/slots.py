"""Every parameter of an operation with every other value that the pieces of a turn can give it.

Which parameters there are it asks the operation itself. Knows no words but those of values.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import combinations
from typing import Any, Literal

from slimreel.agent.follow.multiplied import multiple_of
from slimreel.agent.turns.heard import Heard, Params
from slimreel.agent.turns.spoken import agreement, as_read, spoken_of
from slimreel.agent.turns.values import beside, stretch_of, times, value_of
from slimreel.core.presets import all_presets
from slimreel.edit.registry import operations

# What is chosen for its own sake and not by a value: which clip, what else it is called.
_APART = frozenset("clip clips set order font filename style x y w h".split())
# What next to no turn changes: it would make many candidates and no answers.
_UNSAID = frozenset(
    """
    encoder hardware passes hdr reencode strip_metadata keep_location encode_speed role height_px
    total_bitrate_bps vmaf_min
    """.split()
)
# What may stand for the options of a parameter that takes any text.
_LANGUAGES = ("en", "zh", "ja", "ko", "es", "fr", "de")
_MOMENTS = ("AT", "TIME", "NUMBER", "START", "UNTIL")


@dataclass(frozen=True, slots=True)
class Slot:
    """One change. `how` it was found, `used` the places of the pieces that say it, `hints` what else speaks of it."""

    name: str
    how: str
    changed: Mapping[str, Any]
    used: frozenset[int] = frozenset()
    hints: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        return next(iter(self.changed.values()))


@cache
def parameters(op: str) -> dict[str, tuple[Any, ...]]:
    """The parameters of an operation that a turn may change, each with its options where it has only some."""
    kind = operations()[op]
    hints = typing.get_type_hints(kind)
    found = {}
    for one in fields(kind):
        if one.name not in _APART | _UNSAID and not (one.name == "target" and op in ("update", "nudge", "remove")):
            found[one.name] = tuple(_options(one.name, hints[one.name]))
    return found


def _options(name: str, kind: Any) -> Iterator[Any]:
    if kind is bool:
        yield from (True, False)
    if name in ("preset", "language"):
        yield from tuple(all_presets()) if name == "preset" else _LANGUAGES
    if name in ("position", "resolution", "min_resolution", "focus") or typing.get_origin(kind) is tuple:
        return
    options = typing.get_args(kind) if typing.get_origin(kind) is Literal else ()
    for inner in typing.get_args(kind) if not options else ():
        if typing.get_origin(inner) is Literal:
            options = tuple(one for one in typing.get_args(inner) if one != "end")
    yield from options


def slots_of(op: str, old: Params, heard: Heard) -> list[Slot]:
    """The changes of one operation, or of the element that it put there, that had these parameters."""
    found: list[Slot] = []
    read = as_read(op, heard)
    for name, options in parameters(op).items():
        if name == "at_s" and isinstance(old.get(name), list | tuple):
            found += _of_moments(heard)
            continue
        found += _of_values(op, name, old, heard)
        found += [
            Slot(name, "option", {name: one}, frozenset(), tuple(spoken_of(name, one, options, heard)))
            for one in options
            if one != old.get(name) and not (one is False and name not in old and name not in ("loop", "duck"))
        ]
        if name in ("range_s", "ranges_s"):
            found += _of_stretch(name, old, heard)
    if {"start_s", "end_s"} <= parameters(op).keys():
        found += _of_edges(heard)
        if isinstance(old.get("end_s"), int | float):
            found.append(Slot("end_s", "toend", {"end_s": "end"}))
            found += _moved(old, heard)
    return [replace(slot, hints=(*slot.hints, *_agreed(slot, read))) for slot in found]


def _agreed(slot: Slot, read: Mapping[str, Any]) -> tuple[str, ...]:
    name = slot.name.partition(",")[0]
    return agreement(name, slot.changed.get(name), read)


def _of_values(op: str, name: str, old: Params, heard: Heard) -> Iterator[Slot]:
    before = old.get(name)
    measured = isinstance(before, int | float) and not isinstance(before, bool) and math.isfinite(before)
    for at in heard.valued:
        piece = heard.pieces[at]
        if op == "compress" and piece.means == {"NUMBER"} and name not in old:
            continue  # a bare number is of what was said
        value = value_of(piece, name, before)
        used = frozenset([at])
        if value is not None and value != before:
            yield Slot(name, "set" if name in old else "add", {name: value}, used)
            yield from _instead(name, value, old, used)
            if name == "offset_s":
                yield Slot(name, "negative", {name: -value}, used)
        if not measured:
            continue
        if isinstance(value, int | float) and not piece.has("CLOCK"):
            for how, sign in (("plus", 1), ("minus", -1)):
                if (after := beside(float(str(before)), name, sign * value)) is not None:
                    yield Slot(name, how, {name: after}, used)
        if (factor := multiple_of(piece)) is not None:
            yield Slot(name, "times", {name: times(float(str(before)), name, factor)}, used)


_UNITS = ("_bps", "_bytes", "_px")


def _instead(name: str, value: Any, old: Params, used: frozenset[int]) -> Iterator[Slot]:
    """A bound of the bit rate, where it was the bit rate: one of the same unit in the place of the other."""
    unit = next((unit for unit in _UNITS if name.endswith(unit)), None)
    if unit and name not in old and any(other.endswith(unit) for other in old):
        yield Slot(name, "instead", {name: value, **{other: None for other in old if other.endswith(unit)}}, used)


def _of_moments(heard: Heard) -> Iterator[Slot]:
    """All the moments that are said, and each alone."""
    places = [at for at in heard.valued if _is_moment(heard, at)]
    moments = sorted(float(heard.pieces[at].value) for at in places)
    if moments:
        yield Slot("at_s", "set", {"at_s": moments}, frozenset(places))
    for at in places if len(places) > 1 else ():
        yield Slot("at_s", "set", {"at_s": [float(heard.pieces[at].value)]}, frozenset([at]))


def _of_stretch(name: str, old: Params, heard: Heard) -> Iterator[Slot]:
    """Another stretch, or one edge of it moved."""
    before = old.get(name)
    if name == "ranges_s" and isinstance(before, list | tuple):
        before = before[0] if len(before) == 1 else None

    def slot(how: str, start: Any, end: Any, *used: int) -> Slot:
        return Slot(name, how, {name: [[start, end]] if name == "ranges_s" else [start, end]}, frozenset(used))

    for at in heard.valued:
        piece = heard.pieces[at]
        if (found := stretch_of(piece, heard.context.length_s)) is not None:
            yield slot("set" if before else "add", *found, at)
        if isinstance(before, list | tuple) and len(before) == 2 and _is_moment(heard, at):
            yield slot("start", float(piece.value), before[1], at)
            yield slot("end", before[0], float(piece.value), at)
    for first, second in _pairs(heard):
        yield slot("both", float(heard.pieces[first].value), float(heard.pieces[second].value), first, second)


def _of_edges(heard: Heard) -> Iterator[Slot]:
    """From when to when something is there."""
    for at in heard.valued:
        if (found := stretch_of(heard.pieces[at], heard.context.length_s)) is not None:
            yield Slot("start_s,end_s", "set", {"start_s": found[0], "end_s": found[1]}, frozenset([at]))
            if found[1] == "end":
                yield Slot("start_s", "since", {"start_s": found[0]}, frozenset([at]))
            if found[0] == 0:
                yield Slot("end_s", "until", {"end_s": found[1]}, frozenset([at]))
    for first, second in _pairs(heard):
        start, end = float(heard.pieces[first].value), float(heard.pieces[second].value)
        yield Slot("start_s,end_s", "both", {"start_s": start, "end_s": end}, frozenset([first, second]))


def _moved(old: Params, heard: Heard) -> Iterator[Slot]:
    """The whole of it earlier or later, or there for another while."""
    start, end = old.get("start_s", 0.0), old["end_s"]
    for at in heard.valued:
        if not (_is_moment(heard, at) and isinstance(start, int | float)):
            continue
        said, used = float(heard.pieces[at].value), frozenset([at])
        for how, by in (("later", said), ("earlier", -said), ("from there", said - start)):
            if start + by >= 0 and by:
                yield Slot("start_s,end_s", how, {"start_s": start + by, "end_s": end + by}, used)
        yield Slot("end_s", "for", {"end_s": start + said}, used)
    for at, piece in enumerate(heard.pieces):
        if (factor := multiple_of(piece)) is not None and isinstance(start, int | float):
            yield Slot("end_s", "times", {"end_s": round(start + (end - start) * factor, 6)}, frozenset([at]))


def _pairs(heard: Heard) -> list[tuple[int, int]]:
    moments = [at for at in heard.valued if _is_moment(heard, at)]
    return list(combinations(moments, 2)) if len(moments) < 4 else []


def _is_moment(heard: Heard, at: int) -> bool:
    piece = heard.pieces[at]
    return piece.has(*_MOMENTS) and isinstance(piece.value, int | float)

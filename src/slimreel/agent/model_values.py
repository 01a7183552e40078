"""Reads and bounds the values of a command that a language model wrote: units, times, new values of what is there.

The units are those of core, as for the rules. Which names there are is not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

from slimreel.agent.context import Context
from slimreel.core.numerals import read_number, read_share
from slimreel.core.records import complaint
from slimreel.core.timing import parse_clock
from slimreel.core.units import UnitError, normal, parse_bitrate, parse_size, read_quantity
from slimreel.edit.operation import Operation
from slimreel.edit.registry import operations
from slimreel.edit.standing import Lasting

_TIMES = frozenset("start_s end_s at_s first_s last_s range_s ranges_s".split())
_SLACK_S = 0.05  # as the rules allow
# The words of `nudge`; all other names are parameters of an operation.
NUDGED = frozenset("size volume speed opacity duration brightness contrast saturation position start end".split())
# What made an element, by the type that a session gives it.
MAKERS = {
    "text": "add_text", "image": "add_image", "music": "add_music", "pip": "pip", "subtitles": "subtitles",
    "blur": "blur_region", "voiceover": "replace_audio",
}  # fmt: skip

_VAGUE = re.compile("一点|一些|一下|一样|一起|这一|那一")  # 一 that counts nothing
_TIMES_WORDS = re.compile(r"\b(?:once|twice|thrice|double|triple|half|halve)\b|[半倍双]")


class BadAnswer(Exception):
    """An answer that is not taken. The text says why, so that the model can mend it."""


def in_units(op: str, name: str, value: Any) -> Any:
    """A value in the unit of its parameter where it was written as people say it ("25 MB", "8 Mbps", "1:05").

    Raises BadAnswer where it is written in no way that people do.
    """
    if isinstance(value, list):
        return [in_units(op, name, one) for one in value]
    if isinstance(value, dict):
        return {inner: in_units(op, str(inner), one) for inner, one in value.items()}
    if not isinstance(value, str) or value == "end":
        return value
    try:
        if name.endswith("_bytes"):
            return parse_size(value)
        if name.endswith("_bps"):
            return parse_bitrate(value)
        return _seconds(value) if name.endswith("_s") else value
    except UnitError as error:
        raise BadAnswer(f"{op}: {name}: {error}") from error


def _seconds(text: str) -> float:
    try:
        return float(parse_clock(text))
    except ValueError:
        plain = normal(text)
        found = read_quantity(plain) if plain else None
        if found is None or found.unit.kind != "duration" or found.end != len(plain):
            raise UnitError(f'"{text}" is not a time; write the seconds') from None
        return float(found.amount)


def judge_times(op: str, params: Mapping[str, Any], length_s: float | None) -> None:
    """Raises BadAnswer where a stretch ends before it begins, or a moment lies behind the end, if that is known."""
    there = {**params, **{name.rpartition(".")[2]: value for name, value in params.get("set", {}).items()}}
    stretches = [there.get("range_s"), *(there.get("ranges_s") or ()), [there.get("start_s"), there.get("end_s")]]
    for stretch in stretches:
        moments = list(_numbers(stretch))
        if len(moments) == 2 and moments[0] >= moments[1]:
            raise BadAnswer(f"{op}: from {moments[0]} to {moments[1]} s is no stretch of time")
    for name in sorted(_TIMES & there.keys()):
        for moment in _numbers(there[name]):
            if length_s is not None and moment > length_s + _SLACK_S:
                raise BadAnswer(f"{op}: {name}: {moment} s lies behind the end at {length_s} s; clarify about range")


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, int | float):
        yield value


def judge_amounts(op: str, params: Mapping[str, Any], text: str) -> None:
    """Raises BadAnswer where a number stands in a command and none in the request, for which the rules asked."""
    if not _says_a_number(text) and any(_numbers_deep(params)):
        raise BadAnswer(f"{op}: the request names no amount; clarify about it, or use nudge")


def _says_a_number(text: str) -> bool:
    plain = _VAGUE.sub(" ", normal(text).lower())
    if re.search(r"\d", plain) or _TIMES_WORDS.search(plain):
        return True
    starts = [found.start() for found in re.finditer(r"\b[a-z]|[^\x00-\x7f]", plain)]
    return any(read_number(plain, at) or read_share(plain, at) for at in starts)


def _numbers_deep(value: Any) -> Iterator[bool]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers_deep(one)
    else:
        yield isinstance(value, int | float) and not isinstance(value, bool)


def judge_set(op: str, params: Mapping[str, Any], context: Context) -> None:
    """Raises BadAnswer where `update` or `nudge` names a parameter that nothing has, or a value that none takes.

    Whether the element has it, the draft says later; its type says what it is asked first.
    """
    types = {one.id: one.type for one in context.elements}
    maker = operations().get(MAKERS.get(types.get(str(params.get("target")), ""), ""))
    if op == "nudge" and params["param"] not in NUDGED and not _takers(params["param"], maker):
        raise BadAnswer(f"nudge: param: it can be: {', '.join(sorted(NUDGED))}")
    if op != "update":
        return
    if not params["set"]:
        raise BadAnswer("update: set: it has to hold a parameter")
    for name, value in params["set"].items():
        hints = _takers(name, maker)
        if not hints:
            raise BadAnswer(f"update: set: nothing has a parameter {name}")
        complaints = [complaint(value, hint) for hint in hints]
        if all(complaints):
            raise BadAnswer(f"update: {name}: {complaints[0]}")


def _takers(address: str, maker: type[Operation] | None) -> list[Any]:
    """The types that a parameter of an address ("volume", "color.saturation_pct") has: the element's own, or any's."""
    *words, name = address.split(".")
    kinds = [kind for kind in operations().values() if issubclass(kind, Lasting) and (not words or kind.op in words)]
    if maker is not None and not words and name in get_type_hints(maker):
        return [get_type_hints(maker, include_extras=True)[name]]
    all_hints = [(kind.said_as.get(name, name), get_type_hints(kind, include_extras=True)) for kind in kinds]
    return [hints[own] for own, hints in all_hints if own in hints]

"""Everything that a turn about the last one could ask for, as commands. It makes them all and judges none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slimreel.agent.follow.last import Command
from slimreel.agent.turns.candidate import UNDO, WAYS, Candidate, clips_of, nudged
from slimreel.agent.turns.heard import Heard, Params
from slimreel.agent.turns.of_elements import of_element, of_kind, of_two
from slimreel.agent.turns.of_last import of_last

_MOST = 480
_NEARLY_S = 0.05  # lengths are rounded where they are told
_STEPS_OF_CLIPS = ("speed", "volume", "brightness", "contrast", "saturation")


def candidates(heard: Heard) -> list[Candidate]:
    """Each list of commands once, what was made first."""
    found: dict[str, Candidate] = {}
    for one in _all(heard):
        if any(_impossible(command, heard.context.length_s) for command in one.commands):
            continue
        found.setdefault(repr(one.commands), one)
        if len(found) == _MOST:
            break
    return list(found.values())


def _impossible(command: Command, length_s: float | None) -> bool:
    """Would something end before it begins, or begin or end where the timeline has ended?"""
    params: Params = command["params"]
    said = params["set"] if isinstance(params.get("set"), Mapping) else params
    edges = [said.get("start_s", 0.0), said.get("end_s", "end")]
    if isinstance(stretch := said.get("range_s"), list | tuple) and len(stretch) == 2:
        edges = list(stretch)
    start, end = edges
    times = [one for one in edges if isinstance(one, int | float)]
    if command["op"] != "trim" and length_s is not None and any(one > length_s + _NEARLY_S for one in times):
        return True
    return len(times) == 2 and end <= start


def _all(heard: Heard) -> Iterator[Candidate]:
    yield Candidate((UNDO,), "undo")
    yield Candidate(({"op": "redo", "params": {}},), "redo")
    yield Candidate(({"op": "undo", "params": {"steps": 2}},), "undo2")
    if heard.last is not None:
        yield from of_last(heard, heard.last)
    for element in heard.elements:
        yield from of_element(heard, element)
    yield from of_two(heard)
    yield from of_kind(heard)
    if heard.fresh:
        yield Candidate(tuple(heard.fresh), "fresh")
        if all(one["op"] != "undo" for one in heard.fresh):
            yield Candidate((UNDO, *heard.fresh), "undo+fresh")
    for clip in clips_of(heard):
        for param in _STEPS_OF_CLIPS:
            yield from (nudged(heard, clip, param, way) for way in WAYS)

"""The last operation of a session changed, undone, done the other way round, or done to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, permutations
from typing import Any

from slimreel.agent.fill.elements import ELEMENT_OPS
from slimreel.agent.follow.last import Command, again
from slimreel.agent.follow.pointed import is_of_clips
from slimreel.agent.turns.candidate import AMOUNTS, OPPOSITE, UNDO, Candidate, clips_of, files_beside, pairs
from slimreel.agent.turns.heard import Heard, Params
from slimreel.agent.turns.slots import Slot, slots_of
from slimreel.edit.registry import operations

_ABOUT_ELEMENTS = frozenset("update nudge remove".split())
_OTHER_END = {
    "first_s": "last_s", "last_s": "first_s", "left_px": "right_px", "right_px": "left_px", "top_px": "bottom_px",
    "bottom_px": "top_px",
}  # fmt: skip
_MOST_ORDERED = 4  # clips: 23 other orders
_MOST_SLOTS_OF_OTHERS = 12


def of_last(heard: Heard, last: Params) -> Iterator[Candidate]:
    """The last operation with other values, for another clip, or after it is undone."""
    op = heard.op
    yield Candidate((again(last),), "again")
    if op in _ABOUT_ELEMENTS:
        yield from _to_others(heard, last)
        if op == "nudge":
            yield from _stepped(heard, last)
        return
    slots = _of_its_own(op, heard) if op in operations() else []
    for slot in slots:
        yield Candidate((_changed(last, slot),), "same", (slot,))
    for slot in slots:
        yield Candidate((UNDO, _changed(last, slot)), "undo+same", (slot,))
        yield Candidate(({"op": op, "params": _only(slot.changed, last)},), "only", (slot,))
    yield from (Candidate((_changed(last, one, other),), "same", (one, other)) for one, other in pairs(slots))
    yield from _without_one(last)
    yield from _to_others(heard, last, slots)
    yield from _mirrored(heard, last)


def _changed(last: Params, *slots: Slot, **also: Any) -> Command:
    """The last operation with these changes; what a slot sets to None goes."""
    made = again(last, **{name: value for slot in slots for name, value in slot.changed.items()} | also)
    kept = {name: value for name, value in made["params"].items() if value is not None}
    return {"op": made["op"], "params": kept}


def _without_one(last: Params) -> Iterator[Candidate]:
    """ "No contrast after all": one of several parameters is not wanted."""
    params = {name: value for name, value in last["params"].items() if name != "clip"}
    for name in params if len(params) > 1 else ():
        kept = {other: value for other, value in last["params"].items() if other != name}
        dropped = Slot(name, "dropped", {name: None})
        yield Candidate(({"op": last["op"], "params": kept},), "same", (dropped,))


def _of_its_own(op: str, heard: Heard) -> list[Slot]:
    found = slots_of(op, heard.params, heard)
    name = str(heard.params.get("file", ""))
    if name and op not in ELEMENT_OPS:
        found += files_beside(heard, name, (f".{name.rpartition('.')[2].lower()}",))
    return found


def _only(changed: Mapping[str, Any], last: Params) -> dict[str, Any]:
    clip = {name: last["params"][name] for name in ("clip",) if name in last["params"]}
    return {**{name: value for name, value in changed.items() if value is not None}, **clip}


def _to_others(heard: Heard, last: Params, slots: Sequence[Slot] = ()) -> Iterator[Candidate]:
    """The same for another clip or element; instead of the first, after an undo."""
    params = last["params"]
    name = "target" if "target" in params else "clip"
    before = params.get(name, heard.context.clips[0].id if heard.context.clips else None)
    others = [one for one in clips_of(heard) if one != before]
    if name == "target":
        others += [one.id for one in heard.elements if one.id != before]
    elif len(heard.context.clips) < 2 or not is_of_clips(heard.op):
        return
    for other in others:
        yield Candidate((again(last, **{name: other}),), "other", (), other)
        yield Candidate((UNDO, again(last, **{name: other})), "undo+other", (), other)
        for slot in slots[:_MOST_SLOTS_OF_OTHERS]:
            if slot.how != "option":
                yield Candidate((_changed(last, slot, **{name: other}),), "other+same", (slot,), other)
    if (before_last := _one_before(heard, name)) is not None:
        for other in others:
            both = (again(before_last, **{name: other}), again(last, **{name: other}))
            yield Candidate(both, "other of two", (), other)
    several = [one for one in others if one != "all"]
    if 1 < len(several) < 4:
        yield Candidate(tuple(again(last, **{name: one}) for one in several), "others", (), "others")


def _one_before(heard: Heard, name: str) -> Params | None:
    """The operation before the last, where it was for the same clip or element."""
    done = heard.context.last_ops
    if len(done) < 2 or done[-1] is not heard.last or not isinstance(done[-2].get("params"), Mapping):
        return None
    return done[-2] if done[-2]["params"].get(name) == heard.params.get(name) else None


def _stepped(heard: Heard, last: Params) -> Iterator[Candidate]:
    """A step of another size, or back the other way."""
    params = last["params"]
    other = OPPOSITE.get(str(params.get("direction")), "up")
    for amount in AMOUNTS:
        yield Candidate((again(last, amount=amount),), f"step {amount}", (), str(params.get("target")))
        yield Candidate((again(last, amount=amount, direction=other),), f"step back {amount}")


def _mirrored(heard: Heard, last: Params) -> Iterator[Candidate]:
    """The other end, the other way round, another order."""
    params = last["params"]
    degrees, offset = params.get("degrees"), params.get("offset_s")
    if isinstance(degrees, int):
        yield Candidate((again(last, degrees=(360 - degrees) % 360),), "turned back")
        yield Candidate((again(last, degrees=(degrees + 180) % 360),), "turned over")
    if isinstance(offset, int | float):
        yield Candidate((again(last, offset_s=-offset),), "negated")
    for here, there in _OTHER_END.items():
        if here in params and heard.op in ("cut", "crop"):
            moved: Command = {"op": heard.op, "params": _only({there: params[here]}, last)}
            yield Candidate((moved,), "other end", (), there)
            yield Candidate((UNDO, moved), "undo+other end", (), there)
    yield from _in_order(heard, last)


def _in_order(heard: Heard, last: Params) -> Iterator[Candidate]:
    """A transition at one join alone, and every other order of a few clips."""
    clips = [one.id for one in heard.context.clips]
    if heard.op == "transition":
        for number, (here, there) in enumerate(pairwise(clips)):
            yield Candidate((again(last, at=[here, there]),), f"join {number}")
    if 1 < len(clips) <= _MOST_ORDERED:
        for order in permutations(clips):
            if list(order) != clips:
                places = "".join(str(clips.index(one) + 1) for one in order)
                yield Candidate(({"op": "reorder", "params": {"order": list(order)}},), f"order {places}")

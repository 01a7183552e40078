"""What is laid over the video or under it changed, moved by a step or removed: one element, two, or all of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from slimreel.agent.context import PICTURE_FILES, SOUND_FILES, VIDEO_FILES, ElementFact
from slimreel.agent.fill.elements import ELEMENT_OPS
from slimreel.agent.follow.last import Command
from slimreel.agent.turns.candidate import AMOUNTS, OPPOSITE, WAYS, Candidate, by, files_beside, nudged, pairs
from slimreel.agent.turns.heard import Heard
from slimreel.agent.turns.reworded import rewordings
from slimreel.agent.turns.slots import Slot, parameters, slots_of
from slimreel.agent.turns.values import value_of

_PUT_BY = {kind: op for op, kind in ELEMENT_OPS.items()}
_FILES = {"music": SOUND_FILES, "image": PICTURE_FILES, "pip": VIDEO_FILES}
_SEEN = ("size", "opacity", "position", "duration", "start", "end")
_STEPS = {
    "text": _SEEN, "image": _SEEN, "pip": (*_SEEN, "volume"), "music": ("volume", "start", "end"),
    "subtitles": ("size", "position"), "blur": _SEEN,
}  # fmt: skip


def of_element(heard: Heard, element: ElementFact) -> Iterator[Candidate]:
    """What is laid over the video or under it: changed, moved by a step, removed."""
    slots = _of_its_kind(heard, element)
    yield _removed((element,), element.id)
    for slot in slots:
        yield Candidate((_updated(element, slot.changed),), "update", (slot,), element.id)
    for one, other in pairs([slot for slot in slots if slot.how not in ("behind", "in front")]):
        both = {**one.changed, **other.changed}
        yield Candidate((_updated(element, both),), "update", (one, other), element.id)
    steps = [nudged(heard, element.id, param, way) for param in _STEPS.get(element.type, ()) for way in WAYS]
    yield from steps
    if element.id == heard.target:
        for amount in AMOUNTS:
            yield from (by(step, amount) for step in steps)
    if element.type == "music":
        yield from _louder(heard, element)
    moved = [slot for slot in slots if slot.name in ("position", "color", "start_s", "end_s", "opacity") and slot.used]
    for slot in moved[:6]:
        for step in (by(step, amount) for step in steps[:4] for amount in AMOUNTS):
            update = _updated(element, slot.changed)
            yield Candidate((*step.commands, update), f"{step.shape} first", (slot,), element.id)
            yield Candidate((update, *step.commands), f"{step.shape} then", (slot,), element.id)


def _removed(there: Sequence[ElementFact], about: str) -> Candidate:
    commands = tuple({"op": "remove", "params": {"target": one.id}} for one in there)
    return Candidate(commands, "remove", (), about)


def _updated(element: ElementFact, changed: Mapping[str, Any]) -> Command:
    return {"op": "update", "params": {"target": element.id, "set": dict(changed)}}


def _of_its_kind(heard: Heard, element: ElementFact) -> list[Slot]:
    op, facts = _PUT_BY.get(element.type), heard.facts_of(element)
    found = [slot for slot in slots_of(op, facts, heard) if slot.name != "duration_s"] if op else []
    if element.type == "text":
        found += rewordings(element.text, heard)
    return [*found, *_other_files(heard, element), *_other_places(heard, str(facts.get("position") or ""))]


def _other_places(heard: Heard, position: str) -> Iterator[Slot]:
    """The other side, and the side that is said of the row or column where it stands."""
    parts = position.split("_") if position else []
    for how, axis in (("other side", ("left", "right")), ("other row", ("top", "bottom"))):
        if any(part in axis for part in parts):
            turned = "_".join(OPPOSITE.get(part, part) if part in axis else part for part in parts)
            yield Slot("position", how, {"position": turned})
    if len(parts) == 2:
        diagonal = "_".join(OPPOSITE.get(part, part) for part in parts)
        yield Slot("position", "diagonal", {"position": diagonal})
        for at in heard.valued:
            said = value_of(heard.pieces[at], "position", None)
            if said in ("top", "bottom", "left", "right"):
                kept = f"{said}_{parts[1]}" if said in ("top", "bottom") else f"{parts[0]}_{said}"
                yield Slot("position", "mixed", {"position": kept}, frozenset([at]))


def _louder(heard: Heard, element: ElementFact) -> Iterator[Candidate]:
    for at in heard.valued:
        level = value_of(heard.pieces[at], "level", None)
        if level is not None:
            slot = Slot("level", "set", {"level": level}, frozenset([at]))
            command: Command = {"op": "volume", "params": {"target": "music", "level": level}}
            yield Candidate((command,), "volume", (slot,), element.id)


def of_two(heard: Heard) -> Iterator[Candidate]:
    """Two elements alike, or in each other's place."""
    there = [one for one in heard.context.elements if one in heard.elements][:4]
    for one, other in combinations(there, 2):
        yield _removed((one, other), "two")
        yield from _alike(heard, (one, other), "two")
        first, second = one.facts.get("position"), other.facts.get("position")
        if first and second and first != second:
            traded = (_updated(one, {"position": second}), _updated(other, {"position": first}))
            yield Candidate(traded, "traded", (), "two")


def of_kind(heard: Heard) -> Iterator[Candidate]:
    """All elements of a kind, where there are more than two."""
    for kind in dict.fromkeys(one.type for one in heard.context.elements):
        there = heard.context.of_type(kind)[:4]
        if len(there) > 2:
            yield _removed(there, "all of a kind")
            yield from _alike(heard, there, "all of a kind")


def _alike(heard: Heard, there: Sequence[ElementFact], about: str) -> Iterator[Candidate]:
    known = [parameters(_PUT_BY[one.type]).keys() if one.type in _PUT_BY else frozenset() for one in there]
    for name in ("position", "color", "opacity", "size_px"):
        for at in heard.valued if all(name in one for one in known) else ():
            if (value := value_of(heard.pieces[at], name, None)) is not None:
                slot = Slot(name, "set", {name: value}, frozenset([at]))
                yield Candidate(tuple(_updated(one, slot.changed) for one in there), "update", (slot,), about)
    for slot in (Slot("box", "option", {"box": True}), Slot("bold", "option", {"bold": True})):
        if all(one.type == "text" for one in there):
            yield Candidate(tuple(_updated(one, slot.changed) for one in there), "update", (slot,), about)
    for param in ("size", "opacity"):
        if all(param in _STEPS.get(one.type, ()) for one in there):
            for way in WAYS:
                steps = tuple(nudged(heard, one.id, param, way).commands[0] for one in there)
                yield Candidate(steps, f"nudge {param} {way}", (), about)


def _other_files(heard: Heard, element: ElementFact) -> Iterator[Slot]:
    return files_beside(heard, element.file, _FILES.get(element.type, (" ",)))

"""One thing that a turn could ask for, and how it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from slimreel.agent.follow.last import Command
from slimreel.agent.turns.heard import Heard
from slimreel.agent.turns.slots import Slot

UNDO: Command = {"op": "undo", "params": {}}
WAYS = ("up", "down")
AMOUNTS = ("small", "medium", "large")
OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "up": "down", "down": "up"}
_MOST_PAIRS = 100
_MOST_CLIPS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Commands and how they were made: a `shape`, the parameters changed, and what they are about."""

    commands: tuple[Command, ...]
    shape: str
    slots: tuple[Slot, ...] = ()
    about: str = ""  # an element, a clip, or several

    @property
    def used(self) -> frozenset[int]:
        """The places of the pieces that say it."""
        return frozenset().union(*(slot.used for slot in self.slots))


def nudged(heard: Heard, target: str, param: str, way: str) -> Candidate:
    """A step of what a clip or an element has, as large as the turn says."""
    step = {"target": target, "param": param, "direction": way, "amount": heard.amount}
    return Candidate(({"op": "nudge", "params": step},), f"nudge {param} {way}", (), target)


def by(step: Candidate, amount: str) -> Candidate:
    """The same step, as large as this."""
    (command,) = step.commands
    return replace(step, commands=({"op": "nudge", "params": {**command["params"], "amount": amount}},))


def pairs(slots: Sequence[Slot]) -> list[tuple[Slot, Slot]]:
    """Two changes at once, of different parameters and said by different pieces; options least."""
    said = sorted(slots, key=lambda slot: (slot.how in ("option", "whole", "toend"), slot.how in ("plus", "minus")))
    found = (
        (one, other)
        for one, other in combinations(said, 2)
        if one.changed.keys().isdisjoint(other.changed) and one.used.isdisjoint(other.used)
    )
    return list(islice(found, _MOST_PAIRS))


def files_beside(heard: Heard, before: str, suffixes: Sequence[str]) -> Iterator[Slot]:
    """A file of the session in the place of another, and whether a word of its name is said."""
    said = {piece.text.casefold() for piece in heard.pieces}
    for name in heard.context.files(suffixes):
        words = set(re.split(r"[\W_]+", name.rpartition(".")[0].casefold())) - {""}
        places = frozenset(at for at, piece in enumerate(heard.pieces) if piece.text.casefold() in words)
        spoken = bool(words & said) or any(not word.isascii() and word in heard.plain for word in words)
        if name != before:
            yield Slot("file", "of session", {"file": name}, places, (f"spoken {spoken}",))


def clips_of(heard: Heard) -> list[str]:
    """The clips that a turn may be for, and all of them where there are several."""
    clips = [one.id for one in heard.context.clips][:_MOST_CLIPS]
    return [*clips, "all"] if len(clips) > 1 else clips or ["c1"]

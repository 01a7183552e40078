"""A part of a request that one operation may claim: its pieces, and which of them were used. Knows no operation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece


class Missing(Exception):
    """An operation was asked for, and something it needs was not said. `about` is what to ask for."""

    def __init__(self, about: str, **fields: Any) -> None:
        super().__init__(about)
        self.about = about
        self.fields = fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Missing) and (self.about, self.fields) == (other.about, other.fields)

    def __hash__(self) -> int:
        return hash(self.about)


@dataclass(slots=True)
class Span:
    """Pieces in order with marks for those that have been used."""

    pieces: list[Piece]
    context: Context
    text: str
    used: set[int] = field(default_factory=set)
    before: list[Piece] = field(default_factory=list)  # what was said before it in the same request

    def find(self, *means: str, unused: bool = True) -> int | None:
        """The place of the first piece that means one of these."""
        for at, piece in enumerate(self.pieces):
            if not (unused and at in self.used) and piece.has(*means):
                return at
        return None

    def has(self, *means: str) -> bool:
        """Is there a piece, used or not, that means one of these?"""
        return any(piece.has(*means) for piece in self.pieces)

    def has_before(self, *means: str) -> bool:
        """Was there a piece before this part that means one of these?"""
        return any(piece.has(*means) for piece in self.before)

    def says(self, *texts: str) -> bool:
        """Does one of these stand there word for word?"""
        return any(piece.text in texts for piece in self.pieces)

    def take(self, *means: str) -> Piece | None:
        """The first unused piece that means one of these, now used."""
        at = self.find(*means)
        if at is None:
            return None
        self.used.add(at)
        return self.pieces[at]

    def value(self, *kinds: str) -> Any:
        """The value of the first unused piece of a kind, now used; None without one."""
        piece = self.take(*kinds)
        return None if piece is None else piece.value

    def named(self, slot: str) -> str | None:
        """The value that a word gives to a parameter (`position`, `color`), the word now used."""
        there = [at for at, piece in enumerate(self.pieces) if at not in self.used and slot in piece.named]
        wanted = [at for at in there if not self._denied(at)] or there
        if not wanted:
            return None
        self.used.add(wanted[0])
        if len(there) > len(wanted):
            self.used.update(there)
        return self.pieces[wanted[0]].named[slot]

    def _denied(self, at: int) -> bool:
        """Does "not" stand right before a word ("not red, blue")?"""
        i = at - 1
        while i >= 0 and self.pieces[i].is_loose() and not self.pieces[i].has("neg", "mark"):
            i -= 1
        return i >= 0 and self.pieces[i].has("neg")

    def claim(self, *means: str) -> bool:
        """Uses every piece that means one of these. Was there any?"""
        hits = [at for at, piece in enumerate(self.pieces) if piece.has(*means)]
        self.used.update(hits)
        return bool(hits)

    def all(self, *kinds: str) -> list[Piece]:
        """Every unused piece of these kinds, now used."""
        hits = [at for at, piece in enumerate(self.pieces) if at not in self.used and piece.has(*kinds)]
        self.used.update(hits)
        return [self.pieces[at] for at in hits]

    def numbers(self, low: float, high: float) -> list[Piece]:
        """The unused bare numbers within bounds, now used."""
        hits = [
            at
            for at, piece in enumerate(self.pieces)
            if at not in self.used and piece.has("NUMBER") and low <= piece.value <= high
        ]
        counted = [at for at in hits if not self.pieces[at].has("clip_noun")]
        hits = counted or hits  # "that one by 10"
        self.used.update(hits)
        return [self.pieces[at] for at in hits]

    def near(self, at: int, *means: str, before: int = 2, after: int = 2) -> int | None:
        """The nearest piece around a place with one of these meanings."""
        for distance in range(1, max(before, after) + 1):
            for place in (at - distance if distance <= before else -1, at + distance if distance <= after else -1):
                if 0 <= place < len(self.pieces) and self.pieces[place].has(*means):
                    return place
        return None


def weight(piece: Piece) -> float:
    """How much a piece counts where it is not understood."""
    if piece.has("mark"):
        return 0.0
    if any(name.isupper() and len(name) > 1 for name in piece.means):
        return 2.0
    if piece.means <= {"unknown"} and not piece.text.isascii():
        return 0.5
    return 1.0


def left_over(span: Span, free: Iterable[str]) -> list[Piece]:
    """The pieces that mean something and were not used."""
    loose = frozenset(free)
    return [
        piece
        for at, piece in enumerate(span.pieces)
        if at not in span.used and not piece.is_loose() and not piece.has("mark") and not (piece.means & loose)
    ]

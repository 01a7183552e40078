"""The language in which an operation says how it is asked for, and the search for it in a part of a request.

A cue is a set of meanings that have to be there, in any order: "remove RANGE|FIRST" needs a word of removing and a
stretch. `a|b` either, `a>b` one right before the other, `a?` may be absent, `!a` must be absent; `@element` is any word
for an element that the session has, `@it` a pronoun where it has one, `@any` nothing but that it has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from slimreel.agent.pieces import Piece


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue as read: alternatives that are needed, that may be there, and that must not be."""

    items: tuple[frozenset[str], ...]
    optional: tuple[frozenset[str], ...]
    forbidden: frozenset[str]
    pairs: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()  # the second right after the first

    def may_be(self, there: frozenset[str]) -> bool:
        """Could it be in a part that has these meanings in all?"""
        return (
            not (self.forbidden & there)
            and all(item & there for item in self.items)
            and all(first & there and second & there for first, second in self.pairs)
        )

    def places(self, pieces: Sequence[Piece]) -> set[int] | None:
        """The places it uses, or None where it is not there."""
        used: set[int] = set()
        for first, second in self.pairs:
            found = _adjacent(pieces, first, second)
            if found is None:
                return None
            used.update(found)
        for item in self.items:
            at = next((at for at, piece in enumerate(pieces) if at not in used and piece.means & item), None)
            if at is None:
                return None
            used.add(at)
        for item in self.optional:
            at = next((at for at, piece in enumerate(pieces) if at not in used and piece.means & item), None)
            if at is not None:
                used.add(at)
        return used


def _adjacent(pieces: Sequence[Piece], first: frozenset[str], second: frozenset[str]) -> tuple[int, int] | None:
    for at, piece in enumerate(pieces):
        if not piece.means & first:
            continue
        for place in range(at + 1, min(len(pieces), at + 4)):
            if pieces[place].has("mark") or pieces[place].text in ("and", "then"):
                break  # "undo that and mute it" undoes no muting
            if pieces[place].means & second:
                return at, place
    return None


@lru_cache(maxsize=8192)
def read_cue(cue: str, elements: frozenset[str]) -> Cue | None:
    """A cue for a session with elements of these names; None where it needs an element and there is none."""
    items: list[frozenset[str]] = []
    optional: list[frozenset[str]] = []
    forbidden: set[str] = set()
    pairs: list[tuple[frozenset[str], frozenset[str]]] = []
    for part in cue.split():
        if part[0] == "@":
            if not elements:
                return None
            if part != "@any":
                items.append(elements if part != "@it" else frozenset({"it", "both", "same"}))
        elif ">" in part:
            first, _, second = part.partition(">")
            pairs.append((frozenset(first.split("|")), frozenset(second.split("|"))))
        elif part[0] == "!":
            forbidden.update(part[1:].split("|"))
        elif part.endswith("?") and not part.endswith("LINES?"):
            optional.append(frozenset(part[:-1].split("|")))
        else:
            items.append(frozenset(part.split("|")))
    return Cue(tuple(items), tuple(optional), frozenset(forbidden), tuple(pairs))

"""Tells what a turn asks for from what it only says of how the last one came out ("it looks fake now, less")."""

from __future__ import annotations

from slimreel.agent.fill.elements import TYPE_WORDS
from slimreel.agent.follow.last import AMOUNTS
from slimreel.agent.orders import ORDERS
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_LAID = frozenset(word for words in TYPE_WORDS.values() for word in words)


def behind_complaint(pieces: list[Piece]) -> list[Piece] | None:
    """What follows the clauses that only tell how it is; None where the turn has no such clause."""
    last = max((at for at, one in enumerate(pieces[:-1]) if one.has("mark")), default=-1)
    before = pieces[: last + 1]
    if last < 0 or any(one.has(*AMOUNTS, "QUOTE", "FILE", "CLIP", "POSITION") and not _is_ill(one) for one in before):
        return None
    if any(one.has(*_LAID) and not one.is_loose() for one in before):
        return None  # "the title is too big, shrink it" names what is meant
    tells = any(not texts("tells_how").isdisjoint(one.text.split()) or one.has("out:is", "too_word") for one in before)
    first = next((one for one in before if not one.is_loose()), None)
    happens = first is not None and first.has(*ORDERS) and _third_person(first)
    asks = any(one.has(*ORDERS) and not _third_person(one) for one in before if not happens)
    return pieces[last + 1 :] if (tells or happens) and not asks else None


def _third_person(piece: Piece) -> bool:
    """ "Chops my head off" tells what happens, "chop my head off" asks for it."""
    return piece.text.endswith("s") and not piece.text.endswith("ss") and " " not in piece.text


def _is_ill(piece: Piece) -> bool:
    """A word of a complaint that could be an amount elsewhere: the "one" of "this one"."""
    return piece.text in texts("one_of_them") or piece.has("COLOR")

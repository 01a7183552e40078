"""Tells that a clause is a wish of its own, though no verb of an edit says so. It knows the kinds of pieces alone."""

from __future__ import annotations

from itertools import pairwise

from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts


def sets_speed(pieces: list[Piece]) -> bool:
    """调成1.2倍速: an order whose verb is that of any change."""
    return any(one.has("TIMES") for one in pieces) and any(one.has("speed") for one in pieces)


def makes_one(pieces: list[Piece]) -> bool:
    """出个小红书版 is a wish of its own, and no detail of how loud it is."""
    verbs = tuple(texts("makes_one"))
    return any(one.text.startswith(verbs) and after.has("out:preset") for one, after in pairwise(pieces))


def lays_over(pieces: list[Piece], start: int, at: int, end: int) -> bool:
    """去头3秒，右下logo.png: a stretch is cut off before a picture is put on."""
    cut = pieces[start:at]
    off = any(one.has("remove", "cutting") for one in cut) and any(one.has("FIRST", "LAST", "RANGE") for one in cut)
    return off and pieces[at - 1].has("mark") and any(one.has("FILE", "QUOTE") for one in pieces[at:end])

"""What the readers of moments share: the plain times and numbers at a place, and how several pieces become one.

Knows kinds of pieces, and no order in which they are read.
"""

from __future__ import annotations

from itertools import pairwise

from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

Joined = tuple[Piece, int]  # the new piece, and how many old ones it takes the place of
_MARKS = ("-", "~", "–", "→")


def made(pieces: list[Piece], at: int, count: int, kind: str, value: object, *also: str) -> Joined:
    used = pieces[at : at + count]
    text = used[0].text
    for before, now in pairwise(used):
        text += (" " if now.start > before.end else "") + now.text
    return Piece(text, used[0].start, used[-1].end, frozenset({kind, *also}), value), count


def time_at(pieces: list[Piece], at: int) -> float | None:
    """The seconds of a plain time at a place."""
    if at >= len(pieces):
        return None
    piece = pieces[at]
    if piece.has("TIME"):
        return float(piece.value if piece.value is not None else piece.named["time"])
    return None


def number_at(pieces: list[Piece], at: int) -> float | None:
    if at < len(pieces) and pieces[at].has("NUMBER") and not pieces[at].has("SIGNED") and pieces[at].value < 36_000:
        return float(pieces[at].value)
    return None


def is_at(pieces: list[Piece], at: int, *means: str) -> bool:
    return 0 <= at < len(pieces) and (pieces[at].has(*means) or ("t_to" in means and pieces[at].text in _MARKS))


def past_light(pieces: list[Piece], at: int) -> int:
    """Past "the", 第 and the like before a time."""
    while at < len(pieces) and pieces[at].text in texts("before_time"):
        at += 1
    return at

"""Joins a noun for clips and the numbers behind it to one piece: "clip 1", "clips 1, 2 and 4".

It knows how clips are numbered and no operation.
"""

from __future__ import annotations

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_MOST = 9  # clips that are spoken of by number
_SINGLE = ("clip", "video", "shot", "take", "segment")


def with_clip_numbers(pieces: list[Piece], context: Context) -> list[Piece]:
    """The pieces with numbered clips joined, before a number can be taken for one of a list of moments."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        joined, count = _several(pieces, at, context) or _single(pieces, at, context) or (pieces[at], 1)
        found.append(joined)
        at += count
    return found


def _single(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    if pieces[at].text not in _SINGLE or at + 1 == len(pieces) or not _counts(pieces[at + 1]):
        return None
    after = pieces[at + 2] if at + 2 < len(pieces) else None
    if pieces[at].text == "take" and (after is None or after.has("more", "remove", "off_word")):
        return None  # "take 5 more off"
    return _joined(pieces[at : at + 2], id_at(context, int(pieces[at + 1].value))), 2


def _several(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    """ "Clips 1 and 3": all of them, of clips that are there. One number alone may be anything."""
    if pieces[at].text not in texts("clip_plurals") or len(context.clips) < 2:
        return None
    end = at + 1
    while end < len(pieces) and pieces[end].text in texts("numbers_lead"):
        end += 1
    ids: list[str] = []
    while end < len(pieces) and _counts(pieces[end]) and pieces[end].value <= len(context.clips):
        ids.append(id_at(context, int(pieces[end].value)))
        last, end = end + 1, _behind_joint(pieces, end + 1)
    if len(ids) < 2 or len(set(ids)) < len(ids):
        return None
    return _joined(pieces[at:last], ids), last - at


def _behind_joint(pieces: list[Piece], at: int) -> int:
    """The place behind a comma, an "and", or both."""
    at += at < len(pieces) and pieces[at].text == ","
    at += at < len(pieces) and pieces[at].has("t_and")
    return at


def _counts(piece: Piece) -> bool:
    return (
        piece.has("NUMBER") and not piece.has("TIME") and 1 <= piece.value <= _MOST and piece.value == int(piece.value)
    )


def id_at(context: Context, place: int) -> str:
    """The id of the clip at a place, be it there or not: whoever uses it asks when it is not."""
    clip = context.clip_at(place)
    return clip.id if clip else f"c{place}" if place > 0 else f"c{max(1, len(context.clips))}"


def _joined(used: list[Piece], value: str | list[str]) -> Piece:
    return Piece(" ".join(one.text for one in used), used[0].start, used[-1].end, frozenset({"CLIP"}), value)

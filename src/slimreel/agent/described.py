"""Takes out what is said for people between a word such as "until" and its moment ("until the bride walks in at 1:12").

Knows pieces and how moments begin, and joins none.
"""

from __future__ import annotations

from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_MOST_DESCRIBING = 7  # pieces that tell what happens at a moment


def without_descriptions(pieces: list[Piece]) -> list[Piece]:
    """The pieces, with each word that leads to a moment right before it."""
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        end = _described_until(pieces, at)
        found.append(pieces[at] if end is None else _leading(pieces[at], pieces[end]))
        if end is not None and pieces[end].text == "(":
            found.append(pieces[end + 1])
            end += 2  # past the bracket behind it
        at = at + 1 if end is None else end + 1
    return found


def _leading(piece: Piece, last: Piece) -> Piece:
    said, means = ("start at", {"t_from"}) if piece.has("starting") else (piece.text, set[str]())
    return Piece(said, piece.start, last.end, piece.means | means, piece.value, piece.named)


def _described_until(pieces: list[Piece], at: int) -> int | None:
    """The place of the "at" before the moment that this word leads to, past strange words; None where there is none."""
    piece = pieces[at]
    leads = piece.has("t_to", "t_before", "t_after", "t_from", "starting")
    if not leads or piece.has("TIME") or not piece.text.isascii():
        return None
    for place in range(at + 1, min(len(pieces) - 1, at + _MOST_DESCRIBING + 1)):
        now = pieces[place]
        if now.text == "(" and _is_time(pieces, place + 1) and _closed(pieces, place + 2):
            return place  # "from the pop (6.5 s) to …"
        if now.has("t_at") and now.text != "the" and _is_time(pieces, place + 1):
            return place if any(one.has("unknown") for one in pieces[at + 1 : place]) else None
        if now.has("mark", "TIME", "QUOTE", "FILE", "NUMBER", "URL") or pieces[place - 1].has("t_and"):
            return None
    return None


def _closed(pieces: list[Piece], at: int) -> bool:
    return at < len(pieces) and pieces[at].text == ")"


def _is_time(pieces: list[Piece], at: int) -> bool:
    while at < len(pieces) and pieces[at].text in texts("before_time"):
        at += 1
    return at < len(pieces) and pieces[at].has("TIME")

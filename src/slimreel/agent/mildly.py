"""Reads "the title is a bit small", 字有点小 as "too small", mildly: what is told of a thing is to be the other way.

It knows which words are mild, and no operation.
"""

from __future__ import annotations

from slimreel.agent.pieces import Piece
from slimreel.agent.words import Word, texts, words

_TELLS = ("too_word", "louder", "quieter", "bigger", "smaller")


def with_mild_complaints(pieces: list[Piece]) -> list[Piece]:
    """The pieces with each mild complaint as one piece. "Make it a bit small" orders and stays."""
    found: list[Piece] = []
    for piece in pieces:
        if any(one.has("noise", "grain") for one in found[-3:]):
            found.append(piece)  # how loud noise is says nothing of how much of it is to go
            continue
        mild = found[-1] if found else None
        if piece.text[:2] in texts("mildly") and (whole := _too(piece.text[2:])) is not None:
            found.append(_complaint(piece, piece, whole))
        elif (
            mild is not None
            and mild.text in texts("mildly") | texts("rather")
            and _is_told(found[:-1], mild)
            and (whole := _too(piece.text)) is not None
        ):
            found[-1] = _complaint(mild, piece, whole)
        else:
            found.append(piece)
    return found


def _too(said: str) -> Word | None:
    """The word of "too small" for "small", where it is one of size, sound or speed."""
    whole = words().get(f"too {said}" if said.isascii() else f"太{said}") if said else None
    return whole if whole is not None and whole.means & frozenset(_TELLS) else None


def _is_told(before: list[Piece], mild: Piece) -> bool:
    """Does a clause that describes something stand before? In Chinese these words only describe."""
    return not mild.text.isascii() or (bool(before) and (before[-1].has("out:is") or before[-1].text in texts("tells")))


def _complaint(first: Piece, last: Piece, whole: Word) -> Piece:
    mildly = {"small_amount"} if first.text[:2] in texts("mildly") or first.text in texts("mildly") else set()
    text = (
        first.text if first is last else f"{first.text} {last.text}" if first.text.isascii() else first.text + last.text
    )
    return Piece(text, first.start, last.end, whole.means | mildly, None, dict(whole.named))

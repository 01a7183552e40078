"""Tells where a request wants what the picture shows to be another: "remove the wind turbines", "make the clouds move".

It knows nouns by what they are not: none of a session, of its files, of a time or of a part of a video.
"""

from __future__ import annotations

from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_NAMED = "CLIP FILE QUOTE RANGE TIME FIRST LAST AT START UNTIL FOR NUMBER PERCENT SIZE URL POSITION COLOR".split()
_OF_PARTS = ("part_word", "vague_range", "vague_clip", "same", "undo", "other")
_MOST = 14  # pieces; a longer request says more than one thing
_NOUN = 4  # pieces of one name of a thing, at the most


def of_the_picture(pieces: list[Piece]) -> str | None:
    """Why it cannot be done: what would have to be thought up, or what no edit here does. None where it is no such
    request."""
    said = [piece for piece in pieces if not piece.has("mark")]
    marked = any(piece.has("mark") for piece in pieces[:-1])
    if marked or len(said) > _MOST or any(_is_named(piece) for piece in said):
        return None
    verb = next((at for at, piece in enumerate(said) if _is_verb(piece)), None)
    if verb is None or any(not piece.is_loose() for piece in said[:verb]):
        return None
    start = verb + 1
    while start < len(said) and said[start].text in texts("determiners"):
        start += 1
    end = start
    while end < len(said) and end - start < _NOUN and not _ends_noun(said[end]):
        end += 1
    told = said[verb].text in texts("puts_in") and end < len(said) and end > start  # "put steam coming off the loaf"
    if (
        (start == verb + 1 and not told)
        or end == start
        or not said[end - 1].means <= {"unknown"}
        or not said[end - 1].text.isascii()
    ):
        return None
    if said[verb].text in texts("makes_do"):
        return "unsupported" if end < len(said) else None
    if said[verb].text in texts("swaps"):
        return "unsupported" if end < len(said) and said[end].text in ("for", "with", "into") else None
    return "unsupported" if said[verb].has("remove") else "generative"


def _is_named(piece: Piece) -> bool:
    return piece.has(*_NAMED, *_OF_PARTS) and piece.text not in texts("one_of_them")


def _is_verb(piece: Piece) -> bool:
    adds = piece.has("adding") and piece.text in texts("puts_in")
    swaps = piece.text in texts("swaps")
    return (
        adds
        or swaps
        or (piece.has("remove") and piece.text not in texts("no_verbs"))
        or piece.text in texts("makes_do")
    )


def _ends_noun(piece: Piece) -> bool:
    return piece.text in texts("ends_noun") or (piece.has("moving") and not piece.means <= {"unknown"})

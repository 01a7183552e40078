"""A share of what the last turn put there: "down to 10%" of music, "a third of the width" of a picture, "half as loud".

Knows no cue.
"""

from __future__ import annotations

from typing import Any

from slimreel.agent.fill.elements import last_target
from slimreel.agent.follow.last import Command, Turn, only_about_last
from slimreel.agent.follow.lasting import is_of_element
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Span
from slimreel.agent.words import texts

_SEEN = ("opacity", "fainter", "opaque", "faint", "fade", "fadein", "fadeout")
_LOUD = ("volume", "sound", "louder", "quieter", "music")
_WIDE = ("width_word", "words_size", "bigger", "smaller", "frame_word", "picture_word", "video")
_OF_FILES = ("out:size", "out:compress", "final_word", "original_word", "out:rate", "CLIP", "QUOTE", "FILE", "speed")


def share_of_element(turn: Turn) -> list[Command] | None:
    """A share that is said of nothing else is one of what was added last."""
    shares = [piece for piece in turn.pieces if piece.has("PERCENT", "SHARE") or piece.text in texts("half_as_loud")]
    if not all(piece.text.isascii() for piece in turn.pieces):
        return None
    rest = [piece for piece in turn.pieces if piece not in shares and not piece.has("mark")]
    wide = any(piece.has("width_word") for piece in rest)
    if len(shares) != 1 or not is_of_element(turn) or any(_is_of_file(piece, wide=wide) for piece in rest):
        return None
    known = (*_SEEN, *_LOUD, *_WIDE, "shrink_to", "keep", "t_for")
    if not only_about_last([one for one in turn.content if one not in shares], *known):
        return None
    target = last_target(Span(turn.pieces, turn.context, ""))
    one = next((one for one in turn.context.elements if one.id == target), None)
    if one is None:
        return None
    share = round(float(shares[0].value) / 100, 4) if shares[0].has("PERCENT", "SHARE") else 0.5
    changed = _changed([*rest, *shares], one.type, one.facts.get("volume"), share)
    return [{"op": "update", "params": {"target": target, "set": changed}}] if changed else None


def _is_of_file(piece: Piece, *, wide: bool) -> bool:
    return piece.text in texts("whole_film") or (piece.has(*_OF_FILES) and not (wide and piece.has("width_word")))


def _changed(rest: list[Piece], kind: str, volume: Any, share: float) -> dict[str, float]:
    if kind == "music":
        as_loud = any(piece.text in texts("as_much_as") | texts("half_as_loud") for piece in rest)
        if any(piece.has("louder", "quieter") for piece in rest) and not as_loud:
            return {}  # by so much, and from what?
        if as_loud and not isinstance(volume, int | float):
            return {}
        return {"volume": round(volume * share, 4) if as_loud else share}
    if kind not in ("image", "pip"):
        return {}
    if any(piece.has(*_SEEN) for piece in rest):
        return {"opacity": share}
    by_so_much = any(piece.has("bigger", "smaller") for piece in rest)
    return {} if by_so_much else {"scale": share}

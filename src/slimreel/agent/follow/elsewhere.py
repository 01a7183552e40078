"""The last operation at another place: "and 0:50 to 0:55 too", "bottom right needs that as well". Knows no cue."""

from __future__ import annotations

from slimreel.agent.follow.last import AMOUNTS, Command, Turn, again, only_about_last, says_amount
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import meanings_of
from slimreel.agent.words import texts

# Operations of a stretch of the timeline, by the parameter that holds it.
_STRETCHES = {"cut": "ranges_s", **dict.fromkeys("mute speed volume reverse zoom".split(), "range_s")}


def again_there(turn: Turn) -> list[Command] | None:
    """What was done to one stretch, or to one part of the picture, is done to another as well."""
    asked = any(piece.has("again_word", "same") for piece in turn.pieces)
    if not asked and turn.pieces[0].text not in texts("and_too"):
        return None
    if asked and (shown := _shown_again(turn)) is not None:
        return shown
    return _another_stretch(turn) or _region_again(turn) or (_another_region(turn) if asked else None)


def _shown_again(turn: Turn) -> list[Command] | None:
    """ "The same text again from 26 to 30": it is shown a second time, and the first one stays."""
    found = stretch_said(turn.pieces)
    again_too = any(piece.text in texts("once_more") for piece in turn.pieces)
    if turn.last["op"] not in ("add_text", "add_image", "pip") or found is None or not again_too:
        return None
    rest = [piece for piece in turn.content if piece not in found[1]]
    if any(piece.has(*AMOUNTS, "POSITION") for piece in rest) or not only_about_last(rest, *_SHOWN, "redo_word"):
        return None
    return [again(turn.last, start_s=found[0][0], end_s=found[0][1])]


_SHOWN = ("n_title", "text", "words_word", "image", "logo", "watermark", "pip")


def _another_stretch(turn: Turn) -> list[Command] | None:
    op = str(turn.last["op"])
    name = _STRETCHES.get(op, "")
    found = stretch_said(turn.pieces)
    if name not in turn.last["params"] or found is None:
        return None
    where, used = found
    rest = [piece for piece in turn.content if piece not in used]
    if any(piece.has(*AMOUNTS) for piece in rest) or not only_about_last(rest, *meanings_of(op)):
        return None
    length = turn.context.length_s
    if where[1] <= where[0] or (length is not None and where[1] > length + 0.05):
        return [{"op": "clarify", "params": {"about": "range"}}]
    return [again(turn.last, **{name: [where] if name == "ranges_s" else where})]


def _region_again(turn: Turn) -> list[Command] | None:
    """ "Also 10:05 to 10:20, same spot": the same part of the picture for another while."""
    found = stretch_said(turn.pieces)
    if turn.last["op"] != "blur_region" or found is None:
        return None
    rest = [piece for piece in turn.content if piece not in found[1]]
    known = (*meanings_of("blur_region"), "e_blur", "position_word", "things_to_hide")
    if any(piece.has(*AMOUNTS, "POSITION") for piece in rest) or not only_about_last(rest, *known):
        return None
    return [again(turn.last, start_s=found[0][0], end_s=found[0][1])]


def stretch_said(pieces: list[Piece]) -> tuple[list[float], list[Piece]] | None:
    """The only stretch of a turn; after a stretch, "31 to 33" is one too."""
    known = [piece for piece in pieces if piece.has("RANGE")]
    if len(known) == 1 and isinstance(known[0].value[1], float):
        return list(known[0].value), known
    ends = [at for at, piece in enumerate(pieces) if piece.has("NUMBER", "TIME", "AT") and not piece.is_loose()]
    if known or len(ends) != 2:
        return None
    first, second = ends
    joined = second == first + 2 and pieces[first + 1].has("t_to", "t_and")
    used = [pieces[first], pieces[second]]
    return ([float(one.value) for one in used], used) if joined else None


def _another_region(turn: Turn) -> list[Command] | None:
    """A second blur beside the first, which stays."""
    places = [piece for piece in turn.content if piece.has("POSITION")]
    rest = [piece for piece in turn.content if piece not in places]
    if turn.last["op"] != "blur_region" or len(places) != 1 or says_amount(rest):
        return None
    if not only_about_last(rest, *meanings_of("blur_region"), "e_blur", "corner_word", "one_word", "handing"):
        return None
    kept = {name: value for name, value in turn.last["params"].items() if name not in ("x", "y", "w", "h")}
    return [{"op": "blur_region", "params": {**kept, "position": places[0].named["position"]}}]

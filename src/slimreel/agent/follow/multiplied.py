"""The last turn's amount as a multiple: "double that limit", "twice as long", "a third of the length". Knows no cue."""

from __future__ import annotations

from typing import Any

from slimreel.agent.fill.elements import TYPE_WORDS, last_target
from slimreel.agent.follow.last import AMOUNTS, Command, Turn, again, denied, only_about_last
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import meanings_of
from slimreel.agent.span import Span
from slimreel.agent.words import texts

# What an output may weigh, in this order.
WEIGHTS = ("target_size_bytes", "max_size_bytes", "video_bitrate_bps", "max_bitrate_bps")
# What else can be half of it or double.
_DEGREES = "brightness_pct contrast_pct saturation_pct temperature_pct gain_db duration_s first_s last_s".split()
_OF_ELEMENTS = ("level", "volume", "opacity", "scale")
_SAID_OF = ("too_word", "louder", "quieter", "volume", "music", "shrink_to")
_COUNTS = ("count", "parts")
# How long what was done takes where nobody said it.
LENGTHS = {"fade": 1.0, "transition": 0.5}
_ELEMENT_WORDS = tuple(word for words in TYPE_WORDS.values() for word in words)


def times_as_much(turn: Turn) -> list[Command] | None:
    """Double that limit; half of it; twice as long; three times as many."""
    factors = [factor for piece in turn.pieces if (factor := multiple_of(piece)) is not None]
    if len(factors) == 1 and (sized := _as_big(turn, factors[0])) is not None:
        return sized
    amounts = [at for at, piece in enumerate(turn.pieces) if piece.has(*AMOUNTS) and multiple_of(piece) is None]
    if len(factors) != 1 or any(not denied(turn.pieces, at) for at in amounts):
        return None  # what is not enough (3M不够，翻一倍) may be named
    for of_what, multiplied in (("of_length", _longer), ("of_count", _more_often)):
        if any(piece.text in texts(of_what) for piece in turn.pieces):
            return multiplied(turn, factors[0]) if _only_that(turn) else None
    about = any(piece.has("it", "too_word", "out:toobig") or piece.text in texts("the_limit") for piece in turn.pieces)
    if not about or len(turn.content) - len(amounts) > 4 or factors[0] not in (0.5, 2.0):
        return None
    for name in (*WEIGHTS, *_DEGREES, *_OF_ELEMENTS):
        if isinstance(value := turn.last["params"].get(name), int | float):
            after = value * factors[0]
            if name in _OF_ELEMENTS and not only_about_last(
                [p for p in turn.content if multiple_of(p) is None], *_SAID_OF
            ):
                return None  # "it covers half of his shirt"
            if name in _OF_ELEMENTS:
                return _set_again(turn, name, round(after, 4))
            clip = next((p.value for p in turn.pieces if p.has("CLIP") and isinstance(p.value, str)), None)
            changed = {name: int(after) if name in WEIGHTS else after, **({"clip": clip} if clip else {})}
            return [again(turn.last, **changed)]
    return None


_OWN_SIZE = {"image": 0.15, "pip": 0.3}  # of the width, where nobody said it


def _as_big(turn: Turn, factor: float) -> list[Command] | None:
    """ "Half as big", "twice the size", of what was laid over the video by the last turn."""
    sized = [one for one in turn.content if one.text in texts("of_size")]
    rest = [one for one in turn.content if multiple_of(one) is None and one not in sized]
    of_file = any(one.text in texts("whole_film") or one.has("out:compress", *AMOUNTS) for one in rest)
    target = last_target(Span(turn.pieces, turn.context, ""))
    one = next((one for one in turn.context.elements if one.id == target), None)
    if sized and turn.last["op"] == "gif" and turn.context.last_ops[-1] is turn.last and not rest:
        return [again(turn.last, width_px=int(turn.last["params"].get("width_px", 480) * factor))]
    if not sized or of_file or one is None or one.type not in (*_OWN_SIZE, "text"):
        return None
    if not only_about_last(rest, *_ELEMENT_WORDS, "smaller", "bigger", "shrink_to"):
        return None
    name = "size_px" if one.type == "text" else "scale"
    old = one.facts.get(name, _OWN_SIZE.get(one.type))
    if isinstance(old, int | float):
        changed = {name: round(old * factor, 4)}
        return [{"op": "update", "params": {"target": target, "set": changed}}]
    step = {"param": "size", "direction": "up" if factor > 1 else "down", "amount": "large"}
    return [{"op": "nudge", "params": {"target": target, **step}}]


def _set_again(turn: Turn, name: str, value: float) -> list[Command] | None:
    """ "Twice that", of how loud or how big what was added last is."""
    if name == "level":
        return [again(turn.last, level=value)]
    target = last_target(Span(turn.pieces, turn.context, ""))
    return None if target is None else [{"op": "update", "params": {"target": target, "set": {name: value}}}]


def is_multiple(piece: Piece) -> bool:
    """Does it say how many times as much?"""
    return multiple_of(piece) is not None


def multiple_of(piece: Piece) -> float | None:
    """How many times as much a piece says."""
    if piece.has("double"):
        return 2.0
    if piece.has("halve"):
        return 0.5
    if piece.has("SHARE"):
        return float(piece.value) / 100
    if piece.has("TIMES") and piece.value > 0:
        return float(piece.value)
    return 3.0 if piece.text in texts("threefold") else None


def _only_that(turn: Turn) -> bool:
    """Is nothing else said, so that no other length can be meant?"""
    said = [piece for piece in turn.content if multiple_of(piece) is None and piece.text not in texts("of_length")]
    known = (*_ELEMENT_WORDS, *meanings_of(str(turn.last["op"])), "keep", "t_for", "longer", "shorter", "fitting")
    return only_about_last([one for one in said if one.text not in texts("of_count")], *known)


def _longer(turn: Turn, factor: float) -> list[Command] | None:
    params = turn.last["params"]
    length = params.get("duration_s", LENGTHS.get(str(turn.last["op"])))
    if isinstance(length, int | float):
        return [again(turn.last, duration_s=length * factor)]
    start, end = params.get("start_s", 0.0), params.get("end_s")
    if turn.last["op"] in ("gif", "preview") and isinstance(end, int | float):
        return [again(turn.last, end_s=start + (end - start) * factor)]
    return _of_element(turn, factor)


def _of_element(turn: Turn, factor: float) -> list[Command] | None:
    """What is laid over the video, for so many times as long."""
    target = last_target(Span(turn.pieces, turn.context, ""))
    facts: Any = next((one.facts for one in turn.context.elements if one.id == target), {})
    start, end = facts.get("start_s", 0.0), facts.get("end_s")
    if not isinstance(start, int | float) or not isinstance(end, int | float) or end <= start:
        return None
    return [{"op": "update", "params": {"target": target, "set": {"end_s": start + (end - start) * factor}}}]


def _more_often(turn: Turn, factor: float) -> list[Command] | None:
    for name in _COUNTS:
        if isinstance(count := turn.last["params"].get(name), int) and (count * factor).is_integer():
            return [again(turn.last, **{name: int(count * factor)})]
    return None

"""A turn that leaves the verb out: "but 240 wide", "white actually". The last operation reads it as its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.fill.change import update
from slimreel.agent.fill.elements import ELEMENT_OPS, last_target
from slimreel.agent.fill.nudge import nudge
from slimreel.agent.follow.last import ABOUT_LAST, Command, again, denied, last_operation
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import FILLERS, OPERATION_COST
from slimreel.agent.span import Missing, Span, left_over, weight
from slimreel.agent.words import texts


def left_out(pieces: list[Piece], text: str, context: Context) -> tuple[list[Command], float] | None:
    """The last operation with what this turn says of its parameters, and how well that explains it."""
    last = last_operation(context)
    if last is None or last["op"] not in FILLERS or last["op"] in ("nudge", "update", "remove"):
        return _of_element(pieces, text, context)
    if last["op"] in ELEMENT_OPS:
        return _of_element(pieces, text, context)
    span = Span(pieces, context, text)
    try:
        found = FILLERS[str(last["op"])](span)
    except Missing:
        found = _partial(span, last)
    new = found[0] if isinstance(found, list) else found
    new = {name: value for name, value in new.items() if name not in ("auto", "direction", "axis")} or new
    signed = any(piece.has("SIGNED", "louder", "quieter", "up_word", "down_word") for piece in pieces)
    if not signed and new.get("gain_db", 0) > 0 > last["params"].get("gain_db", 0):
        new["gain_db"] = -new["gain_db"]  # "only 2 dB", after 4 down
    if isinstance(old := last["params"].get("range_s"), list) and isinstance(stretch := new.get("range_s"), list):
        new["range_s"] = _of_edges(pieces, old, stretch)
    changed = {name: value for name, value in new.items() if last["params"].get(name) != value}
    if not changed:
        return None
    fresh = changed.keys() - {"clip"}
    if last["op"] == "color" and fresh and not fresh & last["params"].keys():
        clip = {} if "clip" in changed else {name: last["params"][name] for name in ("clip",) if name in last["params"]}
        return [{"op": "color", "params": {**clip, **changed}}], _score(span, pieces)  # the first is done already
    if last["op"] == "cut" and not new.keys() & last["params"].keys():
        return [{"op": "cut", "params": new}], _score(span, pieces)  # another place, and the first is cut already
    clips = changed.pop("clip") if isinstance(changed.get("clip"), list) else [None]
    return [again(last, **changed, **({} if clip is None else {"clip": clip})) for clip in clips], _score(span, pieces)


def _of_edges(pieces: list[Piece], old: list[Any], new: list[Any]) -> list[Any]:
    """ "8x and go till 11:50": the edge that is not said stays where it was."""
    if any(piece.has("RANGE", "FIRST", "LAST", "FOR") for piece in pieces):
        return new
    starts, ends = (any(piece.has(kind) for piece in pieces) for kind in ("START", "UNTIL"))
    return [old[0], new[1]] if ends and not starts else [new[0], old[1]] if starts and not ends else new


_SIDES = ("left", "right", "top", "bottom", "center")


def _partial(span: Span, last: Mapping[str, Any]) -> dict[str, Any]:
    """What can be said of a reframe without its aspect."""
    if last["op"] == "reframe":
        if any(piece.text in texts("rather_than") for piece in span.pieces):
            stop = next(at for at, piece in enumerate(span.pieces) if piece.text in texts("rather_than"))
            span.used.update(range(stop, len(span.pieces)))
            span.pieces = [
                piece if at < stop else replace(piece, means=frozenset({"filler"}))
                for at, piece in enumerate(span.pieces)
            ]
        color = span.named("color") or (
            "#FFFFFF" if any("white" in p.text or "白" in p.text for p in span.pieces) else None
        )
        if color and span.has("padbars"):
            span.claim("padbars")
            return {"mode": "pad", "color": color}
        if span.has("keep", "focus", "cropfit") and (side := span.named("position")) in _SIDES:
            span.claim("keep", "focus", "leftedge", "rightedge", "topedge", "bottomedge", "position_word")
            return {"mode": "crop", "focus": side}
        for word, mode in (("blurpad", "blur_pad"), ("stretchfit", "stretch"), ("padbars", "pad"), ("cropfit", "crop")):
            at = span.find(word)
            refused = at is not None and _refused(span.pieces, at)
            if at is not None and not refused:
                span.claim("blurpad", "padbars", "cropfit", "stretchfit", "neg")
                return {"mode": mode}
    if last["op"] == "transition" and (length := span.take("TIME", "FOR", "AT")) is not None:
        return {"duration_s": length.value}
    return {}


def _refused(pieces: list[Piece], at: int) -> bool:
    """Is this manner not wanted? In 不要模糊的，黑边 the "not" has found what it denies before the mark."""
    if at > 0 and pieces[at - 1].has("neg"):
        return True
    clause = max((i for i in range(at) if pieces[i].has("mark")), default=-1)
    other = any(piece.has("blurpad", "padbars", "cropfit", "stretchfit") for piece in pieces[:clause])
    return not (clause >= 0 and other) and denied(pieces, at)


def _of_element(pieces: list[Piece], text: str, context: Context) -> tuple[list[Command], float] | None:
    """White actually; keep it up there till 9 s: a change of the element that was last spoken of."""
    span = Span(pieces, context, text)
    if last_target(span) is None:
        return None
    try:
        found = update(span)
    except Missing:
        return None
    commands = [{"op": "update", "params": params} for params in found]
    if any(piece.has("bigger", "smaller", "louder", "quieter") for piece in left_over(span, ABOUT_LAST)):
        compared = _compared(span)
        commands = [*commands, *compared] if _compares_last(span) else [*compared, *commands]
    return commands, _score(span, pieces) - 0.2


def _compares_last(span: Span) -> bool:
    """ "To the bottom, and bigger": does the comparison stand behind all that is changed?"""
    compared = [at for at, piece in enumerate(span.pieces) if piece.has("bigger", "smaller", "louder", "quieter")]
    changed = [
        at
        for at, piece in enumerate(span.pieces)
        if piece.has("COLOR", "POSITION", "QUOTE", "boldword", "boxword", "PX")
    ]
    return bool(changed) and min(compared) > max(changed)


def _compared(span: Span) -> list[Command]:
    """ "Bigger, and in red": the comparison beside the change."""
    beside = Span(span.pieces, span.context, span.text)
    try:
        found = nudge(beside)
    except Missing:
        return []
    span.used |= {at for at in beside.used if not span.pieces[at].has("COLOR", "POSITION")}
    return [{"op": "nudge", "params": params} for params in found]


def _score(span: Span, pieces: list[Piece]) -> float:
    left = left_over(span, ABOUT_LAST)
    explained = sum(weight(piece) for at, piece in enumerate(pieces) if at in span.used and not piece.has("mark"))
    return explained - 1.5 * sum(weight(piece) for piece in left) - OPERATION_COST + 0.3

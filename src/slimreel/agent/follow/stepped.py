"""A step more or less of what the last turn changed: "one more notch", "a little brighter still", 再低一点.

Knows no cue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slimreel.agent.fill.nudge import amount_said
from slimreel.agent.follow.last import ABOUT_LAST, AMOUNTS, Command, Turn
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Span
from slimreel.agent.words import texts

_LOOKS = (
    ("brightness", "brightness", 1),
    ("toodark", "brightness", 1),
    ("darker", "brightness", -1),
    ("contrast", "contrast", 1),
    ("saturation", "saturation", 1),
    ("desaturate", "saturation", -1),
)
_UP = ("up_word", "more", "up", "bigger", "louder")
_DOWN = ("down_word", "less", "down", "smaller", "quieter")


def relative_look(turn: Turn) -> list[Command] | None:
    """A little brighter still, after a change of colours: more or less of what was changed."""
    if (
        turn.last["op"] not in ("color", "nudge")
        or any(piece.has("NUMBER", "PERCENT", "EV") for piece in turn.pieces)
        or len(turn.context.clips) > 1
    ):
        return None
    found = [(param, sign) for word, param, sign in _LOOKS for piece in turn.pieces if piece.has(word)]
    if (
        not found
        or len({param for param, _ in found}) > 1
        or any(piece.has("bw", "vivid", "cinematic", "vintage") for piece in turn.pieces)
    ):
        return None
    less = any(piece.has("less", "darker", "quieter", "down_word") and not piece.has("more") for piece in turn.pieces)
    param, sign = found[-1]
    params = {
        "target": turn.context.clips[0].id if turn.context.clips else "c1",
        "param": param,
        "direction": "up" if sign > 0 and not less else "down",
        "amount": amount_said(Span(turn.pieces, turn.context, "")),
    }
    return [{"op": "nudge", "params": params}]


def relative_sound(turn: Turn) -> list[Command] | None:
    """再低一点, after a volume: a step louder or quieter than what was set."""
    params = turn.last["params"]
    of_music = _is_music(turn)
    loud = of_music or turn.last["op"] == "volume" or (turn.last["op"] == "nudge" and params.get("param") == "volume")
    said = [piece for piece in turn.content if not piece.has("again_word", "small_amount") or piece.has(*_UP, *_DOWN)]
    up, down = any(piece.has(*_UP) for piece in said), any(piece.has(*_DOWN) for piece in said)
    if not loud or up == down or len(said) != 1 or any(piece.has(*AMOUNTS) for piece in turn.pieces):
        return None
    music = turn.context.of_type("music") if of_music or params.get("target") == "music" else []
    clip = turn.context.clips[0].id if len(turn.context.clips) == 1 else "all"
    target = params["target"] if turn.last["op"] == "nudge" else music[-1].id if music else clip
    amount = amount_said(Span(turn.pieces, turn.context, ""))
    step = {"target": target, "param": "volume", "direction": "up" if up else "down", "amount": amount}
    return [{"op": "nudge", "params": step}]


def _is_music(turn: Turn) -> bool:
    """Was the last turn about the music that is there, and not about how loud clips are?"""
    target = turn.last["params"].get("target")
    there = turn.context.of_type("music")
    return len(there) == 1 and (turn.last["op"] == "add_music" or target == there[0].id)


# What the last turn can have moved by a step, by the parameter that tells which way; up where it is above the number.
_STEPPED = (
    ("color", "brightness_pct", "brightness", 0),
    ("color", "contrast_pct", "contrast", 0),
    ("color", "saturation_pct", "saturation", 0),
    ("volume", "gain_db", "volume", 0),
    ("volume", "level", "volume", 1),
    ("speed", "factor", "speed", 1),
)
_SAID_OF_STEPS = frozenset("other_way less more up_word down_word step_word too_word out:sharp one_word NUMBER".split())


@dataclass(frozen=True, slots=True)
class _Step:
    """What the last turn moved, which way and how far."""

    target: str
    param: str
    up: bool
    amount: str


def one_step_on(turn: Turn) -> list[Command] | None:
    """ "More"; "one more notch"; "not that much, a bit less"; "the skin looks orange, less": a step on, or one back."""
    step = _last_step(turn)
    said = turn.pieces
    if step is None or not all(_may_be_said(one) for one in said):
        return None
    counted = any(one.has("NUMBER") and one.text.isdigit() for one in said)
    if counted and "gain_db" in turn.last["params"] and not any(_says(one, "small_steps") for one in said):
        return None  # "another 2" is of decibels
    too_far = any(_says(one, "too_far") for one in said) or any(
        one.has("neg") and any(_says(p, "so_much") for p in said[at + 1 : at + 3]) for at, one in enumerate(said)
    )
    too_far = too_far or any(
        one.text == "too" and any(_says(p, "so_much") for p in said[at + 1 : at + 2]) for at, one in enumerate(said)
    )
    less = any(_says(one, "step_back") for one in said)
    on = any(_says(one, "step_on") for one in said)
    if not (too_far or less or on) or (on and (less or too_far or any(one.has("neg") for one in said))):
        return None  # "no more" and "not again" ask for no step
    if less and not too_far and not step.up:
        return [{"op": "clarify", "params": {"about": "amount"}}]  # less of what became less can be either way
    back = too_far or less
    params = {"target": step.target, "param": step.param, "direction": "up" if step.up != back else "down"}
    return [{"op": "nudge", "params": {**params, "amount": _how_far(turn, said, step, back=back)}}] * _steps(said)


def _how_far(turn: Turn, said: list[Piece], step: _Step, *, back: bool) -> str:
    """As far as it was said, else as far as the last time."""
    if any(_says(one, "small_steps") for one in said):
        return "small"
    if not back and not any(one.has("small_amount", "large_amount", "more") for one in said):
        return step.amount
    told = [one for one in said if not (_says(one, "so_much") and back) and not one.has("strong")]
    return amount_said(Span(told, turn.context, ""))


def _steps(said: list[Piece]) -> int:
    """How many notches; a few at the most."""
    if not any(_says(one, "small_steps") for one in said):
        return 1
    return next((int(one.value) for one in said if one.has("NUMBER") and one.value in (2, 3, 4)), 1)


def _may_be_said(piece: Piece) -> bool:
    """Can it be part of a turn that asks for a step and for nothing else?"""
    if _is_of_step(piece) or piece.has("mark"):
        return True
    if piece.has(*AMOUNTS, "QUOTE", "FILE", "POSITION", "COLOR", "CLIP"):
        return piece.has("NUMBER") and piece.value in (1, 2, 3, 4)
    return piece.is_loose() or bool(piece.means & (ABOUT_LAST | _SAID_OF_STEPS))


# What is done a second time by "again" alone, and stays what it is.
_DONE_AGAIN = frozenset({"rotate", "flip", "undo", "redo"})


def same_again(turn: Turn) -> list[Command] | None:
    """ "Again", after a quarter turn or a step back."""
    done = turn.context.last_ops[-1]
    said = [piece for piece in turn.pieces if _says(piece, "step_on") or piece.has("again_word")]
    if (
        not said
        or not all(piece.has("again_word", "same") or _says(piece, "step_on") for piece in turn.content)
        or done.get("op") not in _DONE_AGAIN
        or not isinstance(done.get("params"), Mapping)
    ):
        return None
    return [{"op": str(done["op"]), "params": dict(done["params"])}]


def _is_of_step(piece: Piece) -> bool:
    return any(_says(piece, name) for name in ("step_on", "step_back", "small_steps", "so_much", "too_far"))


def _says(piece: Piece, name: str) -> bool:
    """Is it one of these, or does it end in one ("way more")?"""
    said = texts(name)
    return piece.text in said or (piece.text.rsplit(" ", 1)[-1] in said and not piece.has("remove", "neg"))


def _last_step(turn: Turn) -> _Step | None:
    """What the very last turn moved, where it was one thing."""
    done = turn.context.last_ops[-1]
    params = done.get("params")
    if done is not turn.last or not isinstance(params, Mapping):
        return None
    if done["op"] == "nudge" and isinstance(params.get("param"), str) and isinstance(params.get("target"), str):
        return _Step(params["target"], params["param"], params.get("direction") == "up", params.get("amount", "medium"))
    found = [
        (param, value > level)
        for op, name, param, level in _STEPPED
        if done["op"] == op and isinstance(value := params.get(name), int | float) and value != level
    ]
    target = _moved_target(turn, params)
    if len(found) != 1 or target is None or "preset" in params or "range_s" in params:
        return None
    return _Step(target, found[0][0], found[0][1], "medium")


def _moved_target(turn: Turn, params: Mapping[str, Any]) -> str | None:
    if params.get("target") == "music":
        music = turn.context.of_type("music")
        return music[-1].id if music else None
    if isinstance(clip := params.get("clip"), str):
        return clip
    if len(turn.context.clips) == 1:
        return turn.context.clips[0].id
    return "all" if turn.last["op"] == "volume" else None

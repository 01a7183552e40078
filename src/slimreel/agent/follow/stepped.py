"""A step more or less of what the last turn changed: "a little brighter still", 再低一点. Knows no cue."""

from __future__ import annotations

from slimreel.agent.fill.nudge import amount_said
from slimreel.agent.follow.last import AMOUNTS, Command, Turn
from slimreel.agent.span import Span

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
    loud = turn.last["op"] == "volume" or (turn.last["op"] == "nudge" and params.get("param") == "volume")
    said = [piece for piece in turn.content if not piece.has("again_word", "small_amount") or piece.has(*_UP, *_DOWN)]
    up, down = any(piece.has(*_UP) for piece in said), any(piece.has(*_DOWN) for piece in said)
    if not loud or up == down or len(said) != 1 or any(piece.has(*AMOUNTS) for piece in turn.pieces):
        return None
    music = turn.context.of_type("music") if params.get("target") == "music" else []
    clip = turn.context.clips[0].id if len(turn.context.clips) == 1 else "all"
    target = params["target"] if turn.last["op"] == "nudge" else music[-1].id if music else clip
    amount = amount_said(Span(turn.pieces, turn.context, ""))
    step = {"target": target, "param": "volume", "direction": "up" if up else "down", "amount": amount}
    return [{"op": "nudge", "params": step}]

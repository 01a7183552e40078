"""Says whether two lists of commands are the same frame: all operations, all parameters, edits in the same order.

Forgives only what the conventions call equal wording: documented defaults given or left out, the only clip named or
not, quotes around a text. Knows no draft, so nothing is applied here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from slimreel.agent.context import Context
from slimreel.edit.registry import operations

TOLERANCE = 1e-6
QUOTES = "\"'“”‘’「」『』"
_NUMBERS = (int, float, Fraction)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")

# What may be said or left out: the list of defaults of the conventions, and the values that stand behind `=` at the
# verbs there. Defaults that only the code knows are not forgiven here; the match of states forgives them.
DEFAULTS: dict[str, dict[str, Any]] = {
    "add_image": {"scale": 0.15, "opacity": 1},
    "add_music": {"volume": 0.3, "loop": True},
    "auto_captions": {"language": "auto"},
    "extract_audio": {"format": "mp3"},
    "fade": {"target": "both", "duration_s": 1},
    "gif": {"fps": 12, "width_px": 480, "loop": True},
    "lut": {"intensity": 1},
    "mute": {"target": "all"},
    "normalize_audio": {"lufs": -14, "true_peak_db": -1},
    "pip": {"scale": 0.3},
    "preview": {"resolution": "360p"},
    "redo": {"steps": 1},
    "reframe": {"mode": "blur_pad"},
    "remove_silence": {"threshold_db": -35, "min_silence_s": 0.6, "margin_s": 0.15},
    "speed": {"keep_pitch": True},
    "stabilize": {"strength": "medium"},
    "transition": {"at": "all", "duration_s": 0.5},
    "trim": {"start_s": 0, "end_s": "end"},
    "undo": {"steps": 1},
    "volume": {"target": "all"},
}

Frame = tuple[tuple[str, Mapping[str, Any]], ...]


def frame_of(commands: Iterable[Mapping[str, Any]], context: Context) -> Frame:
    """The commands without what may be left out. Edits stand in the order said, then all the rest in theirs."""
    found = [(str(one["op"]), _plain_params(one, context)) for one in commands]
    return tuple(sorted(found, key=lambda one: not is_edit(one[0])))


def same_frame(first: Frame, second: Frame) -> bool:
    """Are they the same operations with the same parameters?"""
    return len(first) == len(second) and all(
        a[0] == b[0] and same(a[1], b[1]) for a, b in zip(first, second, strict=True)
    )


def is_edit(op: str) -> bool:
    """Does the operation change the timeline, so that its place among the others matters?"""
    kind = operations().get(op)
    return op not in ("undo", "redo", "reset") and kind is not None and kind.stage == "edit"


def same(first: Any, second: Any) -> bool:
    """Are two values the same: numbers within a millionth, texts without their quotes?"""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, _NUMBERS) and isinstance(second, _NUMBERS):
        return first == second or abs(float(first) - float(second)) <= TOLERANCE
    if isinstance(first, str) or isinstance(second, str):
        return type(first) is type(second) and plain_text(first) == plain_text(second)
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(same(first[name], second[name]) for name in first)
    if isinstance(first, Sequence) and isinstance(second, Sequence):
        return len(first) == len(second) and all(map(same, first, second))
    return bool(first == second)


def plain_text(text: str) -> str:
    """A text without the space and the quotes around it; a colour in capitals."""
    text = text.strip().strip(QUOTES).strip()
    return text.upper() if _COLOR.fullmatch(text) else text


def _plain_params(command: Mapping[str, Any], context: Context) -> dict[str, Any]:
    defaults = DEFAULTS.get(str(command["op"]), {})
    return {
        name: value
        for name, value in command["params"].items()
        if value is not None
        and not (name in defaults and same(value, defaults[name]))
        and not (name == "clip" and _is_the_only_clip(value, context))
    }


def _is_the_only_clip(value: Any, context: Context) -> bool:
    if len(context.clips) > 1:
        return False
    named = context.clip_at(value) if isinstance(value, int) else context.clip_named(str(value))
    return value == "all" or named is not None or (not context.clips and value in ("c1", 1, -1))

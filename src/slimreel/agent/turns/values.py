"""The value that a piece gives to a parameter, by the parameter's name and type. Knows no operation and no sentence."""

from __future__ import annotations

import math
from typing import Any

from slimreel.agent.follow.last import AMOUNTS
from slimreel.agent.pieces import Piece
from slimreel.core.units import KNOWN_LINES

# Which kinds of pieces an amount of a parameter may be said with, by how its name ends; a bare number fits them all.
_KINDS = {
    "_s": ("TIME", "AT", "FOR", "START", "UNTIL", "FIRST", "LAST"),
    "_bytes": ("SIZE", "SCALE"),
    "_bps": ("RATE", "SCALE"),
    "_px": ("PX",),
    "_pct": ("PERCENT",),
    "_db": ("DB",),
    "lufs": ("LUFS", "DB"),
    "fps": ("FPS",),
    "degrees": ("DEGREES",),
    "factor": ("TIMES", "PERCENT", "COUNT"),
    "count": ("TIMES", "COUNT"),
}
_SAY_AMOUNTS = (*AMOUNTS, "LUFS", "EV", "COUNT", "FIRST", "LAST")
_SHARES = frozenset("opacity scale volume level intensity size_ratio".split())
_WHOLE = ("_bytes", "_bps", "count", "parts", "degrees", "width_px")
_LEAST_PERCENT = 4.0  # a bare number above it is of percent where a share is asked for
_EDGES = {"up": "top", "down": "bottom", "centered": "center"}


def value_of(piece: Piece, name: str, old: Any) -> Any:
    """What a piece says for a parameter that had another value, None where it says nothing of it."""
    if name in ("position", "focus"):
        edge = next((place for word, place in _EDGES.items() if piece.has(word)), None)
        return piece.named.get("position", edge if name == "position" else None)
    if name == "color":
        return piece.named.get("color")
    if name == "aspect":
        return piece.value if piece.has("ASPECT") else piece.named.get("aspect")
    if name == "text":
        return piece.value if piece.has("QUOTE") else None
    if name == "file":
        return piece.value if piece.has("FILE", "LAID") else None
    if name in ("resolution", "min_resolution"):
        known = piece.has("LINES", "LINES?") or (piece.has(*AMOUNTS) and piece.value in KNOWN_LINES)
        return f"{int(piece.value)}p" if known else None
    return None if name in ("range_s", "ranges_s") else _amount(piece, name, old)


def _amount(piece: Piece, name: str, old: Any) -> float | int | None:
    value = piece.value
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not math.isfinite(value)
        or not piece.has(*_SAY_AMOUNTS)
    ):
        return None
    if name in _SHARES:
        if not piece.has("PERCENT", "SHARE", "NUMBER", "TIMES"):
            return None
        return value / 100 if piece.has("PERCENT", "SHARE") or value > _LEAST_PERCENT else value
    kinds = next((kinds for end, kinds in _KINDS.items() if name.endswith(end)), ())
    if not piece.has("NUMBER", *kinds):
        return None
    if name == "factor" and piece.has("PERCENT"):
        return value / 100
    if piece.has("NUMBER") and name.endswith(("_bytes", "_bps")):
        return int(value * _unit_of(value, old))
    return int(value) if name.endswith(_WHOLE) else value


def _unit_of(value: float, old: Any) -> int:
    """The unit that a bare number is most likely said in: that of the value before it."""
    before = old if isinstance(old, int | float) and old else 1_000_000
    return 1_000_000 if before >= 1_000_000 or value * 1000 < before / 20 else 1000


def times(value: float, name: str, factor: float) -> float | int:
    """So many times as much."""
    return int(value * factor) if name.endswith(_WHOLE) else round(value * factor, 6)


def beside(value: float, name: str, step: float) -> float | int | None:
    """So much more, or less; None where nothing would be left."""
    after = value + step
    if after <= 0 and not name.endswith(("_pct", "_db", "lufs", "offset_s")):
        return None
    return int(after) if name.endswith(_WHOLE) else round(after, 6)


def stretch_of(piece: Piece, length_s: float | None) -> tuple[float, float | str] | None:
    """The stretch of the timeline that a piece names."""
    value = piece.value
    if piece.has("RANGE") and isinstance(value, tuple | list) and len(value) == 2:
        return value[0], value[1]
    if not isinstance(value, int | float):
        return None
    if piece.has("FIRST"):
        return 0.0, float(value)
    if piece.has("LAST") and length_s:
        return max(0.0, length_s - value), length_s
    return None

"""How far "a bit" moves a value: by the unit that its name ends with, or from one word of a scale to the next.

Steps are 10, 25 and 50 % of the value, 2, 4 and 8 dB of loudness. A value that can be negative is a difference: it
moves by 10, 25 and 50 points of percent, or by a tenth, a quarter and a half of its unit.
"""

from __future__ import annotations

from typing import Any, Literal

Amount = Literal["small", "medium", "large"]
PERCENT: dict[Amount, int] = {"small": 10, "medium": 25, "large": 50}
DECIBELS: dict[Amount, int] = {"small": 2, "medium": 4, "large": 8}
_SCALES = (("low", "medium", "high"), ("small", "medium", "large"))
_LOUDNESS = ("volume", "level")
_QUARTER_TURN = 90


def moved(name: str, now: Any, schema: dict[str, Any], amount: Amount, sign: int, least: float) -> Any:
    """The value of a parameter moved up (`sign` 1) or down (-1) within the limits of its schema; None if it has no
    up and down. Lengths of time move by `least` seconds at the least."""
    if isinstance(now, bool) or now is None:
        return None
    if isinstance(now, str):
        return _next_word(now, schema, sign)
    if not isinstance(now, (int, float)):
        return None
    limits: dict[str, Any] = next(
        (one for one in [schema, *schema.get("anyOf", ())] if one.get("type") in ("number", "integer")), {}
    )
    new = _moved(name, float(now), limits, amount, sign, least)
    if limits.get("type") == "integer":
        new = round(new) if round(new) != now else now + sign
    return _clamped(new, limits)


def factor_of(amount: Amount, sign: int) -> float:
    """What a value is multiplied by: 1.25 for a medium step up, 0.75 down."""
    return 1 + sign * PERCENT[amount] / 100


def gain_of(amount: Amount, sign: int) -> float:
    """Decibels of a step of loudness."""
    return sign * float(DECIBELS[amount])


def _moved(name: str, now: float, limits: dict[str, Any], amount: Amount, sign: int, least: float) -> float:
    share = sign * PERCENT[amount] / 100
    if name in _LOUDNESS:
        return float(now * 10 ** (gain_of(amount, sign) / 20))
    if name.endswith(("_db", "lufs")):
        return now + gain_of(amount, sign)
    if name == "degrees":
        return now + sign * _QUARTER_TURN
    if limits.get("minimum", 0) < 0:
        return now + share * (100 if name.endswith("_pct") else 1)
    step = now * share
    return now + (sign * max(abs(step), least) if name.endswith("_s") else step)


def _next_word(now: str, schema: dict[str, Any], sign: int) -> str | None:
    words = {word for one in [schema, *schema.get("anyOf", ())] for word in one.get("enum", ()) if word is not None}
    scale = next((scale for scale in _SCALES if set(scale) == words), None)
    if scale is None or now not in scale:
        return None
    return scale[min(max(scale.index(now) + sign, 0), len(scale) - 1)]


def _clamped(value: float, limits: dict[str, Any]) -> float:
    """The value within its limits; one that a limit itself is not allowed to be stays a thousandth of it away."""
    low = float(limits.get("minimum", limits.get("exclusiveMinimum", "-inf")))
    high = float(limits.get("maximum", limits.get("exclusiveMaximum", "inf")))
    if "exclusiveMaximum" in limits:
        high -= abs(high) / 1000
    if "exclusiveMinimum" in limits:
        low += 1e-3
    return min(max(value, low), high)

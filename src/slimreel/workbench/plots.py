"""Turns curves into the coordinates of small line plots. It draws nothing itself and knows no words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slimreel.core.units import format_bitrate

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 12, 30
# More points than this cannot be told apart on a page; more rows than this nobody reads.
_MOST_POINTS, _MOST_ROWS = 240, 40
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot in a box of `width` × `height`, y downwards. `paths` are SVG path data, one a curve."""

    x_ticks: list[Tick]
    y_ticks: list[Tick]
    paths: list[str]
    rows: list[tuple[str, ...]]
    mark_y: float | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


def quality_plot(by_second: Sequence[float | None], duration_s: float, mark: float) -> Plot:
    """A score over time, on a scale that ends at 100, with a line at `mark`."""
    held = _held(by_second)
    low = max(0, 10 * math.floor((min([*held, mark]) - 3) / 10))
    high = max(100.0, *held)
    ticks = [float(value) for value in range(low, 101, 5 if high - low <= 30 else 10 if high - low <= 60 else 20)]
    return _plot([held], duration_s, (low, high), ticks, mark, _one_decimal, _one_decimal)


def rate_plot(curves: Sequence[Sequence[int]], duration_s: float) -> Plot:
    """Bits per second over time, from zero."""
    top = max((max(curve) for curve in curves if curve), default=1) or 1
    step = _nice(top / 4)
    ticks = [step * count for count in range(math.ceil(top / step) + 1)]
    return _plot(curves, duration_s, (0.0, ticks[-1]), ticks, None, _rate, _rate)


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any: 0:05, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _plot(
    curves: Sequence[Sequence[float]],
    duration_s: float,
    scale: tuple[float, float],
    ticks: Sequence[float],
    mark: float | None,
    tick_text: Callable[[float], str],
    cell_text: Callable[[float], str],
) -> Plot:
    seconds = max([duration_s, *(len(curve) for curve in curves)], default=1.0)
    # A last second that has only begun is drawn to its end, and the axis with it.
    seconds = max(1.0, math.ceil(seconds - 0.001))
    low, high = scale

    def x(second: float) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * min(1.0, second / seconds), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low), 1)

    step = next((step for step in _STEPS_S if seconds / step <= 8), _STEPS_S[-1])
    return Plot(
        x_ticks=[Tick(x(at), clock(at)) for at in range(0, int(seconds) + 1, step)],
        y_ticks=[Tick(y(value), tick_text(value)) for value in ticks],
        paths=[_path(_thinned(curve, _MOST_POINTS), len(curve), x, y) for curve in curves],
        rows=_rows(curves, cell_text),
        mark_y=None if mark is None else y(mark),
    )


def _path(values: Sequence[float], seconds: int, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """A level line for each stretch, joined: what was averaged over a stretch is not drawn as a slope."""
    if not values:
        return ""
    width = math.ceil(seconds / len(values)) if len(values) < seconds else 1
    parts = [f"M{x(0)},{y(values[0])}"]
    for number, value in enumerate(values):
        parts.append(f"V{y(value)}H{x(min(seconds, (number + 1) * width))}")
    return "".join(parts)


def _rows(curves: Sequence[Sequence[float]], text: Callable[[float], str]) -> list[tuple[str, ...]]:
    longest = max((len(curve) for curve in curves), default=0)
    width = math.ceil(longest / _MOST_ROWS) if longest else 1
    thinned = [_stretches(curve, width) for curve in curves]
    return [
        (clock(number * width), *(text(curve[number]) if number < len(curve) else "" for curve in thinned))
        for number in range(math.ceil(longest / width))
    ]


def _thinned(values: Sequence[float], most: int) -> list[float]:
    return _stretches(values, math.ceil(len(values) / most)) if values else []


def _stretches(values: Sequence[float], width: int) -> list[float]:
    parts = [values[start : start + width] for start in range(0, len(values), width)]
    return [sum(part) / len(part) for part in parts]


def _held(values: Sequence[float | None]) -> list[float]:
    """Where no new picture was shown, the one before still stood."""
    found: list[float] = []
    for value in values:
        found.append(value if value is not None else found[-1] if found else 0.0)
    return found or [0.0]


def _nice(value: float) -> float:
    """The next of 1, 2, 2.5, 5 and their tenfolds."""
    power = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= value)


def _one_decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _rate(value: float) -> str:
    return format_bitrate(value) if value else "0"

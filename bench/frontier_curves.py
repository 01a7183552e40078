"""Turns points of bytes and VMAF into one number a way: the size at equal quality, beside the CPU that it took. Pure.

Between points it is log bytes that is linear in log(101 − VMAF), which is how both move with a quantiser.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One encode: what it took and how it looks (`vmaf` is the mean of all frames, `p5` their 5th percentile)."""

    clip: str
    way: str
    crf: int
    cpu_s: float
    bytes: int
    vmaf: float
    p5: float
    quiet: bool = False  # measured on a machine that did nothing else


@dataclass(frozen=True, slots=True)
class Place:
    """Where a way stands beside the reference: medians over clips. `size` and `cpu` are ratios."""

    way: str
    clips: int
    size: float
    cpu: float
    quiet: bool


def places(points: Sequence[Point], reference: str) -> list[Place]:
    """Every way that shares two clips' worth of quality with the reference, the cheapest first."""
    by_way: dict[str, dict[str, list[Point]]] = {}
    for point in points:
        by_way.setdefault(point.way, {}).setdefault(point.clip, []).append(point)
    base = by_way.get(reference, {})
    found = []
    for way, clips in by_way.items():
        ratios = [ratio for clip, mine in clips.items() if (ratio := _ratio(mine, base.get(clip, [])))]
        if ratios:
            sizes, cpus = zip(*ratios, strict=True)
            quiet = all(point.quiet for of_clip in clips.values() for point in of_clip)
            found.append(Place(way, len(ratios), median(sizes), median(cpus), quiet))
    return sorted(found, key=lambda place: place.cpu)


def dominated(places_found: Sequence[Place], margin: float = 0.01) -> Mapping[str, str]:
    """Ways for which another is as small and as cheap, and better in one of both by more than the margin."""
    found: dict[str, str] = {}
    for mine in places_found:
        for other in places_found:
            no_worse = other.size <= mine.size and other.cpu <= mine.cpu
            if no_worse and (other.size < mine.size * (1 - margin) or other.cpu < mine.cpu * (1 - 5 * margin)):
                found.setdefault(mine.way, other.way)
    return found


def _ratio(mine: Sequence[Point], base: Sequence[Point]) -> tuple[float, float] | None:
    """(size at equal quality, CPU at equal CRF) over the base's; None where their qualities do not overlap."""
    a, b = _curve(mine), _curve(base)
    if len(a) < 2 or len(b) < 2:
        return None
    low, high = max(a[0][0], b[0][0]), min(a[-1][0], b[-1][0])
    if high - low < 0.05:
        return None
    steps = [low + (high - low) * step / 20 for step in range(21)]
    size = math.exp(math.fsum(_at(a, step) - _at(b, step) for step in steps) / len(steps))
    cpu = math.exp(_mean_log_cpu(mine) - _mean_log_cpu(base))
    return size, cpu


def _curve(points: Sequence[Point]) -> list[tuple[float, float]]:
    return sorted((math.log(101 - point.vmaf), math.log(point.bytes)) for point in points)


def _at(curve: Sequence[tuple[float, float]], where: float) -> float:
    for (x0, y0), (x1, y1) in pairwise(curve):
        if where <= x1 or (x1, y1) == curve[-1]:
            return y0 + (y1 - y0) * (where - x0) / (x1 - x0) if x1 > x0 else y0
    return curve[-1][1]


def _mean_log_cpu(points: Sequence[Point]) -> float:
    return math.fsum(math.log(max(point.cpu_s, 0.01)) for point in points) / len(points)

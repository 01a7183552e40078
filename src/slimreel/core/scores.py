"""Sums up the scores of single frames: means, worst twentieth, seconds, worst moments. Knows no metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# What a metric that is infinite for equal pictures counts as, dB. FFmpeg's PSNR stops near here as well.
MOST_DB = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One metric over all frames. `poor` is the 5th percentile, or the 95th where more is worse; `worst` the extreme.

    `harmonic_mean` weighs bad frames more; None for metrics that nobody pools so.
    """

    mean: float
    poor: float
    worst: float
    harmonic_mean: float | None = None


def pooled(values: Sequence[float], *, harmonic: bool = False, less_is_better: bool = False) -> Score:
    """The score of one value or more."""
    mean = sum(values) / len(values)
    return Score(
        mean=round(mean, 4),
        poor=round(percentile(values, 95 if less_is_better else 5), 4),
        worst=round(max(values) if less_is_better else min(values), 4),
        harmonic_mean=round(_harmonic(values), 4) if harmonic else None,
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Between the two nearest ranks where it falls between them."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def by_second(times_s: Sequence[float], values: Sequence[float]) -> tuple[float | None, ...]:
    """The mean of each second that has a frame; where none begins in a second, None."""
    if not times_s:
        return ()
    seconds: list[list[float]] = [[] for _ in range(int(max(times_s)) + 1)]
    for time_s, value in zip(times_s, values, strict=True):
        seconds[max(0, int(time_s))].append(value)
    return tuple(round(sum(found) / len(found), 3) if found else None for found in seconds)


def worst_moments(times_s: Sequence[float], values: Sequence[float], count: int, apart_s: float) -> list[int]:
    """Indexes of the lowest values, each so far from the others in time; the lowest first."""
    chosen: list[int] = []
    for index in sorted(range(len(values)), key=lambda index: (values[index], index)):
        if all(abs(times_s[index] - times_s[other]) >= apart_s for other in chosen):
            chosen.append(index)
            if len(chosen) == count:
                break
    return chosen


def _harmonic(values: Sequence[float]) -> float:
    """As VMAF's own tools do it: one is added to each, so that zero does not swallow the rest."""
    return len(values) / sum(1 / (max(0.0, value) + 1) for value in values) - 1

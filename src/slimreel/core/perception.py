"""What a quality means as a score of VMAF v1, and how scores move with an encoder's CRF.

Arithmetic of scores alone; who measures them, and on which pictures, is not known here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from slimreel.core.choices import Quality
from slimreel.core.scores import percentile

# Scores saturate towards 100: log(101 − v) is nearly straight in the CRF, v itself is not (the brief's study:
# interpolation off by 0.5 instead of 2.6 VMAF). Ten clips of x264 at CRF 19, 24, 29: 0.10 to 0.19 a step.
SLOPE_PER_STEP = 0.13
_LEAST_SLOPE, _MOST_SLOPE = 0.02, 0.35
_PERFECT = 100.9
# A clip of this mean has no more to gain in its weak moments: a flash or a cut scores low at any rate.
_BEYOND_DOUBT = 98.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quality as scores: the mean of all frames and, where it counts, the 5th percentile. 0…100."""

    mean: float
    low: float | None = None

    def shortfall(self, scores: Scores) -> float:
        """How far below the wanted the scores are in log(101 − v), the worse of both; negative when above."""
        short = badness(scores.mean) - badness(self.mean)
        if self.low is None:
            return short
        weak = badness(scores.low) - badness(self.low)
        return max(short, min(weak, badness(scores.mean) - badness(_BEYOND_DOUBT)))


@dataclass(frozen=True, slots=True)
class Scores:
    """Mean and 5th percentile of VMAF over the frames that were looked at."""

    mean: float
    low: float
    frames: int

    @classmethod
    def of(cls, frames: Sequence[float]) -> Scores:
        """Raises ValueError for no frames."""
        if not frames:
            raise ValueError("no frames were scored")
        return cls(sum(frames) / len(frames), percentile(frames, 5), len(frames))


# 95 with a 5th percentile of 89 is where most people see no difference; 6 points are one just noticeable
# difference (the brief's study of published figures). `high` is half of one below, `medium` and `low` one and three.
QUALITIES: Mapping[Quality, Wanted] = {
    "visually_lossless": Wanted(95.0, 89.0),
    "high": Wanted(92.0),
    "medium": Wanted(88.0),
    "low": Wanted(77.0),
}


def wanted_of(quality: Quality | None, vmaf_min: float | None) -> Wanted | None:
    """The scores of a named quality, of a number, or of the stricter where both are given. None for lossless."""
    named = QUALITIES.get(quality) if quality is not None else None
    if vmaf_min is None or (named is not None and named.mean >= vmaf_min):
        return named
    return Wanted(vmaf_min, named.low if named is not None else None)


def badness(vmaf: float) -> float:
    """log(101 − v): what grows in proportion to the CRF."""
    return math.log(101.0 - min(vmaf, _PERFECT))


def score_of(badness_value: float) -> float:
    """The VMAF of a badness."""
    return 101.0 - math.exp(badness_value)


def next_crf(points: Sequence[tuple[float, float]], slope_per_step: float = SLOPE_PER_STEP) -> float:
    """The CRF at which the shortfall is nought. `points` are (CRF, shortfall) in the order they were measured.

    From one point by the usual slope; from more between the two that enclose nought most narrowly, else along
    the line through the two nearest to it.
    """
    if len(points) == 1:
        return points[0][0] - points[0][1] / slope_per_step
    ordered = sorted(points)
    enclosing = [(low, high) for low, high in pairwise(ordered) if low[1] <= 0 <= high[1] and low != high]
    if enclosing:
        low, high = min(enclosing, key=lambda pair: pair[1][0] - pair[0][0])
    else:
        nearest = sorted(points, key=lambda point: abs(point[1]))[:2]
        low, high = sorted(nearest)
    slope = (high[1] - low[1]) / max(high[0] - low[0], 1e-6)
    slope = min(_MOST_SLOPE, max(_LEAST_SLOPE, slope))
    anchor = low if abs(low[1]) < abs(high[1]) else high
    return anchor[0] - anchor[1] / slope

"""Medians and bootstrap intervals over clips and their repeats. Pure arithmetic."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

ROUNDS = 2000
_SEED = 1  # the same numbers give the same interval

Pair = tuple[Sequence[float], Sequence[float]]
Draw = Callable[[Sequence[float]], list[float]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Interval:
    """A median over clips and the middle 90 % of what chance could have made of it."""

    median: float
    low: float
    high: float


def ratio(pairs: Sequence[Pair]) -> Interval:
    """Ours over theirs: each pair holds the repeats of both on one clip. Clips and repeats are drawn anew."""

    def of_clip(pair: Pair, draw: Draw) -> float:
        return median(draw(pair[0])) / median(draw(pair[1]))

    return _interval(pairs, of_clip)


def middle(values: Sequence[float]) -> Interval:
    """Of one number for each clip."""
    return _interval(values, lambda value, _: value)


def _interval(clips: Sequence[T], of_clip: Callable[[T, Draw], float]) -> Interval:
    if not clips:
        raise ValueError("no clips")
    chance = random.Random(_SEED)

    def again(values: Sequence[float]) -> list[float]:
        return [chance.choice(values) for _ in values]

    found = sorted(median(of_clip(chance.choice(clips), again) for _ in clips) for _ in range(ROUNDS))
    return Interval(
        median=median(of_clip(clip, list) for clip in clips),
        low=found[round(0.05 * (ROUNDS - 1))],
        high=found[round(0.95 * (ROUNDS - 1))],
    )

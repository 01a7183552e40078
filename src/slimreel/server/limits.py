"""How often, and how many at once: buckets that fill up again with time, and counts of what is open. Pure but for the
clock it is given; what a key stands for is the caller's matter."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

Monotonic = Callable[[], float]
"""Seconds that only grow."""

_MOST_KEYS = 100_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at_s: float


class Rate:
    """So many a minute for each key; up to all of them at once after a quiet minute. 0 a minute means no limit."""

    def __init__(self, per_minute: int, monotonic: Monotonic, *, most_keys: int = _MOST_KEYS) -> None:
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._most_keys = most_keys
        self._buckets: dict[str, _Bucket] = {}

    def wait_s(self, key: str) -> int:
        """Whole seconds until one more is allowed; 0: now."""
        if not self._per_minute:
            return 0
        missing = 1 - self._filled(key).level
        return math.ceil(round(missing * 60 / self._per_minute, 6)) if missing > 0 else 0

    def take(self, key: str) -> int:
        """Takes one and answers 0, or takes none and answers the whole seconds to wait."""
        wait_s = self.wait_s(key)
        if not wait_s and self._per_minute:
            self._buckets[key].level -= 1
        return wait_s

    def _filled(self, key: str) -> _Bucket:
        now_s = self._monotonic()
        bucket = self._buckets.pop(key, None) or _Bucket(self._per_minute, now_s)
        bucket.level = min(self._per_minute, bucket.level + (now_s - bucket.at_s) * self._per_minute / 60)
        bucket.at_s = now_s
        self._buckets[key] = bucket  # the last used stand at the end
        if len(self._buckets) > self._most_keys:
            del self._buckets[next(iter(self._buckets))]
        return bucket


class Open:
    """So many at once for each key. 0 means no limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    def enter(self, key: str) -> bool:
        """One more, unless there are as many as may be."""
        if self._most and self._counts[key] >= self._most:
            return False
        self._counts[key] += 1
        return True

    def leave(self, key: str) -> None:
        self._counts[key] -= 1
        if self._counts[key] <= 0:
            del self._counts[key]

    def total(self) -> int:
        return self._counts.total()

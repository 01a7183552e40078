"""How long a file still takes, from how far it is: steady rather than nervous."""

from __future__ import annotations

from collections.abc import Callable

# Below this too little is known to say anything.
_LEAST_FRACTION, _LEAST_S = 0.02, 1.0
_WEIGHT = 0.25  # of the newest estimate


class Remaining:
    """Fed with fractions of the whole run. The clock tells seconds, from whenever."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = self._before = clock()
        self._estimate: float | None = None

    def update(self, fraction: float) -> float | None:
        """Seconds left, or None while it is too early."""
        now = self._clock()
        elapsed = now - self._start
        if fraction < _LEAST_FRACTION or elapsed < _LEAST_S:
            return None
        fresh = elapsed * (1 - fraction) / fraction
        if self._estimate is not None:
            expected = max(0.0, self._estimate - (now - self._before))
            fresh = (1 - _WEIGHT) * expected + _WEIGHT * fresh
        self._estimate, self._before = fresh, now
        return round(fresh, 1)

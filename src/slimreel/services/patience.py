"""How long one exchange with a far server may take, and how slow it may be. Knows no sockets.

A timeout for each read is not enough: a server that sends one byte now and then never meets it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

# Heads of real answers are under 20 KB. The parser has its own bound for one head; this one is for all that come
# before the body, since any number of interim answers may.
MOST_HEAD_BYTES = 256 * 1024
_SAMPLES = 40  # a window is looked at so often, so that "any 20 s" is off by half a second at most


class TooSlow(Exception):
    """The far server used up its time, or sends less than it has to."""


class TooMuchHead(Exception):
    """The far server sends more before the body than any head needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a far server is held to. `least_bytes_s` counts over every `window_s` of a body."""

    connect_s: float = 10.0
    head_s: float = 20.0
    window_s: float = 20.0
    least_bytes_s: int = 32 * 1024


class Patience:
    """The time left for one exchange, from now on: `total_s` for all of it, and what `pace` says for its parts."""

    def __init__(self, total_s: float, pace: Pace, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.pace = pace
        self._monotonic = monotonic
        self._ends = monotonic() + total_s
        self._received = 0
        self._samples: deque[tuple[float, int]] = deque()
        self.expect_head()

    def expect_head(self) -> None:
        """From now on an answer is waited for."""
        self._head_ends: float | None = self._monotonic() + self.pace.head_s
        self._received = 0

    def expect_body(self) -> None:
        """The answer began; from now on its body has to keep the pace."""
        self._head_ends = None
        self._received = 0
        self._samples = deque([(self._monotonic(), 0)])

    def step_s(self) -> float:
        """How long the next wait may be, in seconds, above 0. Raises TooSlow when there is no time left."""
        now = self._monotonic()
        ends = self._ends if self._head_ends is None else min(self._ends, self._head_ends)
        if now >= ends:
            raise TooSlow
        return min(ends - now, self.pace.window_s)

    def received(self, size: int) -> None:
        """Takes note of bytes from the wire. Raises TooSlow, or TooMuchHead before the body."""
        self._received += size
        if self._head_ends is not None:
            if self._received > MOST_HEAD_BYTES:
                raise TooMuchHead
            return
        now = self._monotonic()
        while len(self._samples) > 1 and self._samples[1][0] <= now - self.pace.window_s:
            self._samples.popleft()
        since, before = self._samples[0]
        if now - since >= self.pace.window_s and self._received - before < self.pace.least_bytes_s * (now - since):
            raise TooSlow
        if now - self._samples[-1][0] >= self.pace.window_s / _SAMPLES:
            self._samples.append((now, self._received))

"""Ctrl-C, SIGTERM and a closed terminal as one: the first stops the work in order, more are ignored."""

from __future__ import annotations

import signal
import time
from types import FrameType

# Stopping a child and removing its folder takes up to this long; a second Ctrl-C must not cut it short.
_ORDERLY_S = 6.0


def install() -> None:
    """Makes each of these signals a KeyboardInterrupt. One that the parent had ignored (nohup) stays ignored."""
    first_at: list[float] = []

    def stop(_number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if first_at and now - first_at[0] < _ORDERLY_S:
            return
        first_at[:] = [now]
        raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)

"""Reads how much CPU and time a use case took."""

from __future__ import annotations

import os
import time


class Clock:
    """CPU seconds of this process and the children that ended, and wall seconds, since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = self._used(), time.monotonic()

    @staticmethod
    def _used() -> float:
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system

    def read(self) -> tuple[float, float]:
        return round(self._used() - self._cpu, 3), round(time.monotonic() - self._wall, 3)

"""Time as whole ticks: timebases, half-open ranges, clock text, and the only place that rounds a time.

Knows no draft and no file. Seconds come in as numbers or text; what is kept is ticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

# Frame rates that players and encoders know. 24000/1001 and its kin are the NTSC rates.
STANDARD_RATES = tuple(
    map(Fraction, ("10", "12", "15", "24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60"))
)
_CLOCK = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,3}):)?([0-9]{1,6}(?:\.[0-9]{1,9})?)")


@dataclass(frozen=True, slots=True)
class Timebase:
    """The unit that times are counted in: how many seconds a tick lasts."""

    tick_s: Fraction

    def ticks(self, seconds: float | Fraction) -> int:
        """The tick nearest to a time; a time just between two is the later one."""
        return floor(Fraction(seconds) / self.tick_s + Fraction(1, 2))

    def seconds(self, ticks: int) -> Fraction:
        return ticks * self.tick_s


# Times inside a file: every frame of every standard rate is a whole number of these ticks.
SOURCE = Timebase(Fraction(1, 240_000))


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `start` on for `duration` ticks; the tick at `end` is the first that is not in it."""

    start: int
    duration: int

    @classmethod
    def between(cls, start: int, end: int) -> TimeRange:
        return cls(start, max(0, end - start))

    @property
    def end(self) -> int:
        return self.start + self.duration

    def __bool__(self) -> bool:
        return self.duration > 0

    def __contains__(self, tick: int) -> bool:
        return self.start <= tick < self.end

    def meet(self, other: TimeRange) -> TimeRange:
        """What both hold; empty where they do not touch."""
        return TimeRange.between(max(self.start, other.start), min(self.end, other.end))

    def moved(self, ticks: int) -> TimeRange:
        return TimeRange(self.start + ticks, self.duration)

    def without(self, others: Iterable[TimeRange]) -> list[TimeRange]:
        """The stretches that none of the others covers, in order."""
        left, at = [], self.start
        for other in sorted((self.meet(other) for other in others), key=lambda gone: gone.start):
            if other:
                left.append(TimeRange.between(at, other.start))
                at = max(at, other.end)
        return [stretch for stretch in [*left, TimeRange.between(at, self.end)] if stretch]


def scaled(ticks: int, ratio: Fraction) -> int:
    """A number of ticks times a ratio, to the nearest tick."""
    return floor(ticks * ratio + Fraction(1, 2))


def standard_rate(rate: Fraction) -> Fraction:
    """The nearest standard rate if it is within 0.2 %, else the least that leaves out no frame; at most 60."""
    nearest = min(STANDARD_RATES, key=lambda known: abs(known - rate))
    if abs(nearest - rate) <= rate / 500:
        return nearest
    return next((known for known in STANDARD_RATES if known > rate), STANDARD_RATES[-1])


def parse_clock(text: str) -> Fraction:
    """Seconds of "1:30", "0:05.5", "1:02:03" or "90"; ValueError for anything else."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or (found[2] is not None and Fraction(found[3]) >= 60):
        raise ValueError(f'"{text}" is not a time; write it like "1:30" or "90".')
    hours, minutes, seconds = (Fraction(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def format_clock(seconds: float | Fraction) -> str:
    """ "0:05", "1:30.25", "1:02:03": to the hundredth, zeros after the point left out."""
    hundredths = floor(Fraction(seconds) * 100 + Fraction(1, 2))
    whole, part = divmod(hundredths, 100)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    tail = f".{part:02}".rstrip("0") if part else ""
    return f"{hours}:{minute:02}:{second:02}{tail}" if hours else f"{minute}:{second:02}{tail}"


def frames_covering(duration: int, base: Timebase, frame: Timebase) -> int:
    """How many frames show all of a stretch of `duration` ticks, to the nearest; at least one."""
    return max(1, frame.ticks(base.seconds(duration)))

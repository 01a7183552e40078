"""Counts the packets of a stream while they pass by: bytes, times, keyframes and the rhythm of the pictures.

Memory is bounded whatever the file says: a short queue to sort times, and a histogram of intervals.
It must not know pictures or containers.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import compress
from operator import add, sub
from typing import Any

from slimreel.engine.child.indexed import Columns

# H.264 and HEVC reorder at most 16 pictures; twice that leaves room for fields counted apart.
REORDER_QUEUE = 32
AT_ONCE = 512  # packets that are reckoned with at once
# A frame in which nothing happens takes so much in H.264: 12, 17, 67 and 238 bytes at 200x200, 360p, 1080p and 2160p.
_IDLE_FRAME_BYTES, _IDLE_PIXELS_PER_BYTE = 12, 37_000
MAX_INTERVALS = 4096  # distinct interval lengths kept; what comes later is only counted
MAX_KEYFRAMES = 10_000  # above this every second one is forgotten, again and again

# Rates that cameras, films and screens really have. A measured rate is snapped to one of them.
STANDARD_RATES = tuple(
    Fraction(n) for n in (5, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 144, 240)
) + tuple(Fraction(n * 1000, 1001) for n in (12, 15, 24, 30, 48, 60, 120, 240))


class Timeline:
    """The times (ticks) of a stream. With `sort`, they may arrive out of order and intervals are counted."""

    def __init__(self, *, sort: bool) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self.end: int | None = None  # of the last, or of one decoded after it; None if the last has no duration
        self.longest = 0  # of the durations that packets give
        self.count = 0
        self.intervals: Counter[int] = Counter()
        self.uncounted = 0
        self._sort = sort
        self._queue: list[int] = []
        self._previous: int | None = None

    def add(self, times: list[int], durations: list[int]) -> None:
        """Takes packets in the order of the file; a duration of 0 is none. One by one would cost thrice as much."""
        if not times:
            return
        self.count += len(times)
        self.longest = max(self.longest, *durations)
        first, last = min(times), max(times)
        self.first = first if self.first is None else min(self.first, first)
        after = 0
        if self.last is None or last >= self.last:
            self.last = last
            after = len(times) - times[::-1].index(last)
            self.end = last + durations[after - 1] if durations[after - 1] else None
        if self.end is not None:
            self.end = max(self.end, *map(add, times[after:], durations[after:]), self.end)
        if self._sort:
            self._queue += times
            self._emit(REORDER_QUEUE)

    def finish(self) -> None:
        self._emit(0)

    def _emit(self, kept: int) -> None:
        """Counts the intervals between waiting times; the `kept` latest wait on, for some before them may follow."""
        queue = sorted(self._queue)
        split = max(0, len(queue) - kept)
        ready, self._queue = queue[:split], queue[split:]
        if self._previous is not None:
            ready = [self._previous, *(time for time in ready if time > self._previous)]
        if not ready:
            return
        self._previous = ready[-1]
        for interval, times in Counter(map(sub, ready[1:], ready)).items():
            if not interval:
                continue
            if interval in self.intervals or len(self.intervals) < MAX_INTERVALS:
                self.intervals[interval] += times
            else:
                self.uncounted += times


class Tally:
    """What one stream's packets add up to. Times are ticks of the stream's timebase."""

    def __init__(
        self, timebase: Fraction, *, is_video: bool, nominal_rate: Fraction | None = None, pixels: int = 0
    ) -> None:
        self.timebase = timebase
        # Raw streams have no times at all: their pictures come one after the other at the rate they name.
        self._ticks_per_frame = round(1 / (timebase * nominal_rate)) if nominal_rate else 0
        self.is_video = is_video
        self.bytes = 0
        self.packets = 0
        self.stills = 0
        self._still_bytes = 2 * (_IDLE_FRAME_BYTES + pixels // _IDLE_PIXELS_PER_BYTE)
        self.corrupt = 0
        self.discarded = 0
        self.untimed = 0
        self.by_pts = Timeline(sort=is_video)
        self.by_dts = Timeline(sort=is_video)
        self.by_count = Timeline(sort=is_video)
        self.keyframes: list[int] = []
        self._keep_every = 1
        self._keyframes_seen = 0
        self._sizes: list[int] = []
        self._pts: tuple[list[int], list[int]] = ([], [])  # times and durations
        self._dts: tuple[list[int], list[int]] = ([], [])

    def add(self, packet: Any) -> None:
        self.packets += 1
        self._sizes.append(packet.size)
        if len(self._sizes) == AT_ONCE:
            self._reckon()
        if packet.is_corrupt:
            self.corrupt += 1
        pts, dts, duration = packet.pts, packet.dts, packet.duration or 0
        has_dts = dts is not None
        if pts is None and not has_dts and self._ticks_per_frame:
            self.by_count.add([self.by_count.count * self._ticks_per_frame], [self._ticks_per_frame])
            dts = self.by_count.last if not self.by_pts.count + len(self._pts[0]) else None
        if self.is_video and packet.is_keyframe:
            self._keep_keyframe(dts if pts is None else pts)
        # An edit list cuts pictures away: the demuxer delivers them to be decoded, never shown.
        if packet.is_discard:
            self.discarded += 1
            return
        duration = max(duration, 0)
        if pts is None:
            self.untimed += 1
        else:
            self._pts[0].append(pts)
            self._pts[1].append(duration)
        if has_dts:
            self._dts[0].append(dts)
            self._dts[1].append(duration)

    def add_all(self, columns: Columns) -> None:
        """All packets of the stream, as an index tells of them."""
        places, kept = columns.places, [not is_discard for is_discard in columns.discards]
        for number in compress(range(len(columns)), places.keys if self.is_video else ()):
            self._keep_keyframe(columns.pts[number])
        self.packets = len(columns)
        self.discarded = len(columns) - sum(kept)
        self._sizes = list(places.sizes)
        durations = [max(0, duration) for duration in compress(columns.durations, kept)]
        self._pts = (list(compress(columns.pts, kept)), durations)
        self._dts = (list(compress(columns.dts, kept)), durations)
        self._reckon()

    def _reckon(self) -> None:
        """Counts what is waiting, and forgets it."""
        self.bytes += sum(self._sizes)
        self.stills += sum(0 < size <= self._still_bytes for size in self._sizes)
        self.by_pts.add(*self._pts)
        self.by_dts.add(*self._dts)
        self._sizes.clear()
        self._pts, self._dts = ([], []), ([], [])

    def _keep_keyframe(self, time: int | None) -> None:
        self._keyframes_seen += 1
        if time is None or self._keyframes_seen % self._keep_every:
            return
        self.keyframes.append(time)
        if len(self.keyframes) > MAX_KEYFRAMES:
            del self.keyframes[1::2]
            self._keep_every *= 2

    @property
    def timeline(self) -> Timeline:
        """By pts, unless a tenth of them is missing (AVI with B-frames): then by dts."""
        if self.by_pts.count + self.by_dts.count == 0:
            return self.by_count
        return self.by_dts if self.untimed * 10 > self.packets - self.discarded else self.by_pts

    def finish(self) -> None:
        self._reckon()
        self.by_pts.finish()
        self.by_dts.finish()
        self.by_count.finish()


class Rhythm:
    """The verdict on a picture stream's intervals: median, rate, and whether it varies."""

    def __init__(self, timeline: Timeline, timebase: Fraction, declared: Fraction | None) -> None:
        self.median_ticks = _median(timeline.intervals)
        self.is_vfr = False
        if self.median_ticks is None:
            self.rate = declared or Fraction(25)
            return
        near = self._near(timeline, timebase)
        near_count = sum(near.values())
        total = sum(timeline.intervals.values()) + timeline.uncounted
        # One picture in a hundred: below that, a dropped frame here and there is still a constant rate.
        self.is_vfr = (total - near_count) * 100 > total
        interval = Fraction(self.median_ticks)
        # Milliseconds (WebM, MKV, FLV) make 33, 33, 34 of 30 fps, so the mean of the near ones is truer than
        # the median; where the intervals have no centre at all, the median is what the word says.
        if near_count * 4 >= total * 3:
            interval = Fraction(sum(length * times for length, times in near.items()), near_count)
        self.rate = snap(1 / (interval * timebase))

    def _near(self, timeline: Timeline, timebase: Fraction) -> dict[int, int]:
        """Intervals within 1 tick, 1 ms or 5 % of the median, whichever is widest."""
        assert self.median_ticks is not None
        tolerance = max(Fraction(1), Fraction(1, 1000) / timebase, Fraction(self.median_ticks, 20))
        return {n: times for n, times in timeline.intervals.items() if abs(n - self.median_ticks) <= tolerance}


def snap(rate: Fraction) -> Fraction:
    """The nearest standard rate within 0.2 % (phones say 60.058), else a rate with a small denominator."""
    best = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return best if abs(best - rate) * 500 <= rate else rate.limit_denominator(1001)


def _median(intervals: Counter[int]) -> int | None:
    total = sum(intervals.values())
    seen = 0
    for interval in sorted(intervals):
        seen += intervals[interval]
        if seen * 2 >= total:
            return interval
    return None

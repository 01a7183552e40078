"""Chooses the frames that stand for a clip: windows to search a quality on, and others to check it on.

Frames are counted in the order they are shown. Nothing here decodes or knows a codec.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

# A clip as short as this is its own sample.
_WHOLE = 90
# Windows of about a second: the mean VMAF of 8 comes within 0.1 of the clip's, of 3 within 0.3 (the brief's study),
# and an encode of one scores like the same frames within a whole encode (−0.2…+0.05 for 24 frames).
_WINDOW = 24
_LEAST_WINDOWS, _MOST_WINDOWS = 3, 8
_LEAST_FRAMES = 60
_SHARE = 1 / 3
# The check looks at half as many frames again, between the windows.
_CHECK_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """`count` frames from number `first` on."""

    first: int
    count: int

    @property
    def end(self) -> int:
        return self.first + self.count


@dataclass(frozen=True, slots=True)
class Sample:
    """`search` and `check` share no frame; all spans of one list have the same length. `check` may be empty."""

    frames: int
    search: tuple[Span, ...]
    check: tuple[Span, ...]

    @property
    def whole(self) -> bool:
        """Is every frame of the clip in it?"""
        return sum(span.count for span in self.search) == self.frames


def choose(frames: int, sizes: Sequence[float] = (), most_frames: int | None = None) -> Sample:
    """Windows for a clip of `frames`, at most `most_frames` in all.

    `sizes` are the bytes of each frame in the source: in every part of the clip the window is taken whose frames
    weigh most nearly what frames of that part do.
    """
    most = frames if most_frames is None else min(frames, most_frames)
    if frames <= _WHOLE and most == frames:
        return Sample(frames, (Span(0, frames),), ())
    budget = max(_LEAST_FRAMES, min(round(frames * _SHARE), _MOST_WINDOWS * _WINDOW))
    budget = max(1, min(budget, round(most / (1 + _CHECK_SHARE))))
    count = max(_LEAST_WINDOWS, min(_MOST_WINDOWS, round(budget / _WINDOW)))
    length = max(1, budget // count)
    part = frames / count
    sums = [0, *accumulate(_tamed(sizes))] if len(sizes) == frames else []
    search, check = [], []
    checked = max(1, round(length * _CHECK_SHARE))
    for number in range(count):
        low, high = round(number * part), round((number + 1) * part)
        span = Span(_typical(sums, low, high, length), length)
        search.append(span)
        check.append(_beside(span, low, high, checked))
    found = [span for span in check if span is not None]
    return Sample(frames, tuple(search), tuple(found))


def _tamed(sizes: Sequence[float]) -> list[float]:
    """Keyframes are much larger than what surrounds them and say little of how busy a moment is."""
    ordered = sorted(sizes)
    most = 3 * ordered[len(ordered) // 2] + 1
    return [min(size, most) for size in sizes]


def _typical(sums: Sequence[float], low: int, high: int, length: int) -> int:
    """The start of the window of `length` frames in low…high that weighs like the average of them."""
    last = max(low, high - length)
    middle = (low + last) // 2
    if not sums:
        return middle
    mean = (sums[high] - sums[low]) / max(1, high - low)
    step = max(1, (last - low) // 64)

    def off(start: int) -> tuple[float, int]:
        return abs((sums[start + length] - sums[start]) / length - mean), abs(start - middle)

    return min(range(low, last + 1, step), key=off)


def _beside(span: Span, low: int, high: int, length: int) -> Span | None:
    """In the middle of the larger gap beside a window, or None where there is no room."""
    before, after = span.first - low, high - span.end
    if max(before, after) < length:
        return None
    first = low + (before - length) // 2 if before > after else span.end + (after - length) // 2
    return Span(first, length)

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
# Of a window that is coded for itself the first picture has nothing to refer to, and the last ones lack those that
# would follow: a keyframe's neighbours score up to 4 VMAF more, the last five pictures up to 3 less, than in the clip.
_FIRST_TELLING, _UNTELLING = 1, 5
# Frames on either side that tell what is usual: shorter than the usual time between keyframes.
_AROUND = 6
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
    def telling(self) -> Span:
        """The part of every search window that is coded as it would be within the clip."""
        count = self.search[0].count
        if self.whole or count <= 2:
            return Span(0, count)
        return Span(_FIRST_TELLING, count - _FIRST_TELLING - min(_UNTELLING, count // 4))

    def few(self) -> tuple[Span, ...]:
        """A third of the search windows, from all over the clip: what a first look costs little on."""
        return self.search[1::3]

    @property
    def whole(self) -> bool:
        """Is every frame of the clip in it?"""
        return sum(span.count for span in self.search) == self.frames


def choose(frames: int, weights: Sequence[float] = (), most_frames: int | None = None) -> Sample:
    """Windows for a clip of `frames`, at most `most_frames` in all.

    `weights` of each frame, as `tamed` makes them: in every part of the clip the window is taken whose frames weigh
    most nearly what frames of that part do.
    """
    most = frames if most_frames is None else min(frames, most_frames)
    if frames <= _WHOLE and most == frames:
        return Sample(frames, (Span(0, frames),), ())
    budget = max(_LEAST_FRAMES, min(round(frames * _SHARE), _MOST_WINDOWS * _WINDOW))
    budget = max(1, min(budget, round(most / (1 + _CHECK_SHARE))))
    count = max(_LEAST_WINDOWS, min(_MOST_WINDOWS, round(budget / _WINDOW)))
    length = max(1, budget // count)
    part = frames / count
    sums = [0.0, *accumulate(weights)] if len(weights) == frames else []
    search, check = [], []
    checked = max(1, round(length * _CHECK_SHARE))
    for number in range(count):
        low, high = round(number * part), round((number + 1) * part)
        span = Span(_typical(sums, low, high, length), length)
        search.append(span)
        check.append(_beside(span, low, high, checked))
    found = [span for span in check if span is not None]
    return Sample(frames, tuple(search), tuple(found))


def tamed(sizes: Sequence[float]) -> list[float]:
    """The bytes of frames in a source as weights. Keyframes are much larger than what surrounds them and say nothing of
    how busy a moment is, nor that an encode has one there: none weighs more than three times what is usual around it.
    """
    found = []
    for at, size in enumerate(sizes):
        around = sorted(sizes[max(0, at - _AROUND) : at + _AROUND + 1])
        found.append(min(size, 3 * around[len(around) // 2] + 1))
    return found


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

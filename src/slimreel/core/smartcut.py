"""Chooses what of a picture stream can be copied when it is cut, and which frames beside the cuts are encoded anew.

It looks at packets alone: which frames are shown is a matter of their times, what can be copied one of their order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, lcm

from slimreel.core.chunking import clean_keyframes
from slimreel.core.packets import NO_TIME, PacketList
from slimreel.core.timing import TimeRange

# Sound packets may stand so far from where the lengths of those before them say: containers round to milliseconds.
_ROUNDED_S = Fraction(2, 1000)


# What was asked for cannot be had without encoding, which nobody needs to be told.
_SELF_EVIDENT = frozenset({"asked", "goal", "effects", "canvas", "speed"})


class CannotCopy(Exception):
    """Nothing of this stream can be copied. `why` is one of the reasons of data/words, as why_… in its labels, unless
    it goes without saying."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def goes_without_saying(self) -> bool:
        return self.why in _SELF_EVIDENT


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a timeline shows of a file: from `start_s`, counted from the file's beginning, in the frames `place`."""

    start_s: Fraction
    place: TimeRange


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames `start` to before `end`, counted as shown. Copied ones are the packets of the same numbers, in the order
    of decoding; the others are decoded from the packet `key` on and encoded."""

    start: int
    end: int
    copied: bool
    key: int

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Sounds:
    """Packets that are copied one after the other: runs of (first, count). The first of all begins `late` packets
    after the timeline."""

    late: int
    runs: tuple[tuple[int, int], ...]


def shown(packets: PacketList, origin_s: Fraction, rate: Fraction, stretches: Sequence[Stretch]) -> list[range]:
    """Which frames each stretch shows, counted in the order of showing; `origin_s` is where the file's time begins.

    As a render chooses: at each moment the latest that has begun, a quarter of a frame early.
    Raises CannotCopy where one is shown twice or left out.
    """
    order = sorted(packets.pts)
    found = []
    for stretch in stretches:
        first = (stretch.start_s + origin_s + 1 / rate / 4) / packets.timebase
        step = 1 / (rate * packets.timebase)
        scale = lcm(first.denominator, step.denominator)
        begin, advance = int(first * scale), int(step * scale)
        number = bisect_right(order, floor(first)) - 1
        last = number + stretch.place.duration
        if number < 0 or last > len(order):
            raise CannotCopy("times")
        moments = (begin + frame * advance for frame in range(stretch.place.duration))
        nexts = (*order[number + 1 : last + 1], None)
        for moment, time, following in zip(moments, order[number:last], nexts, strict=False):
            if time * scale > moment or (following is not None and following * scale <= moment):
                raise CannotCopy("times")
        found.append(range(number, last))
    return found


def pieces(packets: PacketList, wanted: Sequence[range]) -> tuple[Piece, ...]:
    """The pieces that give the wanted frames, in their order. Raises CannotCopy where none can be copied."""
    if NO_TIME in packets.pts or packets.has_discarded:
        raise CannotCopy("hidden")
    points = points_of(packets)
    order = sorted(packets.pts)
    found = [piece for frames in _joined(wanted) for piece in _pieces_of(packets, order, points, frames)]
    if not any(piece.copied for piece in found):
        raise CannotCopy("points")
    return tuple(found)


def points_of(packets: PacketList) -> list[int]:
    """Packets from which on all can be decoded without those before, and none before is shown later."""
    # Before a clean keyframe as many pictures are decoded as shown: its number in both orders is the same.
    return [key.number for key in clean_keyframes(packets) if packets.is_instant(key.number)]


def order_of(packets: PacketList, piece: Piece) -> list[int]:
    """When each packet of a copied piece is shown, in the order of decoding: 0 is the piece's first frame."""
    order = sorted(packets.pts[piece.start : piece.end])
    return [bisect_left(order, packets.pts[number]) for number in range(piece.start, piece.end)]


def sounds(
    packets: PacketList, packet_s: Fraction, origin_s: Fraction, rate: Fraction, stretches: Sequence[Stretch]
) -> Sounds | None:
    """Whole packets of `packet_s` each for the stretches, no sound further than half of one from its place.

    None where packets are missing in the middle, or come at other times than their lengths say.
    """
    if not len(packets) or NO_TIME in packets.pts:
        return None
    times, length = packets.pts, packet_s / packets.timebase
    rounded = _ROUNDED_S / packets.timebase
    least, most = ceil(length - rounded), floor(length + rounded)
    late, runs = 0, []
    for number, stretch in enumerate(stretches):
        place = stretch.place
        first_slot, end_slot = _nearest(place.start / rate / packet_s), _nearest(place.end / rate / packet_s)
        begin_s = stretch.start_s + origin_s + first_slot * packet_s - place.start / rate
        first, count = _sought(times, begin_s / packets.timebase, length), end_slot - first_slot
        if first < 0 and number == 0:
            late = min(-first, count)
            first, count = 0, count - late
        if number == len(stretches) - 1:
            count = max(0, min(count, len(times) - first))
        if first < 0 or first + count > len(times):
            return None
        if not all(least <= after - before <= most for before, after in pairwise(times[first : first + count])):
            return None
        runs.append((first, count))
    return Sounds(late, tuple(runs))


def _sought(times: array[int], wanted: Fraction, length: Fraction) -> int:
    """The number of the packet nearest to a time; beyond either end as if there were more of the same length."""
    if wanted < times[0]:
        return _nearest((wanted - times[0]) / length)
    number = bisect_right(times, wanted) - 1
    return number + _nearest((wanted - times[number]) / length)


def _nearest(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def _joined(wanted: Sequence[range]) -> list[range]:
    """Stretches that go on where the one before ends are one."""
    joined: list[range] = []
    for frames in wanted:
        if joined and joined[-1].stop == frames.start:
            joined[-1] = range(joined[-1].start, frames.stop)
        elif frames:
            joined.append(frames)
    return joined


def _pieces_of(packets: PacketList, order: list[int], points: list[int], frames: range) -> Iterator[Piece]:
    begin = bisect_left(points, frames.start)
    start = points[begin] if begin < len(points) else len(packets)
    if not begin and start > frames.start:
        raise CannotCopy("points")  # what is before the first point cannot be decoded on its own
    head = min(start, frames.stop)
    if frames.start < head:
        yield Piece(frames.start, head, copied=False, key=points[begin - 1])
    if head == frames.stop:
        return
    key = points[bisect_right(points, frames.stop) - 1]
    end = _closed(packets, order, key, frames.stop)
    if start < end:
        yield Piece(start, end, copied=True, key=start)
    if end < frames.stop:
        yield Piece(end, frames.stop, copied=False, key=key)


def _closed(packets: PacketList, order: list[int], key: int, wanted: int) -> int:
    """The last frame up to `wanted` before which all that is decoded from `key` on is shown as well."""
    closed, latest = key, key - 1
    for number in range(key, wanted):
        latest = max(latest, bisect_left(order, packets.pts[number]))
        if latest == number:
            closed = number + 1
    return closed

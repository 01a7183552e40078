"""Chooses where a picture stream is cut into chunks that are encoded apart, and in which order they are encoded.

It looks at packets alone, so that the same file is cut alike everywhere, whoever encodes and with how many workers.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import median

from slimreel.core.packets import NO_TIME, PacketList

# Shorter ones pay for their keyframe, longer ones give the budget too few steps.
LEAST_S, MOST_S = 10.0, 60.0
# A chunk may be so much longer than wanted, for the sake of a better place to cut.
_ROOM = 1.5
# So many of a clip that is long enough: enough work for a dozen workers.
_WANTED = 24
# The part of the chunks from which the others learn.
_FIRST = 8
# A keyframe off the beat of the others was set by a scene cut; it may be so much of a chunk's length away.
_OFF_BEAT = 0.5
_NEW_CONTENT = 0.25
_BEAT = 0.95
# A window must hold what a second holds, its keyframe apart.
WINDOW_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The pictures shown from `start` until before `end` (ticks; None: to the end), which begin at a keyframe.

    `seek` is a time from which the demuxer finds that keyframe; None at the beginning of the file. `key_bytes` and
    `other_bytes` are the source's own, of `keys` keyframes and the other pictures.
    """

    start: int
    end: int | None
    seek: int | None
    frames: int
    keys: int
    key_bytes: int
    other_bytes: int


@dataclass(frozen=True, slots=True)
class Keyframe:
    """One at which the stream can be cut: its place in decoding order and its time."""

    number: int
    pts: int


def _time(key: Keyframe) -> int:
    return key.pts


def cut(packets: PacketList) -> tuple[Chunk, ...]:
    """The chunks of the whole stream: one alone where it is too short, none where it cannot be cut exactly."""
    keys = clean_keyframes(packets)
    if not keys or keys[0].number:
        return ()
    scores = _cut_likeness(packets, keys)
    second = float(1 / packets.timebase)
    begin = keys[0].pts
    end = begin + (max(packets.pts) - begin) * len(packets) / max(1, len(packets) - 1)
    least = LEAST_S * second
    wanted = min(MOST_S / _ROOM * second, max(least, (end - begin) / _WANTED))
    chosen = [0]
    while True:
        start = keys[chosen[-1]].pts
        first = bisect_left(keys, start + least, key=_time)
        behind = bisect_right(keys, end - least, key=_time)
        if first >= behind:
            break
        near = range(first, max(first + 1, min(behind, bisect_right(keys, start + _ROOM * wanted, key=_time))))
        away = {number: abs(keys[number].pts - start - wanted) / wanted for number in near}
        chosen.append(max(near, key=lambda number: scores[number] - away[number]))
    ends = [*(keys[number].pts for number in chosen[1:]), None]
    return tuple(_chunk(packets, keys, number, end) for number, end in zip(chosen, ends, strict=True))


def clean_keyframes(packets: PacketList) -> list[Keyframe]:
    """Keyframes before which nothing is shown that is decoded after them, and the other way round.

    None at all where a packet has no time, is never shown, is broken, or two are shown at once.
    """
    pts = packets.pts
    if not packets.is_whole or NO_TIME in pts or len(set(pts)) < len(pts):
        return []
    if packets.has_discarded or packets.has_corrupt:
        return []
    before = [NO_TIME, *accumulate(pts, max)]  # the latest of all decoded earlier
    behind = list(accumulate(reversed(pts), min))  # the earliest of all from here on, from the end
    return [
        Keyframe(number, pts[number]) for number in packets.keys if before[number] < pts[number] == behind[-1 - number]
    ]


def seek_of(packets: PacketList, key: Keyframe) -> int | None:
    """A time (ticks) from which a demuxer finds this keyframe, however it rounds; None for the first."""
    behind = range(key.number + 1, len(packets))
    # Half way to the next keyframe of any kind.
    following = next((packets.pts[place] for place in behind if packets.is_key(place)), key.pts)
    return (key.pts + following) // 2 if key.number else None


def windows(packets: PacketList, count: int) -> tuple[Chunk, ...]:
    """Short stretches, each from a keyframe, evenly over the stream: what a quality costs is tried on them."""
    keys = clean_keyframes(packets)
    if not keys or keys[0].number:
        return ()
    order = sorted(packets.pts)
    long, span = float(WINDOW_S / packets.timebase), order[-1] - order[0]
    fitting = [number for number, key in enumerate(keys) if key.pts + long <= order[-1]] or [0]
    middles = [order[0] + span * (2 * place + 1) / (2 * count) for place in range(count)]
    chosen = {min(fitting, key=lambda number: abs(keys[number].pts - middle)) for middle in middles}
    found = []
    for number in sorted(chosen):
        end = bisect_left(order, keys[number].pts + long)
        found.append(_chunk(packets, keys, number, order[end] if end < len(order) else None))
    return tuple(found)


def waves(costs: list[float]) -> list[list[int]]:
    """Numbers of the chunks in the groups in which they are encoded, the dearest first.

    A few at first, since samples tell their bytes only roughly; then half of those that are left and half again, so
    that what is to be corrected at the end is small.
    """
    order = sorted(range(len(costs)), key=lambda number: (-costs[number], number))
    groups: list[list[int]] = []
    while order:
        size = max(1, round(len(order) / _FIRST)) if not groups else math.ceil(len(order) / 2)
        groups.append(sorted(order[:size]))
        order = order[size:]
    return groups


def _chunk(packets: PacketList, keys: list[Keyframe], number: int, end: int | None) -> Chunk:
    """The chunk from one of the keyframes to the time `end`."""
    first, start = keys[number].number, keys[number].pts
    behind = len(keys) if end is None else bisect_left(keys, end, key=_time)
    places = range(first, keys[behind].number if behind < len(keys) else len(packets))
    inside = [place for place in places if end is None or packets.pts[place] < end]
    key_sizes = [packets.sizes[place] for place in inside if packets.is_key(place)]
    return Chunk(
        start=start,
        end=end,
        seek=seek_of(packets, keys[number]),
        frames=len(inside),
        keys=len(key_sizes),
        key_bytes=sum(key_sizes),
        other_bytes=sum(packets.sizes[place] for place in inside) - sum(key_sizes),
    )


def _cut_likeness(packets: PacketList, keys: list[Keyframe]) -> list[float]:
    """For each keyframe, how much it looks like the first of a new scene."""
    if len(keys) < 3:
        return [0.0] * len(keys)
    steps = [after.pts - before.pts for before, after in pairwise(keys)]
    beat = max(steps[:-1], default=0)
    sizes = [packets.sizes[key.number] for key in keys]
    scores = [0.0]
    for number in range(1, len(keys)):
        around = median(sizes[max(0, number - 3) : number])
        changed = abs(math.log2(max(1, sizes[number]) / max(1, around)))
        off_beat = steps[number - 1] < beat * _BEAT
        scores.append(_OFF_BEAT * off_beat + _NEW_CONTENT * min(1.0, changed))
    return scores

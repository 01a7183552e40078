"""Chooses where a picture stream is cut into chunks that are encoded apart, and in which order they are encoded.

It looks at packets alone, so that the same file is cut alike everywhere, whoever encodes and with how many workers.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from slimreel.core.packets import NO_TIME, PacketList

# Shorter ones pay for their keyframe, longer ones give the budget too few steps.
LEAST_S, MOST_S = 10.0, 60.0
# So many of a clip that is long enough: enough work for a dozen workers.
_WANTED = 24
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


def cut(packets: PacketList) -> tuple[Chunk, ...]:
    """The chunks of the whole stream; one alone where it should not or cannot be cut, none where times are missing."""
    keys = clean_keyframes(packets)
    if not keys or keys[0].number != 0:
        return ()
    ticks_per_s = 1 / packets.timebase
    length = (max(packets.pts) - keys[0].pts) / ticks_per_s
    wanted = min(MOST_S, max(LEAST_S, float(length) / _WANTED))
    chosen, last = [keys[0]], keys[0].pts + float(length * ticks_per_s)
    scores = _cut_likeness(packets, keys)
    while True:
        ends = chosen[-1].pts + wanted * float(ticks_per_s)
        if last - ends < LEAST_S / 2 * float(ticks_per_s):
            break
        after = bisect_left(keys, chosen[-1].pts + LEAST_S * 0.8 * float(ticks_per_s), key=lambda key: key.pts)
        near = [
            number
            for number in range(after, len(keys))
            if keys[number].pts <= ends + wanted / 2 * float(ticks_per_s)
            and last - keys[number].pts >= LEAST_S / 2 * float(ticks_per_s)
        ]
        if not near:
            near = list(range(after, len(keys)))[:1]
        if not near or last - keys[near[0]].pts < LEAST_S / 2 * float(ticks_per_s):
            break
        away = wanted * float(ticks_per_s)
        chosen.append(keys[max(near, key=lambda number: scores[number] - abs(keys[number].pts - ends) / away)])
    return tuple(chunk_of(packets, keys, key.number, end) for key, end in _pairs(chosen))


def clean_keyframes(packets: PacketList) -> list[Keyframe]:
    """Keyframes before which nothing is shown that is decoded after them, and the other way round.

    None at all where a packet has no time, is never shown, is broken, or two are shown at once.
    """
    pts = packets.pts
    if not packets.is_whole or NO_TIME in pts or len(set(pts)) < len(pts):
        return []
    if any(packets.is_discard(number) or packets.is_corrupt(number) for number in range(len(packets))):
        return []
    later, lowest = [0] * len(pts), NO_TIME
    for number in range(len(pts) - 1, -1, -1):
        lowest = pts[number] if lowest == NO_TIME else min(lowest, pts[number])
        later[number] = lowest
    keys, highest = [], NO_TIME
    for number, time in enumerate(pts):
        if packets.is_key(number) and highest < time == later[number]:
            keys.append(Keyframe(number, time))
        highest = max(highest, time)
    return keys


def windows(packets: PacketList, count: int) -> tuple[Chunk, ...]:
    """Short stretches, each from a keyframe, evenly over the stream: what a quality costs is tried on them."""
    keys = clean_keyframes(packets)
    if not keys or keys[0].number != 0:
        return ()
    order = sorted(packets.pts)
    long = float(WINDOW_S / packets.timebase)
    span = order[-1] - order[0]
    found: dict[int, Chunk] = {}
    for place in range(count):
        middle = order[0] + span * (2 * place + 1) // (2 * count)
        fitting = [key for key in keys if key.pts + long <= order[-1]] or keys[:1]
        key = min(fitting, key=lambda key: (abs(key.pts - middle), key.pts))
        end = bisect_left(order, key.pts + long)
        found[key.number] = chunk_of(packets, keys, key.number, order[end] if end < len(order) else None)
    return tuple(found[number] for number in sorted(found))


def waves(costs: list[float]) -> list[list[int]]:
    """Numbers of the chunks in the groups in which they are encoded, the dearest first.

    Two thirds at once, then ever fewer, so that what is left to be corrected at the end is small.
    """
    order = sorted(range(len(costs)), key=lambda number: (-costs[number], number))
    groups: list[list[int]] = []
    left = len(order)
    third = max(1, math.ceil(left / 3))
    while left:
        size = third if len(groups) < 2 else max(1, left // 2)
        size = min(size, left)
        groups.append(sorted(order[len(order) - left : len(order) - left + size]))
        left -= size
    return groups


def chunk_of(packets: PacketList, keys: list[Keyframe], first: int, end: int | None) -> Chunk:
    """The chunk from the keyframe in place `first` to the time `end`."""
    start = packets.pts[first]
    inside = [
        number for number in range(first, _last(packets, keys, first, end)) if end is None or packets.pts[number] < end
    ]
    key_sizes = [packets.sizes[number] for number in inside if packets.is_key(number)]
    following = next((n for n in range(first + 1, len(packets)) if packets.is_key(n)), None)
    seek = None
    if first:
        seek = start if following is None else (start + packets.pts[following]) // 2
    return Chunk(
        start=start,
        end=end,
        seek=seek,
        frames=len(inside),
        keys=len(key_sizes),
        key_bytes=sum(key_sizes),
        other_bytes=sum(packets.sizes[number] for number in inside) - sum(key_sizes),
    )


def _last(packets: PacketList, keys: list[Keyframe], first: int, end: int | None) -> int:
    """The place behind which nothing is shown before `end`."""
    if end is None:
        return len(packets)
    return next((key.number for key in keys if key.number > first and key.pts >= end), len(packets))


def _pairs(chosen: list[Keyframe]) -> list[tuple[Keyframe, int | None]]:
    ends: list[int | None] = [key.pts for key in chosen[1:]]
    return list(zip(chosen, [*ends, None], strict=True))


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

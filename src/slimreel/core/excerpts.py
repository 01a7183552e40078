"""Where to seek in a long file for a few of its frames, so that what lies between them is not decoded.

It looks at packets alone; whether a file can be relied on to be sought in is for others to say.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from slimreel.core.chunking import Keyframe, clean_keyframes, seek_of
from slimreel.core.packets import PacketList
from slimreel.core.sampling import Span

# Seeking starts a run for every few windows; less than half has to be decoded before that pays.
_WORTHWHILE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """`frames` shown from `start` until before `end` (ticks; None: to the end), for the list of that number."""

    of_list: int
    start: int
    end: int | None
    frames: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Pieces that are decoded in one go from the keyframe that a demuxer finds from `seek` (ticks; None: the first).
    `decoded` counts the frames from that keyframe to the end of the last piece."""

    seek: int | None
    decoded: int
    pieces: tuple[Piece, ...]


def excerpts(packets: PacketList, lists: Sequence[Sequence[Span]]) -> tuple[Excerpt, ...]:
    """Excerpts that hold all spans of all lists, in the order of their keyframes.

    None at all where the file's times do not tell every frame apart, or where too much would be decoded anyhow.
    """
    keys = clean_keyframes(packets)
    if not keys or keys[0].number:
        return ()
    order, times = sorted(packets.pts), [key.pts for key in keys]
    groups: dict[int, list[Piece]] = {}
    for number, spans in enumerate(lists):
        for span in spans:
            end = order[span.end] if span.end < len(order) else None
            key = bisect_right(times, order[span.first]) - 1
            groups.setdefault(key, []).append(Piece(number, order[span.first], end, span.count))
    found = tuple(_excerpt(packets, keys[key], order, groups[key]) for key in sorted(groups))
    return found if sum(one.decoded for one in found) < _WORTHWHILE * len(order) else ()


def _excerpt(packets: PacketList, key: Keyframe, order: Sequence[int], pieces: Sequence[Piece]) -> Excerpt:
    ends = [len(order) if piece.end is None else bisect_left(order, piece.end) for piece in pieces]
    decoded = max(ends) - bisect_left(order, key.pts)
    return Excerpt(seek_of(packets, key), decoded, tuple(pieces))

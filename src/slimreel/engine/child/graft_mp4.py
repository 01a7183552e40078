"""Writes a cut MP4 as ranges of bytes of another: the index in front, then what it tells of, each byte moved once.

What FFmpeg's muxer would say of the streams is taken from a small file that it writes. It must not know why something
is copied or encoded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child import sample_table
from slimreel.engine.child.byte_ranges import BLOCK_BYTES, Blocks, Places, Range
from slimreel.engine.child.start import Refusal

_PICTURES, _SOUND = 0, 1  # each is read through a descriptor of its own
_HEADER_BYTES = 16  # of the box mdat, its length in eight bytes

Piece = tuple[int, list[int], list[Any] | None]  # first packet, when each is shown, and the packets if not the source's


@dataclass
class Laid:
    """A track as it is laid out: what its index tells, and where each chunk's bytes come from."""

    sizes: list[int] = field(default_factory=list)
    chunks: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Sound:
    """Runs of packets of `samples` each, in the slots from `late` on; before the film's beginning if that is −1."""

    places: Places
    runs: Sequence[tuple[int, int]]
    late: int
    samples: int
    rate_hz: int


class Layout:
    """What lies where in the new file: bytes of the source or of encoded packets, in the order of their times."""

    def __init__(self) -> None:
        self.length = 0
        self.parts: list[tuple[int, list[Range]] | list[bytes]] = []

    def lay(self, track: Laid, part: tuple[int, list[Range]] | list[bytes], sizes: Sequence[int]) -> None:
        """The next chunk of a track: packets, or ranges of the source and which of its descriptors reads them."""
        track.chunks.append((self.length, len(sizes)))
        track.sizes.extend(sizes)
        self.parts.append(part)
        self.length += sum(sizes)


def pattern(out: Any, video: Any, sound: Any, wanted: Sound | None, early: int) -> None:
    """The first packets of both streams at their times, in a small file: empty, since only its index counts, but for
    sound as long as they are in the mean, since headers tell its rate."""
    first = av.Packet(bytes(8))
    first.stream, first.time_base, first.is_keyframe = video, video.time_base, True
    first.pts, first.dts, first.duration = 0, -early, 1
    out.mux_one(first)
    if wanted is not None:
        sizes = wanted.places.sizes
        heard = av.Packet(bytes(round(sum(sizes) / len(sizes))))
        heard.stream, heard.time_base, heard.is_keyframe = sound, Fraction(1, wanted.rate_hz), True
        heard.pts = heard.dts = wanted.late * wanted.samples
        heard.duration = wanted.samples
        out.mux_one(heard)


def write(fd: int, written: bytes, pieces: list[Piece], places: Places, tick: Fraction, sound: Sound | None,
          fds: tuple[int, int]) -> int:  # fmt: skip
    """Writes the film and gives the number of its packets; `written` is the file of `pattern`.

    Raises Refusal where the source ends early, or the film is too long for the index.
    """
    heads = dict(sample_table.boxes(written))
    layout, shown, heard = Layout(), Laid(), Laid()
    _lay(layout, shown, heard, pieces, places, tick, sound)
    clock_hz = sample_table.clock_of(heads[b"moov"])
    delta = int(tick * clock_hz)
    early = early_of(order for _, order, _ in pieces)
    tracks = [_video_track(shown, pieces, places, (clock_hz, delta), early)]
    if sound is not None:
        begins = max(0, -sound.late)
        tracks.append(
            sample_table.Track(sound.rate_hz, sound.samples, heard.sizes, None, None, heard.chunks, begins)
        )  # fmt: skip
    try:
        length = len(sample_table.index(written, tracks, 0))
        front = sample_table.box(b"ftyp", heads[b"ftyp"])
        media_at = len(front) + length + _HEADER_BYTES
        head = sample_table.index(written, tracks, media_at)
        if len(head) != length:  # places need eight bytes only for where they are
            media_at += len(head) - length
            head = sample_table.index(written, tracks, media_at)
    except ValueError as error:
        raise Refusal("too_big", str(error)) from error
    mdat = (1).to_bytes(4, "big") + b"mdat" + (_HEADER_BYTES + layout.length).to_bytes(8, "big")
    _put(fd, [front + head + mdat])
    _copy(fd, layout, fds)
    return len(shown.sizes) + len(heard.sizes)


def early_of(orders: Iterable[Sequence[int]]) -> int:
    """How many pictures are decoded before the first is shown, so that none comes too late."""
    return max(place - shown for order in orders for place, shown in enumerate(order))


def _video_track(
    laid: Laid, pieces: list[Piece], places: Places, clock: tuple[int, int], early: int
) -> sample_table.Track:
    offsets: list[int] = []
    keys: list[int] = []
    for first, order, made in pieces:
        start = len(offsets)
        offsets += [(shown - place + early) * clock[1] for place, shown in enumerate(order)]
        flags = places.keys[first : first + len(order)] if made is None else [one.is_keyframe for one in made]
        keys += [start + number for number, is_key in enumerate(flags) if is_key]
    return sample_table.Track(
        clock_hz=clock[0], delta=clock[1], sizes=laid.sizes, chunks=laid.chunks,
        offsets=offsets if any(offsets) else None, keys=keys if len(keys) < len(offsets) else None,
    )  # fmt: skip


def _lay(
    layout: Layout, shown: Laid, heard: Laid, pieces: list[Piece], places: Places, tick: Fraction, sound: Sound | None
) -> None:
    """A second of pictures and the sound that belongs to it, over and over."""
    each = max(1, round(1 / tick))
    slots = _Slots(layout, heard, sound)
    count = 0
    for first, order, made in pieces:
        for start in range(0, len(order), each):
            end = min(start + each, len(order))
            if made is None:
                sizes = places.sizes[first + start : first + end]
                layout.lay(shown, (_PICTURES, places.ranges(first + start, end - start)), sizes)
            else:
                packets = [bytes(packet) for packet in made[start:end]]
                layout.lay(shown, packets, [len(packet) for packet in packets])
            count += end - start
            slots.lay_until(count * tick)
    slots.lay_until(None)


class _Slots:
    """The packets of sound that are not laid out yet."""

    def __init__(self, layout: Layout, laid: Laid, sound: Sound | None) -> None:
        self._layout, self._laid, self._sound = layout, laid, sound
        self._waiting = list(reversed(sound.runs)) if sound is not None else []
        self._slot = sound.late if sound is not None else 0

    def lay_until(self, moment_s: Fraction | None) -> None:
        """All that begins before a moment; None: all."""
        sound = self._sound
        while sound is not None and self._waiting:
            first, count = self._waiting.pop()
            until = count if moment_s is None else -(-moment_s * sound.rate_hz // sound.samples) - self._slot
            taken = max(0, min(count, int(until)))
            if taken:
                sizes = sound.places.sizes[first : first + taken]
                self._layout.lay(self._laid, (_SOUND, sound.places.ranges(first, taken)), sizes)
                self._slot += taken
            if taken < count:
                self._waiting.append((first + taken, count - taken))
                return


def _copy(fd: int, layout: Layout, fds: tuple[int, int]) -> None:
    readers = [Blocks(one) for one in fds]
    try:
        for part in layout.parts:
            _put(fd, part if isinstance(part, list) else readers[part[0]].read(part[1]))
    except EOFError as error:
        raise Refusal("unreadable", "packets that were there are not found again") from error


def _put(fd: int, parts: Iterable[Any]) -> None:
    """All of the parts, many small ones at once."""
    waiting: list[Any] = []
    length = 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length >= BLOCK_BYTES:
            _write(fd, b"".join(waiting))
            waiting, length = [], 0
    _write(fd, b"".join(waiting))


def _write(fd: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(fd, rest) :]

"""Writes the index of an MP4 whose samples are known by number, size and place, on the pattern of a small one.

Byte layouts are of ISO/IEC 14496-12 §8. It must not know where samples come from, nor codecs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_PARENTS = frozenset({b"trak", b"mdia", b"minf", b"stbl", b"edts"})
_TABLES = (b"stts", b"ctts", b"stss", b"stsc", b"stsz", b"stco", b"co64")
_DURATION_AT = {b"mvhd": 16, b"tkhd": 20, b"mdhd": 16}  # in boxes of version 0
MOST = 2**32 - 1  # of any number in them


@dataclass(frozen=True)
class Track:
    """The samples of a track in the order of decoding, each `delta` ticks of `clock_hz` long.

    `offsets` is how much later each is shown, in ticks, and `keys` which of them can be begun at, from 0: None where
    that is so of all. `chunks` are runs of samples that lie together: (bytes after the first of all, how many).
    `begins` is the sample that is presented first.
    """

    clock_hz: int
    delta: int
    sizes: Sequence[int]
    offsets: Sequence[int] | None
    keys: Sequence[int] | None
    chunks: Sequence[tuple[int, int]]
    begins: int = 0

    @property
    def ticks(self) -> int:
        """How long all that is presented lasts."""
        return (len(self.sizes) - self.begins) * self.delta


def index(pattern: bytes, tracks: Sequence[Track], media_at: int) -> bytes:
    """The box moov of `tracks`, like the one in `pattern`, whose tracks are these with a sample or so of each.

    `media_at` is where the first byte of the first chunk will be. Raises ValueError where a number is too large.
    """
    content = next(content for kind, content in boxes(pattern) if kind == b"moov")
    clock_hz = clock_of(content)
    made, ends, waiting = [], [0], iter(tracks)
    for kind, inner in boxes(content):
        if kind == b"trak":
            track, end = _track(inner, next(waiting), clock_hz, media_at)
            made.append((kind, track))
            ends.append(end)
        else:
            made.append((kind, inner))
    return box(b"moov", *(box(kind, _lasting(kind, inner, max(ends))) for kind, inner in made))


def clock_of(moov: bytes) -> int:
    """Ticks a second of the film, by the content of its box moov."""
    return next(_number(inner, 12) for kind, inner in boxes(moov) if kind == b"mvhd")


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, content) of each box that stands in `content`; lengths of eight bytes are not known here."""
    at = 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if not 8 <= length <= len(content) - at:
            raise ValueError("a box is longer than what it stands in")
        yield content[at + 4 : at + 8], content[at + 8 : at + length]
        at += length


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I", 8 + len(content)) + kind + content


def _track(content: bytes, track: Track, clock_hz: int, media_at: int) -> tuple[bytes, int]:
    """The content of a trak, and when its presentation ends, in ticks of the film."""
    edits = [inner for kind, inner in _within(content, b"edts") if kind == b"elst"]
    presented = -(-track.ticks * clock_hz // track.clock_hz)
    # An empty edit before the only other one: what is presented begins later than the film.
    late = _number(edits[0], 8) if edits and _number(edits[0], 4) == 2 else 0
    end = presented + late
    durations = {b"tkhd": end, b"mdhd": len(track.sizes) * track.delta, b"elst": presented}
    return b"".join(_changed(content, track, durations, media_at)), end


def _within(content: bytes, parent: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, inner in boxes(content):
        if kind == parent:
            yield from boxes(inner)


def _changed(content: bytes, track: Track, durations: dict[bytes, int], media_at: int) -> Iterator[bytes]:
    for kind, inner in boxes(content):
        if kind == b"stbl":
            yield box(kind, *_tables(inner, track, media_at))
        elif kind in _PARENTS:
            yield box(kind, *_changed(inner, track, durations, media_at))
        else:
            yield box(kind, _lasting(kind, inner, durations.get(kind, 0)))


def _lasting(kind: bytes, content: bytes, ticks: int) -> bytes:
    """A header with another duration; of an edit list the last edit's."""
    at = len(content) - 12 if kind == b"elst" else _DURATION_AT.get(kind)
    if at is None:
        return content
    if content[0] or ticks > MOST:
        raise ValueError("too long for an index of four bytes")
    return content[:at] + struct.pack(">I", ticks) + content[at + 4 :]


def _tables(content: bytes, track: Track, media_at: int) -> Iterator[bytes]:
    count = len(track.sizes)
    for kind, inner in boxes(content):
        if kind == b"sbgp":  # every sample is in the group that the sample of the pattern is in
            yield box(kind, inner[:12], struct.pack(">I", count), inner[16:])
        elif kind not in _TABLES:
            yield box(kind, inner)
    yield box(b"stts", struct.pack(">IIII", 0, 1, count, track.delta))
    if track.keys is not None:
        yield box(b"stss", struct.pack(">II", 0, len(track.keys)), _numbers([key + 1 for key in track.keys]))
    if track.offsets is not None:
        runs = [(sum(1 for _ in group), offset) for offset, group in groupby(track.offsets)]
        yield box(b"ctts", struct.pack(">II", 0, len(runs)), _numbers([part for run in runs for part in run]))
    firsts = [(number, run[1]) for number, run in enumerate(track.chunks, 1)]
    changes = [next(group) for _, group in groupby(firsts, key=lambda first: first[1])]
    rows = [part for number, samples in changes for part in (number, samples, 1)]
    yield box(b"stsc", struct.pack(">II", 0, len(changes)), _numbers(rows))
    yield box(b"stsz", struct.pack(">III", 0, 0, count), _numbers(track.sizes))
    places = [media_at + at for at, _ in track.chunks]
    is_long = bool(places) and places[-1] > MOST
    packed = struct.pack(f">{len(places)}Q", *places) if is_long else _numbers(places)
    yield box(b"co64" if is_long else b"stco", struct.pack(">II", 0, len(places)), packed)


def _numbers(values: Sequence[int]) -> bytes:
    try:
        return struct.pack(f">{len(values)}I", *values)
    except struct.error as error:
        raise ValueError("a number does not fit four bytes") from error


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "big")

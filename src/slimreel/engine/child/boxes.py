"""Walks the top of MP4/MOV, Matroska, AVI and FLV files by their own lengths, without a demuxer.

It tells whether the container is as long as it says, where the index lies, and the Dolby Vision profiles.
It must not know packets or codecs. Everything is read with pread, so the demuxer's position is untouched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_BOXES = 200_000  # a day of 1 s fragments is 172 800 boxes


@dataclass
class Layout:
    """What the walk found. `dolby_vision` maps the place of a track in the file to its profile."""

    faststart: bool = False
    fragmented: bool = False
    damage: list[str] = field(default_factory=list)
    dolby_vision: dict[int, int] = field(default_factory=dict)
    entries: dict[int, str] = field(default_factory=dict)  # track's place → code of its sample entry (MP4)
    presented_s: dict[int, float] = field(default_factory=dict)  # track's place → when it ends, by its edits (MP4)
    brands: frozenset[str] = frozenset()
    has_index: bool = True


def walk(fd: int, demuxer: str) -> Layout:
    """The layout of the file behind `fd`, by the walker of its demuxer; an empty one where there is none."""
    size = os.fstat(fd).st_size
    names = demuxer.split(",")
    if "mov" in names:
        return _walk_mov(fd, size)
    if "matroska" in names:
        return _walk_matroska(fd, size)
    if "avi" in names:
        return _walk_avi(fd, size)
    if "mpegts" in names:
        return _walk_mpegts(fd, size)
    return Layout()


def _short(missing: int, what: str) -> str:
    return f"the file ends {missing} bytes before {what} does"


# MP4 and MOV: ISO/IEC 14496-12 §4.2


def _boxes(fd: int, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, first byte of the content, first byte after the box) of each box between start and end."""
    at = start
    for _ in range(MAX_BOXES):
        head = os.pread(fd, 16, at)
        if len(head) < 8 or at + 8 > end:
            return
        length, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1 and len(head) == 16:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - at
        if length < header:
            return
        yield kind, at + header, at + length
        at += length


def _walk_mov(fd: int, size: int) -> Layout:
    layout = Layout(has_index=False)
    order: list[bytes] = []
    for kind, content, end in _boxes(fd, 0, size):
        if kind in (b"moov", b"moof", b"mdat") and kind not in order:
            order.append(kind)
        if end > size and kind in (b"moov", b"moof", b"mdat"):
            what = {b"moov": "its index", b"moof": "its last fragment", b"mdat": "its media data"}[kind]
            layout.damage.append(_short(end - size, what))
        if kind == b"ftyp":
            names = os.pread(fd, min(end - content, 400), content)
            layout.brands = frozenset(
                names[i : i + 4].decode("latin-1").strip() for i in range(0, len(names) - 3, 4) if i != 4
            )
        if kind == b"moov" and end <= size:
            layout.has_index = True
            _read_moov(fd, content, end, layout)
    layout.fragmented = layout.fragmented or b"moof" in order
    layout.faststart = b"moov" in order and (b"mdat" not in order or order.index(b"moov") < order.index(b"mdat"))
    if b"moov" not in order and b"mdat" in order and not layout.brands & {"heic", "mif1", "avif", "heix"}:
        layout.damage.append("its index (moov) is missing, so it was cut short or never finished")
    return layout


def _read_moov(fd: int, content: int, end: int, layout: Layout) -> None:
    track = 0
    timescale = 0
    for kind, start, stop in _boxes(fd, content, end):
        if kind == b"mvhd":
            timescale = _timed_header(fd, start, 0)
        if kind == b"mvex":
            layout.fragmented = True
        if kind == b"trak":
            header = next((inner for box, inner, _ in _boxes(fd, start, stop) if box == b"tkhd"), None)
            duration = _timed_header(fd, header, 8) if header is not None else 0
            if timescale and duration:
                layout.presented_s[track] = duration / timescale
            _read_track(fd, start, stop, track, layout)
            track += 1


def _timed_header(fd: int, content: int, after_times: int) -> int:
    """The number after the two times that mvhd and tkhd open with: a timescale, or `after_times` on a duration.

    Times are of 8 bytes in version 1, else of 4, and so is a duration; one of all ones is unknown.
    """
    head = os.pread(fd, 40, content)
    if len(head) < 40:
        return 0
    is_long = head[0] == 1
    at = 4 + 2 * (8 if is_long else 4) + after_times
    width = 8 if is_long and after_times else 4
    value = int.from_bytes(head[at : at + width], "big")
    return 0 if value == 256**width - 1 else value


def _read_track(fd: int, start: int, end: int, track: int, layout: Layout) -> None:
    for wanted in (b"mdia", b"minf", b"stbl", b"stsd"):
        for kind, content, stop in _boxes(fd, start, end):
            if kind == wanted:
                start, end = content, stop
                break
        else:
            return
    # stsd: version, flags and count, then sample entries: 78 bytes of a visual one come before its boxes.
    for entry, content, stop in _boxes(fd, start + 8, end):
        layout.entries.setdefault(track, entry.decode("latin-1"))
        for kind, inner, _ in _boxes(fd, content + 78, stop):
            profile = _profile_of(os.pread(fd, 4, inner)) if kind in (b"dvcC", b"dvvC", b"dvwC") else None
            if profile is not None:
                layout.dolby_vision[track] = profile


def _profile_of(record: bytes) -> int | None:
    """The profile in a Dolby Vision configuration record: two version bytes, then seven bits of profile."""
    return record[2] >> 1 if len(record) >= 3 else None


# Matroska and WebM: RFC 8794 (EBML), RFC 9559

_SEGMENT, _CLUSTER, _TRACKS, _ENTRY = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
_MAPPING, _MAPPING_TYPE, _MAPPING_DATA = 0x41E4, 0x41E7, 0x41ED
_DOLBY_VISION_TYPES = (int.from_bytes(b"dvcC", "big"), int.from_bytes(b"dvvC", "big"), int.from_bytes(b"dvwC", "big"))


def _vint(data: bytes, at: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """A variable-length number and the place after it; None for the reserved "unknown size"."""
    if at >= len(data) or data[at] == 0:
        raise ValueError("not a number")
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        raise ValueError("cut number")
    value = int.from_bytes(data[at : at + length], "big")
    if not keep_marker:
        value -= 1 << (7 * length)
        if value == (1 << (7 * length)) - 1:
            return None, at + length
    return value, at + length


def _elements(fd: int, start: int, end: int) -> Iterator[tuple[int, int, int | None]]:
    """(id, first byte of the content, first byte after it or None for unknown) of each element."""
    at = start
    for _ in range(MAX_BOXES):
        head = os.pread(fd, 12, at)
        if at >= end or len(head) < 2:
            return
        try:
            ident, after = _vint(head, 0, keep_marker=True)
            length, after = _vint(head, after, keep_marker=False)
        except ValueError:
            return
        assert ident is not None
        content = at + after
        if length is None:
            yield ident, content, None
            at = content  # its children follow; they are read as if they were beside it
        else:
            yield ident, content, content + length
            at = content + length


def _walk_matroska(fd: int, size: int) -> Layout:
    layout = Layout()
    for ident, content, end in _elements(fd, 0, size):
        if ident != _SEGMENT:
            continue
        if end is not None and end > size:
            layout.damage.append(_short(end - size, "its segment"))
        for child, inner, stop in _elements(fd, content, size if end is None else min(end, size)):
            if child == _CLUSTER and stop is not None and stop > size and not layout.damage:
                layout.damage.append(_short(stop - size, "its last cluster"))
            if child == _TRACKS and stop is not None and stop <= size:
                _read_tracks(fd, inner, stop, layout)
        break
    return layout


def _read_tracks(fd: int, start: int, end: int, layout: Layout) -> None:
    entries = [(inner, stop) for ident, inner, stop in _elements(fd, start, end) if ident == _ENTRY and stop]
    for place, (inner, stop) in enumerate(entries):
        for ident, mapping, mapping_end in _elements(fd, inner, stop):
            if ident != _MAPPING or mapping_end is None:
                continue
            values = {
                kind: os.pread(fd, min(tail - head, 64), head)
                for kind, head, tail in _elements(fd, mapping, mapping_end)
                if tail is not None
            }
            if int.from_bytes(values.get(_MAPPING_TYPE, b""), "big") in _DOLBY_VISION_TYPES:
                profile = _profile_of(values.get(_MAPPING_DATA, b""))
                if profile is not None:
                    layout.dolby_vision[place] = profile


# AVI: RIFF chunks


def _walk_avi(fd: int, size: int) -> Layout:
    """Each RIFF list must fit the file. A length of 0 is what a recorder leaves that never came back to it."""
    layout = Layout()
    at = 0
    for _ in range(MAX_BOXES):
        head = os.pread(fd, 12, at)
        if len(head) < 12 or head[:4] != b"RIFF":
            break
        length = int.from_bytes(head[4:8], "little")
        at += 8 + length + (length & 1)
        if length and at - (length & 1) > size:
            layout.damage.append(_short(at - size, "its last RIFF list"))
        if not length:
            break
    return layout


# MPEG transport stream: ISO/IEC 13818-1; discs put 4 bytes before each packet, broadcasts 16 after it


def _walk_mpegts(fd: int, size: int) -> Layout:
    """Recorders write whole packets, so half of one at the end is what a copy left that stopped."""
    layout = Layout()
    head = os.pread(fd, 1024, 0)
    for length, sync in ((188, 0), (192, 4), (204, 0)):
        if all(head[at : at + 1] == b"G" for at in range(sync, min(size, 4 * length), length)):
            if size % length:
                layout.damage.append(_short(length - size % length, "its last packet"))
            break
    return layout

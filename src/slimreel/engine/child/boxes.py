"""Walks the top of MP4, MOV, AVI and MPEG-TS files by their own lengths, and hands Matroska on to ebml.py.

It must not know packets or codecs. Everything is read with pread, so the demuxer's position is untouched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from slimreel.engine.child import ebml
from slimreel.engine.child.layout import MAX_ELEMENTS, Layout, dolby_vision_profile, short


def walk(fd: int, demuxer: str) -> Layout:
    """The layout of the file behind `fd`, by the walker of its demuxer; an empty one where there is none."""
    size = os.fstat(fd).st_size
    if demuxer == "mov":
        return _walk_mov(fd, size)
    if demuxer == "matroska":
        return ebml.walk_matroska(fd, size)
    if demuxer == "avi":
        return _walk_avi(fd, size)
    if demuxer == "mpegts":
        return _walk_mpegts(fd, size)
    return Layout()


# MP4 and MOV: ISO/IEC 14496-12 §4.2


def _boxes(fd: int, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, first byte of the content, first byte after the box) of each box between start and end."""
    at = start
    for _ in range(MAX_ELEMENTS):
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
            what = {b"moov": "its index, moov", b"moof": "a fragment, moof", b"mdat": "its media data, mdat"}[kind]
            layout.damage.append(short(end - size, what))
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
        layout.damage.append(
            "the list of its pictures is missing (its index, moov), so it was cut short or never finished"
        )
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
            profile = dolby_vision_profile(os.pread(fd, 4, inner)) if kind in (b"dvcC", b"dvvC", b"dvwC") else None
            if profile is not None:
                layout.dolby_vision[track] = profile


def table_of(fd: int, track: int, wanted: bytes) -> tuple[int, int] | None:
    """Where the content of a table of samples (a box in stbl) begins and ends; None where a track has none."""
    start, end = 0, os.fstat(fd).st_size
    for parent, number in ((b"moov", 0), (b"trak", track), (b"mdia", 0), (b"minf", 0), (b"stbl", 0), (wanted, 0)):
        found = [(content, stop) for kind, content, stop in _boxes(fd, start, end) if kind == parent]
        if number >= len(found):
            return None
        start, end = found[number]
    return start, end


# AVI: RIFF chunks


def _walk_avi(fd: int, size: int) -> Layout:
    """Each RIFF list must fit the file. A length of 0: the recorder never came back to it."""
    layout = Layout()
    at = 0
    for _ in range(MAX_ELEMENTS):
        head = os.pread(fd, 12, at)
        if len(head) < 12 or head[:4] != b"RIFF":
            break
        length = int.from_bytes(head[4:8], "little")
        at += 8 + length + (length & 1)
        if length and at - (length & 1) > size:
            layout.damage.append(short(at - size, "a RIFF list"))
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
                layout.damage.append(short(length - size % length, "a transport packet"))
            break
    return layout

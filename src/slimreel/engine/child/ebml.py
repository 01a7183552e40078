"""Walks the top of Matroska and WebM files (RFC 8794, RFC 9559) by their own lengths.

It must not know packets or codecs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from slimreel.engine.child.layout import MAX_ELEMENTS, Layout, dolby_vision_profile, short

_SEGMENT, _CLUSTER, _TRACKS, _ENTRY = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
_MAPPING, _MAPPING_TYPE, _MAPPING_DATA = 0x41E4, 0x41E7, 0x41ED
_DOLBY_VISION_TYPES = (
    int.from_bytes(b"dvcC", "big"),
    int.from_bytes(b"dvvC", "big"),
    int.from_bytes(b"dvwC", "big"),
)


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
    for _ in range(MAX_ELEMENTS):
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


def walk_matroska(fd: int, size: int) -> Layout:
    layout = Layout()
    for ident, content, end in _elements(fd, 0, size):
        if ident != _SEGMENT:
            continue
        if end is not None and end > size:
            layout.damage.append(short(end - size, "the segment"))
        for child, inner, stop in _elements(fd, content, size if end is None else min(end, size)):
            if child == _CLUSTER and stop is not None and stop > size and not layout.damage:
                layout.damage.append(short(stop - size, "a cluster"))
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
                profile = dolby_vision_profile(values.get(_MAPPING_DATA, b""))
                if profile is not None:
                    layout.dolby_vision[place] = profile

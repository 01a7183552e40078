"""Lists every packet of one stream, in decoding order: its time, length, size and whether pictures may start there.

Rows of numbers, deflated, since JSON would take ten times the room. It must not know what they are for.
"""

from __future__ import annotations

import base64
import os
import sys
import zlib
from array import array
from itertools import compress
from operator import sub
from typing import Any

import av

from slimreel.engine.child import avc, boxes
from slimreel.engine.child.continuity import Continuity
from slimreel.engine.child.indexed import Columns, indexed, is_worth_it
from slimreel.engine.child.opening import opened, packets_of
from slimreel.engine.child.start import Refusal

MAX_PACKETS = 8_000_000  # ten hours at 200 pictures a second; 17 bytes each
NO_TIME = -(2**63)  # as FFmpeg's AV_NOPTS_VALUE
KEY, DISCARD, CORRUPT, INSTANT = 1, 2, 4, 8
LONGEST = 2**31 - 1
FIRST_BYTES = 4096  # of a keyframe: headers and messages before its picture rarely take more
MOST_TICKS = 2**61  # so that the difference of two fits a column; no clock of ours gets there


class Rows:
    """Columns of numbers that grow with each packet; times as differences, which deflate to almost nothing."""

    def __init__(self, header: avc.Record | None = None) -> None:
        self._header = header
        self.steps, self.sizes, self.durations, self.flags = array("q"), array("I"), array("i"), array("B")
        self._last = 0

    def add(self, packet: Any) -> None:
        if packet.pts is None or abs(packet.pts) > MOST_TICKS:
            self.steps.append(NO_TIME)
        else:
            self.steps.append(packet.pts - self._last)
            self._last = packet.pts
        self.sizes.append(packet.size)
        self.durations.append(min(max(packet.duration or 0, 0), LONGEST))
        flags = KEY * packet.is_keyframe + DISCARD * packet.is_discard + CORRUPT * packet.is_corrupt
        if flags & KEY and self._header is not None and avc.is_instant(packet, self._header.length_bytes):
            flags += INSTANT
        self.flags.append(flags)

    def take(self, told: Columns, fd: int) -> None:
        """All packets, as an index tells of them."""
        self.steps = array("q", map(sub, told.pts, [0, *told.pts[:-1]]))
        self.sizes = array("I", told.places.sizes)
        self.durations = array("i", (min(max(one, 0), LONGEST) for one in told.durations))
        self.flags = array(
            "B", (KEY * key + DISCARD * cut for key, cut in zip(told.places.keys, told.discards, strict=True))
        )
        if self._header is not None:
            for number in compress(range(len(told)), told.places.keys):
                self.flags[number] += INSTANT * self._is_instant(fd, told.places.at[number], told.places.sizes[number])

    def _is_instant(self, fd: int, at: int, size: int) -> bool:
        """By the first bytes of the packet, or by all of them where other units come before its picture."""
        assert self._header is not None
        lengths = (min(size, FIRST_BYTES), size)
        return any(avc.is_instant(os.pread(fd, length, at), self._header.length_bytes) for length in lengths)

    def facts(self) -> dict[str, Any]:
        columns = {"steps": self.steps, "sizes": self.sizes, "durations": self.durations, "flags": self.flags}
        return {name: _packed(column) for name, column in columns.items()}


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"fd", "demuxer", "decoders", "stream"} → {"count", "timebase", "is_whole", "header", and as long columns}.

    Raises Refusal where the file cannot be opened, has no such stream, or more packets than are kept.
    """
    av.logging.set_level(None)
    fd, demuxer = request["fd"], request["demuxer"]
    layout = boxes.walk(fd, demuxer)
    container = opened(fd, demuxer, request["decoders"], layout)
    if not 0 <= request["stream"] < len(container.streams):
        raise Refusal("unreadable", f"it has no stream {request['stream']}")
    stream = container.streams[request["stream"]]
    header = avc.record_of(stream)
    rows, clock = Rows(header), Continuity(container)
    if is_worth_it(container, layout):
        found = indexed(container, fd, stream.index)
        if found is not None and len(found.columns[stream.index]) <= MAX_PACKETS:
            rows.take(found.columns[stream.index], fd)
            return _facts(rows, stream, header, is_whole=True)
        container = opened(fd, demuxer, request["decoders"], layout)
    if not clock.jumps:  # the others are not even read, where the demuxer can leave them out
        for other in container.streams:
            if other.index != stream.index:
                other.discard = av.stream.Discard.all
    return _facts(rows, stream, header, is_whole=_read(container, stream.index, rows, clock))


def _facts(rows: Rows, stream: Any, header: avc.Record | None, *, is_whole: bool) -> dict[str, Any]:
    timebase = stream.time_base
    return {
        "count": len(rows.flags),
        "timebase": [timebase.numerator, timebase.denominator],
        "is_whole": is_whole,
        "header": header.facts() if header is not None else None,
        **rows.facts(),
    }


def _read(container: Any, index: int, rows: Rows, clock: Continuity) -> bool:
    """Fills the rows; False where an error of the file ended them."""
    try:
        for packet in packets_of(container):
            clock.mend(packet)
            if packet.stream_index != index:
                continue
            if len(rows.flags) == MAX_PACKETS:
                raise Refusal("too_big", f"it has more than {MAX_PACKETS} packets")
            rows.add(packet)
    except (av.FFmpegError, OSError):
        return False
    return True


def _packed(column: array[int]) -> str:
    if sys.byteorder == "big":
        column.byteswap()
    return base64.b64encode(zlib.compress(column.tobytes(), 6)).decode()

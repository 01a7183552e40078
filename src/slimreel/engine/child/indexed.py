"""What packets an MP4 holds, by its index instead of by reading every one: an hour in a tenth of the time.

The index is the demuxer's own; what it does not hold, when pictures are shown, comes from the box ctts (ISO/IEC
14496-12 §8.6.1.3). All of it is proven on the packets at head and end. It must not know what packets are for.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, repeat
from operator import add, sub
from typing import Any

from slimreel.engine.child import boxes
from slimreel.engine.child.byte_ranges import Places
from slimreel.engine.child.layout import Layout
from slimreel.engine.child.opening import packets_of

# Below this reading all is as quick; a minute of film has so many.
LEAST_PACKETS = 4000
HEAD_PACKETS = 300  # demuxed to compare: the first of each stream have to be among them
HEAD_EACH = 8
_MOST_CTTS_BYTES = 64_000_000


class Columns:
    """All packets of a stream in the order of decoding: where they lie, their times and lengths in ticks."""

    def __init__(self, stream: Any, offsets: array[int] | None) -> None:
        self.places = Places(stream)
        self.dts, self.discards = array("q"), bytearray()
        for entry in stream.index_entries:
            self.dts.append(entry.timestamp)
            self.discards.append(entry.is_discard)
        later = offsets if offsets is not None else repeat(0, len(self.dts))
        self.pts = array("q", (time + offset for time, offset in zip(self.dts, later, strict=True)))
        # The last one's length is taken from the packet itself.
        self.durations = array("q", [*map(sub, self.dts[1:], self.dts), 0])

    def __len__(self) -> int:
        return len(self.dts)

    def is_at(self, number: int, packet: Any) -> bool:
        """Whether the packet of this number is this one."""
        told = (self.places.at[number], self.places.sizes[number], self.pts[number], self.dts[number])
        flags = (self.durations[number], self.places.keys[number], self.discards[number])
        real = (packet.pos, packet.size, packet.pts, packet.dts)
        return told == real and flags == (packet.duration or 0, packet.is_keyframe, packet.is_discard)


@dataclass(frozen=True)
class Indexed:
    """The columns of each stream of the file behind `fd`, and the packets at its head."""

    columns: dict[int, Columns]
    head: list[Any]
    fd: int


def is_worth_it(container: Any, layout: Layout) -> bool:
    """Whether the file has an index that tells of so many packets that reading them all takes longer."""
    if layout.fragmented or layout.damage or not layout.has_index or container.format.name.split(",")[0] != "mov":
        return False
    counts = [len(stream.index_entries) for stream in container.streams]
    return sum(counts) >= LEAST_PACKETS and all(counts)


def indexed(container: Any, fd: int, only: int | None = None) -> Indexed | None:
    """What the index tells of all streams, or of one; None where it is not the whole truth.

    The container's position moves.
    """
    wanted = [stream for stream in container.streams if only is None or stream.index == only]
    try:
        if any(_number_at(fd, stream.index, b"stsd", 4) != 1 for stream in wanted):
            return None  # packets of several headers say which they have
        found = {stream.index: Columns(stream, _offsets(fd, stream.index)) for stream in wanted}
    except ValueError:
        return None
    end = os.fstat(fd).st_size
    if any(max(map(add, one.places.at, one.places.sizes)) > end for one in found.values()):
        return None
    head = _proven(container, found)
    return Indexed(found, head, fd) if head is not None else None


def _proven(container: Any, found: dict[int, Columns]) -> list[Any] | None:
    """The packets at the head, if they and those at the end are what the columns say."""
    head: list[Any] = []
    seen = dict.fromkeys(found, 0)
    for packet in islice(packets_of(container), HEAD_PACKETS):
        index = packet.stream_index
        if index in found:
            if seen[index] == len(found[index]) or not found[index].is_at(seen[index], packet):
                return None
            head.append(packet)
            seen[index] += 1
        if _is_begun(seen, found):
            break
    if not _is_begun(seen, found) or not all(_ends(container, index, one) for index, one in found.items()):
        return None
    return head


def _is_begun(seen: dict[int, int], found: dict[int, Columns]) -> bool:
    return all(count >= min(HEAD_EACH, len(found[index]) - 1) for index, count in seen.items())


def _ends(container: Any, index: int, columns: Columns) -> bool:
    """Whether the last packets of a stream are what the columns say; the very last one's length is taken over."""
    container.seek(columns.dts[-1], stream=container.streams[index], backward=True)
    tail = [packet for packet in packets_of(container) if packet.stream_index == index]
    if not tail or len(tail) > len(columns):
        return False
    columns.durations[-1] = tail[-1].duration or 0
    return all(columns.is_at(number - len(tail), packet) for number, packet in enumerate(tail))


def _offsets(fd: int, track: int) -> array[int] | None:
    """How much later than decoded each sample of a track is shown, by its ctts; None where it has none.

    Raises ValueError where that is too much or no number of them.
    """
    place = boxes.table_of(fd, track, b"ctts")
    if place is None:
        return None
    start, end = place
    if not 8 <= end - start <= _MOST_CTTS_BYTES:
        raise ValueError("no such table")
    content = os.pread(fd, end - start, start)
    count = int.from_bytes(content[4:8], "big")
    if len(content) < 8 + 8 * count:
        raise ValueError("it ends early")
    made = array("q")
    for samples, offset in _pairs(content, count):
        if len(made) + samples > 8_000_000:
            raise ValueError("too many samples")
        made.extend(repeat(offset, samples))
    # The demuxer takes off what would be negative, once for all of them.
    least = min(made, default=0)
    return array("q", (offset - least for offset in made)) if least < 0 else made


def _number_at(fd: int, track: int, table: bytes, at: int) -> int | None:
    place = boxes.table_of(fd, track, table)
    return int.from_bytes(os.pread(fd, 4, place[0] + at), "big") if place is not None else None


def _pairs(content: bytes, count: int) -> Iterator[tuple[int, int]]:
    return struct.iter_unpack(">Ii", content[8 : 8 + 8 * count])

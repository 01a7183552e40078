"""Every packet of one stream of a file, in decoding order, as columns of numbers: read in a sandboxed child.

Counted facts; what windows or cuts are made of them is decided elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import os
import sys
import zlib
from array import array
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

from slimreel.core import records
from slimreel.core.packets import NO_TIME, AvcHeader, PacketList
from slimreel.engine import children, probe
from slimreel.engine.sniff import DECODERS, OpenInput, open_input
from slimreel.errors import EngineError

__all__ = ["PacketList", "packets_of", "read_packets"]

_MAX_PACKETS = 8_000_000
# Ten hours of 60 pictures a second take 5 MB of the reply.
_REPLY_BYTES = 128 * children.MIB
# On top of the reading itself: ten hours of 60 pictures a second, of a few bytes each, take 12 s of a core.
_MILLIONS_S = 300.0


def packets_of(path: Path, stream: int) -> PacketList:
    """All packets of the stream with this index in a file, which has to be one that is let in. Raises what
    opening and reading it raises."""
    source = open_input(path)
    try:
        return read_packets(source, stream, path)
    finally:
        os.close(source.fd)


def read_packets(source: OpenInput, stream: int, path: object) -> PacketList:
    """The packets of the stream with this index in an open input, whose descriptor's offset moves.

    Raises NotAVideo where it cannot be opened or is longer than days, EngineError where its reader fails.
    """
    deadline_s = _MILLIONS_S + os.fstat(source.fd).st_size / probe.SLOWEST_READ_BPS
    request = {"fd": source.fd, "demuxer": source.demuxer, "decoders": DECODERS, "stream": stream}
    facts = children.call(
        "packet_list", request, path=path, fds=(source.fd,), deadline_s=deadline_s, reply_bytes=_REPLY_BYTES
    )
    try:
        return _listed(facts)
    except (KeyError, TypeError, ValueError, ArithmeticError, zlib.error, records.BadRecord) as error:
        raise EngineError(path=path, detail=f"its list of packets does not fit: {error}") from error


def _listed(facts: dict[str, Any]) -> PacketList:
    """The child's facts, checked: it has read a stranger's file, so its word is not taken."""
    count = facts["count"]
    if not isinstance(count, int) or not 0 <= count <= _MAX_PACKETS:
        raise ValueError(f"{count} packets")
    numerator, denominator = facts["timebase"]
    timebase = Fraction(numerator, denominator)
    if timebase <= 0:
        raise ValueError(f"a clock of {timebase}")
    steps = _column("q", facts["steps"], count)
    return PacketList(
        timebase=timebase,
        pts=_times(steps),
        durations=_column("i", facts["durations"], count),
        sizes=_column("I", facts["sizes"], count),
        flags=_column("B", facts["flags"], count),
        is_whole=facts["is_whole"] is True,
        header=records.read(AvcHeader, facts["header"]) if facts.get("header") is not None else None,
    )


def _column(kind: str, packed: str, count: int) -> array[int]:
    """Numbers of one kind from deflated bytes; never inflates to more than `count` of them take."""
    column = array(kind)
    wanted = count * column.itemsize
    try:
        content = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), wanted + 1)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if len(content) != wanted:
        raise ValueError(f"a column of {len(content)} bytes where {wanted} belong")
    column.frombytes(content)
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _times(steps: array[int]) -> array[int]:
    """Times from differences; a packet without a time leaves the sum as it is."""
    sums = accumulate(0 if step == NO_TIME else step for step in steps)
    return array("q", [NO_TIME if step == NO_TIME else time for step, time in zip(steps, sums, strict=True)])

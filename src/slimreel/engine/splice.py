"""Joins finished chunks into one stream of pictures in a sandboxed child. It must not know what they show."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from slimreel.engine import children, probe, sandbox


def splice(
    chunks: Sequence[Path], output: Path, *, timebase: Fraction, offset: int, last_duration: int
) -> tuple[int, int]:
    """Write the chunks, in this order, to `output` with `offset` ticks taken off their times: (packets, bytes).

    Raises NotAVideo where their headers differ or one begins before the one before it ends.
    """
    total = sum(path.stat().st_size for path in chunks)
    fd = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    seconds = 10 * probe.START_S + total / probe.SLOWEST_READ_BPS
    try:
        told = children.call(
            "splice",
            {
                "chunks": [str(path.absolute()) for path in chunks],
                "fd": fd,
                "timebase": [timebase.numerator, timebase.denominator],
                "offset": offset,
                "last_duration": last_duration,
            },
            path=output,
            fds=(fd,),
            policy=sandbox.Policy(
                read=tuple({path.parent for path in chunks}), memory_bytes=children.MEMORY_BYTES, cpu_s=int(seconds)
            ),
            deadline_s=seconds,
        )
    finally:
        os.close(fd)
    return int(told["packets"]), int(told["bytes"])

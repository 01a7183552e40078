"""Opens a media file behind a descriptor as what it was taken for, and as nothing else.

It must not know what is read from it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import av

from slimreel.engine.child.layout import Layout
from slimreel.engine.child.start import Refusal

MAX_STREAMS = 100
MAX_UNNAMED = 10_000  # packets of streams that no header names
BUFFER_BYTES = 1 << 18  # fewer calls back into Python than with the default of 32 KiB
# MP4 and Matroska name all their streams in a header, so little is read to guess at them: with the default of
# 5 MB a second of 4K60 was decoded (0.22 s of CPU) to learn what one picture tells.
HEADER_PROBE_BYTES = 500_000
# Pictures are decoded for what their headers say: without residues and loop filter, on one thread.
CHEAP = {"threads": "1", "skip_idct": "all", "skip_loop_filter": "all", "max_pixels": str(16384 * 16384)}


def opened(fd: int, demuxer: str, decoders: list[str], layout: Layout) -> Any:
    """The demuxer is forced and nothing but the descriptor can be read, whatever the content asks for."""

    def refuse(*_: object) -> None:
        raise PermissionError("a video may not open other files")

    os.lseek(fd, 0, os.SEEK_SET)
    options = {
        "protocol_whitelist": "none",
        "format_whitelist": demuxer,
        "max_streams": str(MAX_STREAMS),
        **CHEAP,
    }
    if demuxer in ("mov", "matroska"):
        options["probesize"] = str(HEADER_PROBE_BYTES)
    if decoders:
        options["codec_whitelist"] = ",".join(decoders)
    try:
        return av.open(
            os.fdopen(fd, "rb", buffering=0, closefd=False),
            mode="r",
            format=demuxer,
            options=options,
            metadata_errors="replace",
            buffer_size=BUFFER_BYTES,
            io_open=refuse,
        )
    except av.MemoryError as error:
        raise Refusal("too_big", "it needs more memory than is allowed") from error
    except (av.FFmpegError, OSError, ValueError) as error:
        if layout.damage:
            raise Refusal("damaged", "; ".join(layout.damage)) from error
        raise Refusal(
            "unreadable", f"it begins like a video or a sound, but its content cannot be read (as {demuxer})"
        ) from error


def packets_of(container: Any) -> Iterator[Any]:
    """All packets. FLV may open a stream on the way, which PyAV cannot name: its packets are passed over."""
    for _ in range(MAX_UNNAMED):
        try:
            for packet in container.demux():
                if packet.size or packet.dts is not None:  # else it is PyAV's sign for the end of a stream
                    yield packet
        except IndexError:
            continue
        return

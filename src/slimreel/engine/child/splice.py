"""Joins the pictures of finished chunks into one stream, packet by packet, with the times one encode would give them.

It must not know how the chunks were made; they lie in one folder, and the result goes through a descriptor.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child.start import Refusal

# Decoding starts so many pictures early at most (H.264's largest reordering).
MOST_DELAY = 16


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"chunks": paths, "fd", "timebase", "offset", "last_duration"} → {"packets", "bytes"}.

    `offset` (ticks) is taken off all times. The result is QuickTime on the clock of the source: it alone of the
    formats at hand keeps times of both kinds to the tick. Raises Refusal where the chunks do not belong together.
    """
    av.logging.set_level(None)
    timebase = Fraction(*request["timebase"])
    times, delay, header = _look(request["chunks"], timebase)
    ordered = array("q", sorted(times))
    clock = {"video_track_timescale": str(timebase.denominator), "movie_timescale": str(timebase.denominator)}
    packets = size = 0
    with os.fdopen(request["fd"], "wb", closefd=False) as file, av.open(file, "w", format="mov", options=clock) as out:
        stream = None
        for path in request["chunks"]:
            with _opened(path) as chunk:
                if stream is None:
                    stream = out.add_stream_from_template(chunk.streams.video[0])
                    stream.time_base = timebase
                for packet in _packets(chunk):
                    pts = _ticks(packet, timebase)
                    made = av.Packet(bytes(packet))
                    made.stream, made.time_base, made.is_keyframe = stream, timebase, packet.is_keyframe
                    made.pts = pts - request["offset"]
                    made.dts = _decoding_time(ordered, packets, delay) - request["offset"]
                    made.duration = _duration(ordered, pts, request["last_duration"])
                    out.mux(made)
                    packets, size = packets + 1, size + packet.size
    return {"packets": packets, "bytes": size, "header_bytes": len(header)}


def _look(paths: list[str], timebase: Fraction) -> tuple[array[int], int, bytes]:
    """All times, how many pictures decoding runs ahead, and the header that all chunks share."""
    times, delay, headers = array("q"), 0, set()
    for path in paths:
        with _opened(path) as chunk:
            headers.add(bytes(chunk.streams.video[0].codec_context.extradata or b""))
            early = 0
            latest = times[-1] if times else None
            mine = array("q")
            for packet in _packets(chunk):
                early += packet.dts is None
                mine.append(_ticks(packet, timebase))
        if latest is not None and min(mine) <= max(times[-MOST_DELAY:]):
            raise Refusal("unreadable", "a chunk begins before the one before it ends")
        times.extend(mine)
        delay = max(delay, early)
    if len(headers) != 1:
        raise Refusal("unreadable", "the chunks have different headers")
    return times, min(delay, MOST_DELAY), headers.pop()


def _decoding_time(ordered: array[int], number: int, delay: int) -> int:
    """As x264 gives them: the sorted times, late by the delay; the first ones as much earlier as that takes."""
    if number >= delay or delay >= len(ordered):
        return ordered[max(0, number - delay)]
    return ordered[number] - (ordered[delay] - ordered[0])


def _duration(ordered: array[int], pts: int, last: int) -> int:
    after = bisect_left(ordered, pts) + 1
    return ordered[after] - pts if after < len(ordered) else last


def _packets(chunk: Any) -> Any:
    return (packet for packet in chunk.demux(chunk.streams.video[0]) if packet.size)


def _ticks(packet: Any, timebase: Fraction) -> int:
    ticks = packet.pts * packet.time_base / timebase
    if ticks.denominator != 1:
        raise Refusal("unreadable", "a chunk runs on another clock")
    return int(ticks)


def _opened(path: str) -> Any:
    return av.open(path, format="nut")

"""Proves a cut: around every seam the result is decoded and compared, frame by frame, with what the source shows.

Copied frames have to be the same to the bit, encoded ones alike; what is between seams other checks prove by hash.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from slimreel.core.chunking import Keyframe, seek_of
from slimreel.core.packets import PacketList
from slimreel.core.smartcut import Piece
from slimreel.engine import argv, sniff
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured

# Each side of a seam is decoded for so long.
LOOK_S = 1.0
# Of all planes: below this an encoded frame is broken, or another one of a picture that moves.
_LEAST_DB = 30.0
_LINE = re.compile(r"psnr_avg:(\S+)")
_SHARE = 0.2  # of the bar


class SeamMismatch(Exception):
    """A frame of the result is not the one that belongs there."""


@dataclass(frozen=True, slots=True)
class Look:
    """Frames `start` to before `end` of the result, and the same of the source: (start, end, copied), in order."""

    start: int
    end: int
    parts: tuple[tuple[int, int, bool], ...]


def looks(pieces: Sequence[Piece], rate: Fraction) -> list[Look]:
    """What has to be decoded: encoded pieces, and so long beside each seam and at both ends; what overlaps is one."""
    margin = ceil(LOOK_S * rate)
    total = sum(piece.frames for piece in pieces)
    stretches: list[list[int]] = []
    at = 0
    for piece in [*pieces, None]:
        end = at + piece.frames if piece is not None else at
        until = at if piece is None or piece.copied else end
        first, last = max(0, at - margin), min(total, until + margin)
        if stretches and first <= stretches[-1][1]:
            stretches[-1][1] = max(last, stretches[-1][1])
        else:
            stretches.append([first, last])
        at = end
    return [Look(first, last, _parts(pieces, first, last)) for first, last in stretches]


def check(
    job: Job, found: Measured, packets: PacketList, points: Sequence[int], made: Sequence[Look], rate: Fraction
) -> Steps[None]:
    """Raise SeamMismatch where a frame differs; `points` are the packets where decoding of the source may begin."""
    for number, look in enumerate(made):
        yield from _check(job, found, packets, points, look, (f"seam-{number}.txt", _SHARE / len(made)), rate)


def _check(
    job: Job, found: Measured, packets: PacketList, points: Sequence[int], look: Look, run: tuple[str, float],
    rate: Fraction,
) -> Steps[None]:  # fmt: skip
    file, share = run
    result = sniff.open_input(job.result)
    fds = [result.fd]
    try:
        video = found.info.video[0]
        begin_s = Fraction(video.start_s).limit_denominator(1_000_000)  # some muxers begin later for sound's sake
        first_s, last_s = (begin_s + (frame - Fraction(1, 2)) / rate for frame in (look.start, look.end))
        first, last = ceil(first_s / video.timebase), ceil(last_s / video.timebase)
        inputs = [*_seek(first_s if look.start else None), *argv.source(found.info, result.fd)]
        # Of the result its own times count: it has to show its frames in this order and at these moments.
        made = f"setpts=PTS-{round(begin_s / video.timebase)},settb={1 / rate},setpts=PTS-{look.start}"
        counted = f"settb={1 / rate},setpts=N"
        graph = [f"[0:{video.index}]trim=start_pts={first}:end_pts={last},{made}[made]"]
        order = sorted(packets.pts)
        names = ""
        for number, (start, end, _) in enumerate(look.parts, 1):
            fds.append(os.open(job.source.path, os.O_RDONLY | getattr(os, "O_BINARY", 0)))
            key = points[bisect_right(points, start) - 1]
            seek = seek_of(packets, Keyframe(key, packets.pts[key]))
            inputs += [*_seek(None if seek is None else seek * packets.timebase), *argv.source(job.source, fds[-1])]
            until = f":end_pts={order[end]}" if end < len(order) else ""
            graph.append(f"[{number}:{job.plan.video.index}]trim=start_pts={order[start]}{until},{counted}[s{number}]")
            names += f"[s{number}]"
        graph.append(f"{names}concat=n={len(look.parts)}:v=1:a=0,{counted}[right]")
        graph.append(f"[made][right]psnr=stats_file={file}:shortest=1[out]")
        arguments = [*inputs, "-filter_complex", ";".join(graph), "-map", "[out]", "-fps_mode", "passthrough"]
        yield from job.run("verify", share, ["-copyts", *arguments, "-f", "null", "-"], tuple(fds))
    finally:
        for fd in fds:
            os.close(fd)
    _judge((job.folder / file).read_text(), look)


def _judge(text: str, look: Look) -> None:
    told = [float(value) for value in _LINE.findall(text)]
    copied = [is_copied for start, end, is_copied in look.parts for _ in range(start, end)]
    if len(told) != len(copied):
        raise SeamMismatch(f"{len(told)} frames can be decoded where {len(copied)} belong")
    for number, (decibel, is_copied) in enumerate(zip(told, copied, strict=True)):
        if decibel < (float("inf") if is_copied else _LEAST_DB):
            raise SeamMismatch(f"frame {look.start + number} is another than in the source ({decibel:.1f} dB)")


def _seek(moment_s: Fraction | None) -> list[str]:
    """All frames from a keyframe at or before a time, on the file's own clock and as they are coded."""
    seek = ["-seek_timestamp", "1", "-ss", f"{float(moment_s):.6f}"] if moment_s is not None else []
    return ["-noautorotate", *argv.STEADY, "-noaccurate_seek", *seek]


def _parts(pieces: Sequence[Piece], first: int, last: int) -> tuple[tuple[int, int, bool], ...]:
    parts, at = [], 0
    for piece in pieces:
        begin, end = max(first, at), min(last, at + piece.frames)
        if begin < end:
            parts.append((piece.start + begin - at, piece.start + end - at, piece.copied))
        at += piece.frames
    return tuple(parts)

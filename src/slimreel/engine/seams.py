"""Proves a cut: around every seam the result is decoded and compared, frame by frame, with what the source shows.

Copied frames have to be the same to the bit, encoded ones alike; what is between seams other checks prove by hash.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import ExitStack
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
_AT_ONCE = 2  # looks in one run, which compares them side by side


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
    comparison = _Comparison(job, found, packets, points, rate)
    for start in range(0, len(made), _AT_ONCE):
        looked_at = made[start : start + _AT_ONCE]
        yield from comparison.run(looked_at, _SHARE * len(looked_at) / len(made))


class _Comparison:
    """Compares stretches of the result with what the source shows, some of them in one run."""

    def __init__(
        self, job: Job, found: Measured, packets: PacketList, points: Sequence[int], rate: Fraction
    ) -> None:  # fmt: skip
        self._job, self._found, self._packets, self._points, self._rate = job, found, packets, points, rate
        self._order = sorted(packets.pts)

    def run(self, looks: Sequence[Look], share: float) -> Steps[None]:
        with ExitStack() as stack:
            inputs: list[str] = []
            graphs: list[str] = []
            fds: list[int] = []
            for number, look in enumerate(looks):
                result = sniff.open_input(self._job.result)
                stack.callback(os.close, result.fd)
                opened = [result.fd, *(stack.enter_context(self._job.open_source()) for _ in _reads(look))]
                first = len(fds)
                fds += opened
                options, graph = self._compared(look, opened, first, number)
                inputs += options
                graphs += ["-filter_complex", graph]
            outputs = [
                part for number in range(len(looks))
                for part in ("-map", f"[out{number}]", "-fps_mode", "passthrough", "-f", "null", "-")
            ]  # fmt: skip
            yield from self._job.run("verify", share, ["-copyts", *inputs, *graphs, *outputs], tuple(fds))
        for number, look in enumerate(looks):
            _judge((self._job.folder / _listed(number)).read_text(), look)

    def _compared(self, look: Look, fds: Sequence[int], input_: int, number: int) -> tuple[list[str], str]:
        """Inputs from number `input_` on, the result before the source, and the graph that compares them."""
        video, rate, packets = self._found.info.video[0], self._rate, self._packets
        begin_s = Fraction(video.start_s).limit_denominator(1_000_000)  # some muxers begin later for sound's sake
        first_s, last_s = (begin_s + (frame - Fraction(1, 2)) / rate for frame in (look.start, look.end))
        first, last = ceil(first_s / video.timebase), ceil(last_s / video.timebase)
        inputs = [*_seek(first_s if look.start else None), *argv.source(self._found.info, fds[0])]
        # Of the result its own times count: it has to show its frames in this order and at these moments.
        made = f"setpts=PTS-{round(begin_s / video.timebase)},settb={1 / rate},setpts=PTS-{look.start}"
        counted = f"settb={1 / rate},setpts=N"
        graph = [f"[{input_}:{video.index}]trim=start_pts={first}:end_pts={last},{made}[made]"]
        names = ""
        for place, ((start, end), fd) in enumerate(zip(_reads(look), fds[1:], strict=True), 1):
            key = self._points[bisect_right(self._points, start) - 1]
            seek = seek_of(packets, Keyframe(key, packets.pts[key]))
            sought = _seek(None if seek is None else seek * packets.timebase)
            inputs += [*sought, *argv.source(self._job.source, fd)]
            until = f":end_pts={self._order[end]}" if end < len(self._order) else ""
            shown = f"[{input_ + place}:{self._job.plan.video.index}]"
            graph.append(f"{shown}trim=start_pts={self._order[start]}{until},{counted}[s{place}]")
            names += f"[s{place}]"
        graph.append(f"{names}concat=n={len(fds) - 1}:v=1:a=0,{counted}[right]")
        graph.append(f"[made][right]psnr=stats_file={_listed(number)}:shortest=1[out{number}]")
        return inputs, ";".join(graph)


def _listed(number: int) -> str:
    """The file that tells how alike the frames of a look are."""
    return f"seam-{number}.txt"


def _reads(look: Look) -> list[tuple[int, int]]:
    """What of the source is decoded: parts that follow each other there in one go, copied or not."""
    made: list[tuple[int, int]] = []
    for start, end, _ in look.parts:
        if made and made[-1][1] == start:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made


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

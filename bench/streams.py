"""Counts the packets of a file with PyAV alone, so that slimreel is never the judge of its own results."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

av.logging.set_level(av.logging.PANIC)


class NoVideo(ValueError):
    """The file has no moving picture, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The main picture stream of a file, packet by packet. `width` and `height` are after rotation.

    `duration_s` is from the first picture shown to the end of the last; `digest` is of the packets' payloads.
    """

    file_bytes: int
    index: int
    codec: str
    pix_fmt: str
    video_bytes: int
    duration_s: float
    frames: int
    width: int
    height: int
    digest: str

    @property
    def bitrate_bps(self) -> float:
        return self.video_bytes * 8 / self.duration_s if self.duration_s > 0 else 0.0

    @property
    def frame_share(self) -> float:
        """The average picture's share of the stream."""
        return 1 / max(self.frames, 1)


def weigh(path: Path) -> Weight:
    """Read every packet of the file's main picture. Raises NoVideo."""
    try:
        with av.open(str(path)) as container:
            return _weigh(container, path)
    except FFmpegError as error:
        raise NoVideo(f"{path.name}: {error}") from error


def _weigh(container: InputContainer, path: Path) -> Weight:
    packets = _count(container, [stream for stream in container.streams.video if not _is_cover(stream)])
    filled = [tally for tally in packets.values() if tally.count and tally.stream.width]
    if not filled:
        raise NoVideo(f"{path.name}: no moving picture")
    main = max(filled, key=lambda t: (_is_default(t.stream), t.stream.width * t.stream.height, -t.stream.index))
    stream = main.stream
    turned = _rotation(path, stream.index) % 180 == 90
    return Weight(
        file_bytes=path.stat().st_size,
        index=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        pix_fmt=stream.pix_fmt or "",
        video_bytes=main.bytes,
        duration_s=float(main.duration()),
        frames=main.shown,
        width=stream.height if turned else stream.width,
        height=stream.width if turned else stream.height,
        digest=main.digest.hexdigest(),
    )


class _Tally:
    def __init__(self, stream: VideoStream) -> None:
        self.stream = stream
        self.bytes = self.count = self.shown = 0
        self.digest = hashlib.sha256()
        self._pts: list[int] = []
        self._dts: list[int] = []
        self._lengths: dict[int, int] = {}

    def add(self, packet: Any) -> None:
        self.bytes += packet.size
        self.count += 1
        self.digest.update(memoryview(packet))
        if packet.is_discard:  # decoded for others' sake, cut away by an edit list
            return
        self.shown += 1
        if packet.dts is not None:
            self._dts.append(packet.dts)
        if packet.pts is not None:
            self._pts.append(packet.pts)
            self._lengths[packet.pts] = packet.duration or 0

    def duration(self) -> Fraction:
        """Seconds. AVI gives no presentation times where pictures are reordered: then by decoding times."""
        times = sorted(self._pts if len(self._pts) * 10 >= self.shown * 9 else self._dts)
        if not times:
            return Fraction(0)
        steps = sorted(after - before for before, after in pairwise(times))
        usual = steps[len(steps) // 2] if steps else 0
        end = times[-1] + (self._lengths.get(times[-1]) or usual)
        # An MP4 says when pictures are decoded. Where B-frames come last, how long the last one stands is told by
        # the track alone, which no cut file can stretch beyond its longest packet.
        told = (self.stream.start_time or 0) + (self.stream.duration or 0)
        if told - times[-1] <= max(self._lengths.values(), default=0):
            end = max(end, told)
        return (end - times[0]) * (self.stream.time_base or Fraction(0))


def _count(container: InputContainer, streams: list[VideoStream]) -> dict[int, _Tally]:
    tallies = {stream.index: _Tally(stream) for stream in streams}
    if not streams:
        return tallies
    try:
        for packet in container.demux(streams):
            if packet.size:
                tallies[packet.stream.index].add(packet)
    except FFmpegError:
        if not any(tally.count for tally in tallies.values()):
            raise
    return tallies


def _is_cover(stream: VideoStream) -> bool:
    return "attached_pic" in _disposition(stream)


def _is_default(stream: VideoStream) -> bool:
    return "default" in _disposition(stream)


def _disposition(stream: VideoStream) -> set[str]:
    return set((stream.disposition.name or "").split("|"))


def _rotation(path: Path, index: int) -> int:
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams[index]):
            return int(getattr(frame, "rotation", 0))
    return 0

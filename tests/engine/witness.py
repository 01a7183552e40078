"""Looks at files by FFmpeg's own words and by PyAV, never by slimreel's code: what the tests measure results with."""

from __future__ import annotations

import hashlib
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
av.logging.set_level(None)


def ffmpeg(*arguments: object) -> str:
    """Run FFmpeg; what it wrote to stderr. It must succeed."""
    command = [FFMPEG, "-hide_banner", "-nostdin", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False)
    text = done.stderr.decode(errors="replace")
    assert done.returncode == 0, text
    return text


def pipe(*arguments: object) -> bytes:
    """Run FFmpeg; what it wrote to stdout."""
    command = [FFMPEG, "-hide_banner", "-nostdin", "-loglevel", "error", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True).stdout


def described(path: Path) -> str:
    """What `ffmpeg -i` says of a file."""
    done = subprocess.run([FFMPEG, "-hide_banner", "-i", str(path)], capture_output=True, check=False)
    return done.stderr.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Shown:
    """One decoded picture or block of sound: when it is shown, for how long, and what FFmpeg says of it."""

    time_s: float
    duration_s: float
    line: str


@cache
def shown(path: Path, stream: str = "v:0") -> tuple[Shown, ...]:
    """Everything of a stream as it is decoded, with its own timestamps."""
    if stream.startswith("a"):
        chosen = ["-map", f"0:{stream}", "-af", "ashowinfo"]
    else:
        chosen = ["-map", f"0:{stream}", "-vf", "showinfo", "-fps_mode", "passthrough"]
    text = ffmpeg("-i", path, "-copyts", *chosen, "-f", "null", "-")
    found = []
    for line in text.splitlines():
        time = re.search(r"pts_time:\s*(-?[\d.]+)", line)
        if time:
            duration = re.search(r"duration_time:\s*([\d.]+)", line)
            found.append(Shown(float(time[1]), float(duration[1]) if duration else 0.0, line))
    return tuple(found)


def times(path: Path, stream: str = "v:0") -> list[float]:
    """When each picture is shown, from the first on."""
    pictures = shown(path, stream)
    return [picture.time_s - pictures[0].time_s for picture in pictures]


def lengths(path: Path) -> tuple[float, float]:
    """Seconds from the first picture to the end of the last, and of the whole file, as its container tells them.

    Matroska has no length for a track: there the picture ends where the latest of its packets does.
    """
    with av.open(str(path)) as container:
        stream, whole = container.streams.video[0], container.duration or 0
        base, told = float(stream.time_base or 0), stream.duration
        packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
    first = min(packet.pts or 0 for packet in packets)
    last = max((packet.pts or 0) + (packet.duration or 0) for packet in packets)
    return (told if told is not None else last - first) * base, whole / av.time_base


def sound_shift_s(before: Path, after: Path) -> float | None:
    """By how much the sound of `after` is later against its picture than that of `before`; None for silence.

    What is heard is compared, not timestamps: an encoder's delay may be told or cut away.
    """
    one, two = _heard(before), _heard(after)
    if max(map(abs, one), default=0) < 300:
        return None
    reach, length = 100, min(len(one), len(two)) - 200
    middle = one[reach : reach + length]

    def likeness(lag: int) -> int:
        return sum(map(int.__mul__, middle, two[reach + lag : reach + lag + length]))

    return max(range(-reach, reach + 1), key=likeness) / 1000


def _heard(path: Path) -> list[int]:
    """The first seconds of sound, a sample a millisecond, counted from the first picture."""
    chosen = ["-map", "0:a:0", "-t", "6", "-ac", "1", "-af", "aresample=async=1:first_pts=0,aresample=1000"]
    data = pipe("-copyts", "-i", path, *chosen, "-f", "s16le", "-")
    samples = list(memoryview(data).cast("h"))
    start = round(shown(path)[0].time_s * 1000)
    return samples[start:] if start >= 0 else [0] * -start + samples


def sound_samples(path: Path, stream: str = "a:0") -> int:
    """Decoded samples of a sound stream."""
    return sum(int(block.line.partition("nb_samples:")[2].split()[0]) for block in shown(path, stream))


@dataclass(frozen=True, slots=True)
class Track:
    """One stream as PyAV sees it. `packets` is counted."""

    index: int
    kind: str
    codec: str
    language: str
    flags: frozenset[str]
    tags: dict[str, str]
    packets: int
    details: str


@cache
def tracks(path: Path, *, count: bool = False) -> tuple[Track, ...]:
    with av.open(str(path)) as container:
        packets = dict.fromkeys(range(len(container.streams)), 0)
        if count:
            for packet in container.demux():
                packets[packet.stream_index] += bool(packet.size)
        return tuple(
            Track(
                index=stream.index,
                kind=stream.type,
                codec=_codec(stream),
                language=stream.metadata.get("language", ""),
                flags=frozenset(flag.name or "" for flag in av.stream.Disposition if stream.disposition & flag),
                tags=dict(stream.metadata),
                packets=packets[stream.index],
                details=_layout(stream),
            )
            for stream in container.streams
        )


def _codec(stream: Any) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else ""


def _layout(stream: Any) -> str:
    return stream.codec_context.layout.name if stream.type == "audio" else ""


def of_kind(path: Path, kind: str) -> list[Track]:
    return [track for track in tracks(path) if track.kind == kind]


def tags(path: Path) -> dict[str, str]:
    with av.open(str(path), metadata_errors="replace") as container:
        return dict(container.metadata)


def chapters(path: Path) -> list[tuple[float, str]]:
    with av.open(str(path)) as container:
        found = container.chapters()
    return [(float(c["start"] * (c["time_base"] or 0)), c["metadata"].get("title", "")) for c in found]


def video_line(path: Path) -> str:
    """The first line of `ffmpeg -i` about a picture: codec, tag, pixel format, colours, size, aspect."""
    return next(line for line in described(path).splitlines() if " Video: " in line)


def mean_rgb(path: Path, frame: int = 0, **decoder: str) -> tuple[float, float, float]:
    """Mean colour of one picture, as a player that obeys its tags shows it."""
    chosen = [part for key, value in decoder.items() for part in (f"-{key}", value)]
    graph = f"select=eq(n\\,{frame}),scale=64:64:flags=area,format=rgb24"
    data = pipe(*chosen, "-i", path, "-map", "0:v:0", "-vf", graph, "-frames:v", "1", "-f", "rawvideo", "-")
    assert len(data) == 64 * 64 * 3
    red, green, blue = (sum(data[channel::3]) / (64 * 64) for channel in range(3))
    return red, green, blue


def luma_range(path: Path) -> tuple[int, int, float]:
    """(least, greatest, mean) of the coded luma of the first picture, whatever its range is called."""
    data = pipe("-i", path, "-map", "0:v:0", "-vf", "extractplanes=y", "-frames:v", "1", "-f", "rawvideo", "-")
    return min(data), max(data), sum(data) / len(data)


def packet_hashes(path: Path, stream: str) -> str:
    """One hash of a stream's payloads."""
    chosen = ["-map", f"0:{stream}", "-c", "copy", "-f", "streamhash", "-hash", "md5"]
    return pipe("-i", path, *chosen, "-").decode().strip().rpartition("=")[2]


def file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def decodes(path: Path) -> None:
    """Every stream decodes without one complaint."""
    command = [FFMPEG, "-hide_banner", "-nostdin", "-loglevel", "error", "-xerror", "-i", str(path)]
    timing = ["-fps_mode", "passthrough", "-enc_time_base:v", "demux"]
    command += ["-map", "0:v", "-map", "0:a?", *timing, "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def is_faststart(path: Path) -> bool:
    data = path.read_bytes()
    return data.index(b"moov") < data.index(b"mdat")

"""Measures one file against another: pairs their pictures, scores them in one run, and takes stills of the worst.

Both files may be a stranger's: they are sniffed, probed and opened like any input. What scores mean is not known here.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slimreel.core.events import Progress
from slimreel.core.media import MediaInfo, VideoStream
from slimreel.core.pairing import Pairing, counted, pair
from slimreel.core.scores import worst_moments
from slimreel.engine import argv, children, ffmpeg, probe, quality, sandbox, sniff
from slimreel.errors import EngineError, NotComparable, SlimreelError
from slimreel.settings import read_settings

STILLS, STILLS_APART_S = 3, 1.0
# Longer sides of stills are made smaller: three pairs of 4K would be 20 MB of page.
STILL_LONG_SIDE = 1920
_MOST_STILL_BYTES = 16 * 1024**2
# Of the bar: finding out what the files hold, and the stills at the end.
_PROBE_SHARE, _STILLS_SHARE = 0.02, 0.08
# Two that agree in nothing: a poor encode still has the shapes of its source, and 0.7 or more of SSIM.
_STRANGERS_VMAF, _STRANGERS_SSIM = 1.0, 0.5

Steps = Generator[Progress, None, "Compared"]


@dataclass(frozen=True, slots=True)
class Still:
    """One frame of both, as WebP files, at the size compared or smaller."""

    index: int
    reference: bytes
    output: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison measured. Bytes are of the pictures shown in each second of a file's own time."""

    reference: MediaInfo
    output: MediaInfo
    pairing: Pairing
    measured: quality.Measured
    reference_bytes: tuple[int, ...]
    output_bytes: tuple[int, ...]
    stills: tuple[Still, ...]


def compare(reference: Path, output: Path, *, stills: bool) -> Steps:
    """Measure `output` against `reference`. Raises NotAVideo and its like for either, NotComparable, EngineError."""
    yield Progress(stage="probe", fraction=0.0)
    whole, small = probe.probe(reference), probe.probe(output)
    pairing = pair(whole, small)
    curves = [_bytes_by_second(path, video) for path, video in _sides(reference, output, pairing)]
    yield Progress(stage="measure", fraction=_PROBE_SHARE)
    share = 1 - _PROBE_SHARE - (_STILLS_SHARE if stills else 0)
    with _folder() as folder, _both_open(reference, output) as (inputs, fds):
        arguments = [*inputs, "-lavfi", quality.graph_of(pairing), "-fps_mode", "passthrough", "-f", "null", "-"]
        running = _run(arguments, folder, fds, pairing, output)
        yield from _follow(running, pairing.frames, _PROBE_SHARE, share)
        measured = quality.read_logs(folder, pairing, output)
    _refuse_strangers(measured, reference, output)
    pairing = counted(pairing, len(measured.times_s))
    taken: tuple[Still, ...] = ()
    if stills:
        chosen = worst_moments(measured.times_s, measured.frames["vmaf"], STILLS, STILLS_APART_S)
        taken = yield from _stills(reference, output, pairing, chosen)
    yield Progress(stage="verify", fraction=1.0)
    return Compared(whole, small, pairing, measured, curves[0], curves[1], taken)


def _sides(reference: Path, output: Path, pairing: Pairing) -> tuple[tuple[Path, VideoStream], ...]:
    return (reference, pairing.reference), (output, pairing.output)


def _bytes_by_second(path: Path, video: VideoStream) -> tuple[int, ...]:
    source = sniff.open_input(path)
    try:
        request: dict[str, Any] = {"fd": source.fd, "demuxer": source.demuxer, "decoders": sniff.DECODERS}
        request |= {"index": video.index, "start_s": video.start_s}
        deadline_s = probe.START_S + os.fstat(source.fd).st_size / probe.SLOWEST_READ_BPS
        reply = children.call("rates", request, path=path, fds=(source.fd,), deadline_s=deadline_s)
    finally:
        os.close(source.fd)
    found = reply.get("bytes")
    if not isinstance(found, list) or not all(isinstance(count, int) and count >= 0 for count in found):
        raise EngineError(path=path, detail="its rates could not be read")
    return tuple(found)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="slimreel-compare-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def _both_open(reference: Path, output: Path) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """FFmpeg's options for the output as input 0 and the reference as input 1, and their descriptors."""
    ours = sniff.open_input(output)
    try:
        theirs = sniff.open_input(reference)
        try:
            inputs = [
                part
                for source in (ours, theirs)
                for part in (*argv.STEADY, *sniff.input_options(source.demuxer, source.fd))
            ]
            yield inputs, (ours.fd, theirs.fd)
        finally:
            os.close(theirs.fd)
    finally:
        os.close(ours.fd)


def _run(arguments: Sequence[str], folder: Path, fds: tuple[int, int], pairing: Pairing, path: Path) -> ffmpeg.Run:
    policy = sandbox.Policy(memory_bytes=_memory_bytes(pairing))
    return ffmpeg.run(arguments, folder=folder, stage="measure", path=str(path), fds=fds, policy=policy)


def _memory_bytes(pairing: Pairing) -> int:
    """Two decoders, and the models: seven of them took 1 GB at 1080p on two threads (resident)."""
    threads = read_settings().threads or os.cpu_count() or 2
    pixels = pairing.width * pairing.height * pairing.enlarged**2
    largest = max(pixels, *(video.width * video.height for video in (pairing.reference, pairing.output)))
    return 2 * sandbox.memory_for(largest, threads) + largest * 512 * max(2, threads)


def _follow(running: ffmpeg.Run, frames: int, start: float, share: float) -> Generator[Progress, None, None]:
    with closing(running):
        for advance in running:
            part = min(1.0, advance.frame / max(1, frames))
            yield Progress(stage="measure", fraction=round(start + share * part, 4), speed=advance.speed)


def _stills(
    reference: Path, output: Path, pairing: Pairing, chosen: Sequence[int]
) -> Generator[Progress, None, tuple[Still, ...]]:
    """The chosen pairs as pictures, in the order of `chosen`."""
    if not chosen:
        return ()
    picked = "+".join(f"eq(n\\,{index})" for index in chosen)
    factor = min(1.0, STILL_LONG_SIDE / max(pairing.width, pairing.height))
    width, height = (max(2, round(side * factor)) for side in (pairing.width, pairing.height))
    look = f"select={picked},scale={width}:{height}:flags=lanczos,format=yuv420p"
    graph = quality.paired(pairing) + f"[out]{look}[a];[ref]{look}[b]"
    images = [
        "-fps_mode",
        "passthrough",
        "-frames:v",
        str(len(chosen)),
        "-c:v",
        "libwebp",
        "-q:v",
        "88",
        "-f",
        "image2",
    ]
    with _folder() as folder, _both_open(reference, output) as (inputs, fds):
        arguments = [
            *inputs,
            "-lavfi",
            graph,
            "-map",
            "[a]",
            *images,
            "out%d.webp",
            "-map",
            "[b]",
            *images,
            "ref%d.webp",
        ]
        yield from _follow(_run(arguments, folder, fds, pairing, output), len(chosen), 1 - _STILLS_SHARE, _STILLS_SHARE)
        order = {index: number for number, index in enumerate(sorted(chosen), 1)}
        return tuple(
            Still(index, _image(folder / f"ref{order[index]}.webp"), _image(folder / f"out{order[index]}.webp"))
            for index in chosen
        )


def _image(path: Path) -> bytes:
    """A still as it was written; a process that has read a stranger's file is not believed on its size or kind."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_STILL_BYTES + 1)
    except OSError as error:
        raise EngineError(path=path.name, detail="a still of the comparison is missing") from error
    if len(content) > _MOST_STILL_BYTES or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise EngineError(path=path.name, detail="a still of the comparison is no picture")
    return content


def _refuse_strangers(measured: quality.Measured, reference: Path, output: Path) -> None:
    vmaf, ssim = measured.frames["vmaf"], measured.frames["ssim"]
    error: SlimreelError = NotComparable(
        reference=reference, output=output, detail="their pictures have nothing in common"
    )
    if sum(vmaf) / len(vmaf) < _STRANGERS_VMAF and sum(ssim) / len(ssim) < _STRANGERS_SSIM:
        raise error

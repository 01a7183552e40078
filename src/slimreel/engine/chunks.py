"""Encodes one chunk of a source's pictures, wherever it is asked to, and keeps it under a name that says what it is.

A task holds all that its bytes depend on. What is finished is found again, checked and not made twice; whatever else
lies in the folder is mistaken for nothing. It must not know budgets, other chunks or what a render is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import msgspec

from slimreel.core import records
from slimreel.engine import complaints, ffmpeg, packet_list, place, sandbox, sniff
from slimreel.engine.ffmpeg import Advance

_SUFFIX = ".nut"
_HASH_BLOCK = 1 << 20


class ChunkMismatch(Exception):
    """A stretch did not come out picture for picture: this source cannot be encoded in chunks."""


class Stopped(Exception):
    """Somebody else's failure, or the end of all, made this chunk needless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkTask:
    """The pictures shown from `start` until before `end` (ticks of `timebase`; None: to the end), at one quality.

    `options` make the encoder, its speed, threads, pixels and colours; `filters` is a chain. `source_digest` tells
    the file's content, `engine` the FFmpeg that is used: both are part of what a finished chunk is known by.
    """

    path: str
    source_digest: str
    engine: str
    demuxer: str
    stream: int
    timebase: Fraction
    start: int
    end: int | None
    seek: int | None
    frames: int
    filters: str
    options: tuple[str, ...]
    crf: float
    threads: int
    pixels: int  # of a decoded or encoded picture, whichever is more: the memory that it may take

    @property
    def key(self) -> str:
        """The name of what this task makes: a digest of everything but where the source lies."""
        told = msgspec.json.encode(records.facts_of(replace(self, path="")), order="sorted")
        return hashlib.sha256(told).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkDone:
    """A finished chunk: its file's name in the folder, and what is in it. `digest` is of the file."""

    name: str
    digest: str
    frames: int
    video_bytes: int
    key_bytes: int
    keys: int
    complaints: tuple[str, ...] = ()


def encode_chunk(task: ChunkTask, folder: Path, listen: Callable[[Advance], bool] | None = None) -> ChunkDone:
    """Make the chunk in `folder`, or find it there. `listen` is told of advances and answers whether to go on.

    Raises ChunkMismatch where the result does not hold exactly the pictures of its stretch, Stopped where it was
    told to stop, and the errors of a run.
    """
    kept = _kept(task, folder)
    if kept is not None:
        return kept
    unfinished = folder / f"{task.key}.{os.getpid()}.part"
    try:
        found = _run(task, unfinished, listen)
        done = _weighed(task, unfinished, tuple(complaints.about_source(found.complaints)))
        with place.storage_errors(folder):
            _sync(unfinished)
            unfinished.replace(folder / done.name)
            # The record is the last thing written: without one, a file is no finished chunk.
            record = unfinished.with_suffix(".record")
            record.write_bytes(msgspec.json.encode(records.facts_of(done)))
            _sync(record)
            record.replace(folder / f"{task.key}.json")
        return done
    finally:
        unfinished.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """What a file holds, as a number."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def arguments(task: ChunkTask, fd: int, output: str) -> list[str]:
    """FFmpeg's options: from the keyframe that a seek finds, the pictures whose times are in the stretch."""
    seek: list[str] = []
    if task.seek is not None:
        # Times of the container itself, and all pictures from the keyframe on: what is shown is chosen in ticks.
        seek = ["-seek_timestamp", "1", "-ss", f"{float(task.seek * task.timebase):.6f}"]
    end = "" if task.end is None else f":end_pts={task.end}"
    return [
        *("-copyts", "-noaccurate_seek", *seek, "-threads", str(max(2, task.threads))),
        *sniff.input_options(task.demuxer, fd),
        *("-map", f"0:{task.stream}", "-vf", f"trim=start_pts={task.start}{end},{task.filters}"),
        *("-fps_mode", "passthrough", "-enc_time_base", "demux"),
        *task.options,
        *("-crf", f"{task.crf:.2f}", "-threads", str(task.threads)),
        *("-map_metadata", "-1", "-avoid_negative_ts", "disabled", "-f", "nut", output),
    ]


def _run(task: ChunkTask, unfinished: Path, listen: Callable[[Advance], bool] | None) -> ffmpeg.Finished:
    source = sniff.open_input(Path(task.path))
    try:
        if source.demuxer != task.demuxer:
            raise ChunkMismatch("the file is no longer what it was")
        memory = sandbox.memory_for(task.pixels, max(2, task.threads)) + sandbox.GIB
        running = ffmpeg.run(
            arguments(task, source.fd, unfinished.name),
            folder=unfinished.parent,
            stage="encode",
            path=task.path,
            fds=(source.fd,),
            policy=sandbox.Policy(memory_bytes=memory),
        )
        with contextlib.closing(running):
            while True:
                try:
                    advance = next(running)
                except StopIteration as stop:
                    finished: ffmpeg.Finished = stop.value
                    return finished
                if listen is not None and not listen(advance):
                    raise Stopped
    finally:
        os.close(source.fd)


def _weighed(task: ChunkTask, path: Path, complaints_: tuple[str, ...]) -> ChunkDone:
    """What is in a chunk's file. Raises ChunkMismatch where that is not its stretch, picture for picture."""
    packets = packet_list.packets_of(path, 0)
    times = sorted(packets.pts)
    ratio = packets.timebase / task.timebase
    if len(times) != task.frames:
        raise ChunkMismatch(f"{len(times)} pictures came out where {task.frames} belong")
    late = task.end is not None and times[-1] * ratio >= task.end
    if times[0] * ratio != task.start or late or not packets.is_key(0):
        raise ChunkMismatch("its pictures have other times than in the source")
    keys = [size for number, size in enumerate(packets.sizes) if packets.is_key(number)]
    return ChunkDone(
        name=task.key + _SUFFIX,
        digest=digest_of(path),
        frames=len(times),
        video_bytes=sum(packets.sizes),
        key_bytes=sum(keys),
        keys=len(keys),
        complaints=complaints_,
    )


def _kept(task: ChunkTask, folder: Path) -> ChunkDone | None:
    """The chunk as an earlier run finished it, if it is whole."""
    try:
        done = records.read_text(ChunkDone, (folder / f"{task.key}.json").read_bytes())
        whole = done.name == task.key + _SUFFIX and digest_of(folder / done.name) == done.digest
    except (OSError, records.BadRecord):
        return None
    return done if whole and done.frames == task.frames else None


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())

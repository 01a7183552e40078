"""Puts finished chunks together and everything else of the plan beside them: sound, subtitles, chapters, tags.

Times come out to the tick as one encode of the whole file gives them. It must not know how chunks were chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from slimreel.core.packets import PacketList
from slimreel.engine import argv
from slimreel.engine.chunks import ChunkMismatch
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured, measure
from slimreel.engine.splice import splice

_JOIN = 0.04  # of the progress bar
_PICTURES = "pictures.mov"
_FIRST = "first.txt"


def join(job: Job, paths: Sequence[Path], packets: PacketList) -> Steps[Measured]:
    """Make `job.result` of the chunks in these files, and measure it; `packets` are the source's.

    Raises ChunkMismatch where a picture is too many or too few, NotAVideo where chunks do not belong together.
    """
    last = max(range(len(packets)), key=lambda number: packets.pts[number])
    offset = yield from _offset(job, packets)
    joined, _ = splice(
        paths,
        job.folder / _PICTURES,
        timebase=packets.timebase,
        offset=offset,
        last_duration=packets.durations[last],
    )
    if joined != len(packets):
        raise ChunkMismatch(f"{joined} pictures were joined where {len(packets)} belong")
    with job.open_source() as fd:
        arguments = argv.join(job.source, fd, job.plan, _PICTURES, job.result.name)
        yield from job.run("mux", _JOIN, arguments, (fd,))
    (job.folder / _PICTURES).unlink()
    found = measure(job.result)
    if found.info.video[0].packets != len(packets):
        raise ChunkMismatch(f"{found.info.video[0].packets} pictures are in the file where {len(packets)} belong")
    if job.plan.size_limit_bytes is not None:
        job.other_bytes = found.other_bytes
    return found


def _offset(job: Job, packets: PacketList) -> Steps[int]:
    """How far the file's own clock is ahead of one that counts from its beginning, in ticks, as FFmpeg sees it."""
    with job.open_source() as fd:
        arguments = argv.first_packet(job.source, fd, job.plan.video.index, _FIRST)
        yield from job.run("mux", 0.0, arguments, (fd,))
    rows = [line for line in (job.folder / _FIRST).read_text().splitlines() if line and not line.startswith("#")]
    if not rows:
        raise ChunkMismatch("its first packet cannot be copied")
    return packets.pts[0] - int(rows[0].split(",")[2])

"""Cuts a few of a long file's frames out by seeking, so that what lies between them is not decoded.

It makes sure that the very frames came out and tells where they did not; which frames are wanted, others choose.
"""

from __future__ import annotations

from collections.abc import Sequence

from slimreel.core.excerpts import Excerpt
from slimreel.core.packets import PacketList
from slimreel.engine import argv
from slimreel.engine.job import Job, Steps
from slimreel.errors import FfmpegFailed

# Demuxers whose seeking was seen to find the very keyframe (18 clips; AVI and streams without an index did not).
_EXACT = frozenset({"mov", "matroska"})


def is_exact(job: Job) -> bool:
    """Can a picture of this source be sought and told from all others, and stands it without its neighbours?"""
    video, picture = job.plan.video, job.plan.picture
    assert picture is not None
    return (
        job.timeline is None
        and job.source.demuxer in _EXACT
        and not (job.salvage or job.source.damage)
        and video.packets == video.frames
        and picture.frame_by_frame
        and not (video.interlaced or video.changes_size or video.has_alpha)
    )


def cut(
    job: Job,
    packets: PacketList,
    excerpts: Sequence[Excerpt],
    names: Sequence[str],
    size: tuple[int, int],
    share: float,
) -> Steps[bool]:
    """Write the frames of each list to the file of that number in `names`, uncompressed and at `size`.

    False where a frame is missing or too many, or the decoder complained of its start: then they are worth nothing.
    """
    complaints = list(job.complaints)
    made: list[list[tuple[str, float]]] = [[] for _ in names]
    total = sum(one.decoded for one in excerpts)
    try:
        for number, excerpt in enumerate(excerpts):
            files = [f"{number}-{place}.nut" for place in range(len(excerpt.pieces))]
            with job.open_footage() as footage:
                arguments = argv.excerpt(footage, job.plan, size, excerpt, packets.timebase, files)
                yield from job.run("measure", share * excerpt.decoded / total, arguments, footage.fds)
            for piece, file in zip(excerpt.pieces, files, strict=True):
                end = packets.pts[-1] if piece.end is None else piece.end
                made[piece.of_list].append((file, float(max(1, end - piece.start) * packets.timebase)))
        for number, name in enumerate(names):
            yield from _join(job, made[number], name)
    except FfmpegFailed:
        job.complaints = complaints
        return False
    if job.complaints != complaints:
        job.complaints = complaints
        return False
    wanted = [sum(piece.frames for one in excerpts for piece in one.pieces if piece.of_list == number)
              for number in range(len(names))]  # fmt: skip
    return all(_count(job, name, size) == frames for name, frames in zip(names, wanted, strict=True))


def _join(job: Job, files: Sequence[tuple[str, float]], name: str) -> Steps[None]:
    """One file of several; each is given the seconds until what follows it in the source."""
    listed = "".join(f"file {file}\nduration {seconds:.6f}\n" for file, seconds in files)
    (job.folder / "list.ffconcat").write_text("ffconcat version 1.0\n" + listed, encoding="ascii")
    yield from job.run("measure", 0.0, argv.joined("list.ffconcat", name))
    for file, _ in files:
        (job.folder / file).unlink()


def _count(job: Job, name: str, size: tuple[int, int]) -> int:
    """Frames in an uncompressed file: its headers take less than one."""
    picture = job.plan.picture
    assert picture is not None
    return (job.folder / name).stat().st_size // argv.frame_bytes(picture, size)

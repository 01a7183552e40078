"""Checks a finished file against its plan before anybody sees it: it decodes whole, is as long, as big and as
made as was promised.

An exit code of zero proves nothing: FFmpeg gives it for half a file.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

from slimreel.engine import argv, complaints, sniff
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured
from slimreel.errors import DamagedInput, FfmpegFailed, VerificationFailed

# What containers round away, whatever the frame rate.
_DURATION_SLACK_S = 0.1


def verify(job: Job, found: Measured) -> Steps[None]:
    """Raise VerificationFailed, or DamagedInput where it is the source that ends early."""
    _check_length(job, found)
    _check_frames(job, found)
    _check_streams(job, found)
    _check_size(job, found)
    if job.plan.strategy != "encode":
        proven = yield from _packets_equal(job, found)
        if proven:
            return
    yield from _decode(job, job.result)


def _check_length(job: Job, found: Measured) -> None:
    plan = job.plan
    made = found.info.video[0]
    frame_s = 1 / float(plan.video.frame_rate) if plan.video.frame_rate else 0.04
    slack = max(_DURATION_SLACK_S, 1.5 * frame_s)
    short = plan.video.duration_s - made.duration_s
    if short > slack and found.info.damage and plan.strategy == "encode":
        raise VerificationFailed(path=job.source.path, detail="; ".join(found.info.damage))
    if short > slack and not job.salvage:
        if plan.strategy == "encode":
            detail = f"{short:.1f} s of {plan.video.duration_s:.1f} s could not be decoded"
            raise DamagedInput(path=job.source.path, detail=detail)
        raise VerificationFailed(path=job.source.path, detail=f"the result is {short:.2f} s shorter")
    if -short > max(slack, 2.5 * _mean_frame_s(job)):
        raise VerificationFailed(path=job.source.path, detail=f"the result is {-short:.2f} s longer")


def _check_frames(job: Job, found: Measured) -> None:
    """A timeline says how many frames it has; a limit of the rate leaves some of them out."""
    if job.timeline is None or job.plan.picture is None or job.plan.picture.rate_cap is not None:
        return
    wanted, made = job.timeline.graph.frames, found.info.video[0].frames
    if made != wanted:
        detail = f"it has {made} pictures, not the {wanted} of the timeline"
        raise VerificationFailed(path=job.source.path, detail=detail)


def _mean_frame_s(job: Job) -> float:
    average = job.plan.video.average_rate
    return float(1 / average) if average > 0 else 0.1


def _check_streams(job: Job, found: Measured) -> None:
    plan, info = job.plan, found.info
    wanted = (1, len(plan.sound), len(plan.extras.subtitles))
    made = (len(info.video), len(info.audio), len(info.subtitles))
    if made[:2] != wanted[:2] or made[2] < wanted[2]:
        detail = f"it should hold {wanted} picture, sound and subtitle streams and holds {made}"
        raise VerificationFailed(path=job.source.path, detail=detail)
    picture = plan.picture
    if picture is None:
        return
    video = info.video[0]
    if (video.width, video.height) != (picture.width, picture.height):
        detail = f"it is {video.width}x{video.height}, not {picture.width}x{picture.height}"
        raise VerificationFailed(path=job.source.path, detail=detail)
    planned = Fraction(picture.width, picture.height) * picture.sar
    if abs(float(video.display_aspect / planned) - 1) > 0.003:
        detail = f"its shape is {float(video.display_aspect):.4f}, not {float(planned):.4f}"
        raise VerificationFailed(path=job.source.path, detail=detail)


def _check_size(job: Job, found: Measured) -> None:
    limit = job.plan.size_limit_bytes
    if limit is not None and found.file_bytes > limit:
        detail = f"{found.file_bytes} bytes exceed {limit}"
        raise VerificationFailed(path=job.source.path, detail=detail)


def _decode(job: Job, path: Path) -> Steps[None]:
    source = sniff.open_input(path)
    before = len(job.complaints)
    try:
        arguments = ["-xerror", *argv.decode(source.demuxer, source.fd)]
        yield from job.run("verify", max(0.0, 1 - job.fraction), arguments, (source.fd,))
    except FfmpegFailed as error:
        detail = str(error.fields["detail"])
        if (yield from _is_inherited(job)):
            raise DamagedInput(path=job.source.path, detail=complaints.in_words([detail])) from error
        raise VerificationFailed(path=job.source.path, detail=complaints.in_words([detail])) from error
    finally:
        os.close(source.fd)
    if job.plan.strategy == "encode" and len(job.complaints) > before:
        raise VerificationFailed(path=job.source.path, detail=complaints.in_words(job.complaints[before:]))


def _is_inherited(job: Job) -> Steps[bool]:
    """Whether what was copied is as damaged in the source, which then is at fault."""
    copied = [track.source_index for track in job.plan.sound if track.action == "copy"]
    copied += [job.plan.video.index] if job.plan.strategy != "encode" else []
    if not copied:
        return False
    with job.open_source() as fd:
        try:
            yield from job.run("verify", 0.0, argv.decode_of(job.source, fd, copied), (fd,))
        except FfmpegFailed:
            return True
    return False


def _packets_equal(job: Job, found: Measured) -> Steps[bool]:
    """True where every copied stream has the very payloads of its source."""
    copied = [(job.plan.video.index, found.info.video[0].index)]
    made = list(found.info.audio)
    copied += [
        (track.source_index, made[number].index)
        for number, track in enumerate(job.plan.sound)
        if track.action == "copy"
    ]
    with job.open_source() as fd:
        arguments = argv.packet_hashes(job.source, fd, [pair[0] for pair in copied], "source.md5")
        yield from job.run("verify", 0.1, arguments, (fd,))
    result = sniff.open_input(job.result)
    try:
        arguments = argv.packet_hashes(found.info, result.fd, [pair[1] for pair in copied], "result.md5")
        yield from job.run("verify", 0.1, arguments, (result.fd,))
    finally:
        os.close(result.fd)
    return _hashes(job.folder / "source.md5") == _hashes(job.folder / "result.md5")


def _hashes(path: Path) -> list[str]:
    return [line.partition("=")[2] for line in path.read_text().splitlines()]

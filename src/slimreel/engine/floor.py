"""Knows the least an encoder can make of a video, and refuses what is below it, naming what works.

Looks only where a target is suspiciously small; every number named was measured on the video itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from slimreel.core.codecs import quality_options
from slimreel.core.events import Reason
from slimreel.core.picture import rungs_below
from slimreel.core.units import format_bitrate, format_size
from slimreel.engine import argv
from slimreel.engine.allowance import estimated_other_bytes, window_of
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured, measure
from slimreel.errors import TargetImpossible

# Bytes a frame under which the floor is measured first: 240p at the coarsest quantiser takes 50…200.
_SUSPICIOUS_FRAME_BYTES = 400
# A target so much above the floor can be hit: rate control needs room on both sides.
_ROOM = 1.15


def check(job: Job) -> Steps[None]:
    """Raise TargetImpossible if even the smallest picture at the coarsest quantiser exceeds the target.

    Where it looks, it makes the whole file so, which also tells what everything beside the pictures takes.
    """
    frames = max(job.plan.video.packets, 1)
    if window_of(job).high > frames * _SUSPICIOUS_FRAME_BYTES:
        return
    coarsest = yield from _coarsest(job)
    job.other_bytes = coarsest.other_bytes
    if window_of(job).high < coarsest.video_bytes * 1.02:
        refuse(job, coarsest.video_bytes)


def smaller_sizes(job: Job) -> list[tuple[int, int]]:
    """The sizes below the plan's that may still be taken, largest first; none where the size was asked for."""
    picture, target = job.plan.picture, job.plan.target
    assert picture is not None and target is not None
    return rungs_below(picture) if target.may_shrink else []


def give_up(job: Job, least: int, again: Callable[[Job], Steps[Measured]]) -> Steps[Measured]:
    """The encoder cannot go below `least` bytes at this size: try a smaller one that might, else refuse."""
    picture, smaller = job.plan.picture, smaller_sizes(job)
    assert picture is not None
    if not smaller:
        refuse(job, least)
    # Bytes fall with the pixels at the most, so that no size is passed over which would have served.
    pixels = picture.width * picture.height * window_of(job).high / max(least, 1)
    width, height = next((size for size in smaller if size[0] * size[1] <= pixels), smaller[-1])
    fields: dict[str, str | int | float] = {
        "before": f"{picture.width}x{picture.height}",
        "after": f"{width}x{height}",
    }
    job.plan = replace(job.plan, picture=picture.at(width, height))
    yield job.because(Reason(id="scaled_to_fit", fields=fields))
    return (yield from again(job))


def refuse(job: Job, least_video_bytes: int) -> NoReturn:
    """Raise TargetImpossible for this job's target, naming the smallest target that works."""
    target, limit = job.plan.target, job.plan.size_limit_bytes
    assert target is not None
    video = least_video_bytes * _ROOM
    if limit is not None:
        smallest = round_up(video / 0.99 + estimated_other_bytes(job) * 1.01)
        raise TargetImpossible(
            target=format_size(limit, exact=format_size(limit) == format_size(smallest)),
            detail="its sound and the coarsest pictures that can be made take more",
            smallest=format_size(smallest),
            smallest_bytes=smallest,
        )
    rate = target.rate_bps or target.ceiling_bps or 0
    smallest = round_up(video * 8 / max(job.plan.video.duration_s, 0.001))
    alike = format_bitrate(rate) == format_bitrate(smallest)
    raise TargetImpossible(
        target=f"{rate} bps" if alike else format_bitrate(rate),
        detail="the coarsest pictures that can be made take more",
        smallest=format_bitrate(smallest),
        smallest_bps=smallest,
    )


def _coarsest(job: Job) -> Steps[Measured]:
    plan = job.plan
    assert plan.picture is not None and plan.encoder is not None
    smaller = smaller_sizes(job)
    size = smaller[-1] if smaller else (plan.picture.width, plan.picture.height)
    tiny = replace(plan, picture=plan.picture.at(*size))
    options = quality_options(plan.encoder, plan.encoder.crf_max, plan.keyint)
    with job.open_footage() as footage:
        arguments = argv.encode(footage, tiny, "fast", options, "floor.part")
        yield from job.run("measure", 0.05, arguments, footage.fds)
    found = measure(job.folder / "floor.part")
    (job.folder / "floor.part").unlink()
    return found


def round_up(number: float) -> int:
    """Up to three significant digits: easy to ask for, and written with its unit it is still the same number."""
    digits = max(0, math.floor(math.log10(max(number, 1))) - 2)
    step: int = 10**digits
    return math.ceil(number / step) * step

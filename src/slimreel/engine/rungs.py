"""Finds out which picture size a rate carries best, by encoding a short stretch and looking at display size.

A starved rate buys more quality at fewer pixels (a study of the field found +5…+7 VMAF for 1080p at 522 kbit/s); only a
measurement tells when.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from slimreel.core.codecs import ENCODERS, Pass, quick_options, rate_options
from slimreel.core.picture import rungs_below
from slimreel.engine import argv, complaints, scoring, scout
from slimreel.engine.job import Job, Steps
from slimreel.errors import FfmpegFailed

# Below this a smaller size is worth a trial; above it the full size has shown that it is carried.
_GOOD_ENOUGH = 88.0
# A smaller picture must be better by this to be taken: what is lost in detail is not all in the metric.
_GAIN = 1.5
_STEP_GAIN = 0.7
# After a step that gained less, the next has never gained more than 0.4 (24 clips at half and a quarter of their rate).
_PROMISING_GAIN = 2.5
_SUBSAMPLE = 5
# The first part of the clip is an eighth of it, so that a trial costs a few percent of the encode; its first half
# is not judged, since the frames after a keyframe are better than those that follow.
_LEAST_FRAMES, _MOST_FRAMES, _FRAMES_SHARE = 24, 96, 8
_WINDOW = "window.nut"


@dataclass(frozen=True, slots=True)
class Rung:
    """A size and the VMAF of the stretch at it, seen at the plan's full size."""

    width: int
    height: int
    vmaf: float


def best_rung(job: Job, rate_bps: int, share: float) -> Steps[tuple[Rung, Rung] | None]:
    """(full size, best) as measured, or None where the full size is carried well or is best.

    The first frames are encoded as they will be in the whole, by the statistics of the first look; sizes are
    tried downwards while they get better. Encoders other than x264 are judged by x264 at a like rate.
    """
    picture = job.plan.picture
    assert picture is not None and job.plan.encoder is not None
    equivalent = round(rate_bps / job.plan.encoder.bit_share)
    whole = job.plan.video.packets
    frames = min(whole, max(_LEAST_FRAMES, min(_MOST_FRAMES, whole // _FRAMES_SHARE)))
    full_size = (picture.width, picture.height)
    with job.open_footage() as footage:
        arguments = argv.stretch(footage, job.plan, frames, _WINDOW)
        yield from job.run("measure", share / 6, arguments, footage.fds)
    full = yield from _measure(job, full_size, equivalent, frames, share / 3)
    if full.vmaf >= _GOOD_ENOUGH:
        return None
    best = full
    for size in rungs_below(picture):
        if Fraction(size[0] * size[1], best.width * best.height) > Fraction(3, 4):
            continue
        rung = yield from _measure(job, size, equivalent, frames, share / 6)
        gain = rung.vmaf - best.vmaf
        if gain < _STEP_GAIN and best.vmaf > 0:
            break
        best = rung
        if gain < _PROMISING_GAIN:
            break
    if not full.vmaf and best.vmaf >= _GOOD_ENOUGH:
        return None  # not the picture is too large but the rate too low to be controlled: a search may still hit it
    return (full, best) if best.vmaf >= full.vmaf + _GAIN else None


def _measure(job: Job, size: tuple[int, int], rate_bps: int, frames: int, share: float) -> Steps[Rung]:
    picture, encoder = job.plan.picture, ENCODERS["h264"]
    assert picture is not None
    coded = f"rung{size[1]}.mkv"
    options = rate_options(encoder, Pass.ENCODE, rate_bps, job.plan.keyint, 1.0, scout.STATS)
    options += [*quick_options(encoder, scout.speed(job)), "-pix_fmt", scout.pix_fmt(job)]
    try:
        yield from job.run("measure", share / 2, argv.trial(job.plan, _WINDOW, size, options, coded))
    except FfmpegFailed as error:
        if not complaints.rate_too_low(error):
            raise
        return Rung(size[0], size[1], 0.0)
    score = yield from scoring.vmaf(
        job,
        job.folder / _WINDOW,
        job.folder / coded,
        (picture.width, picture.height),
        skip=frames // 2,
        subsample=_SUBSAMPLE,
        share=share / 2,
    )
    return Rung(size[0], size[1], score)

"""Foretells what a plan will give before anything is encoded: bytes, quality and time, each with an interval.

It encodes samples as the real run would, and leaves nothing behind but what it learned.
"""

from __future__ import annotations

from dataclasses import dataclass

from slimreel.core.forecast import Estimate
from slimreel.core.perception import badness, score_of
from slimreel.core.plan import Target
from slimreel.engine import allowance, floor, qualitycontrol, search, windows
from slimreel.engine.allowance import estimated_other_bytes, window_of
from slimreel.engine.job import Job, Steps
from slimreel.engine.search import Found

# In log(101 − v), since low scores scatter more: a whole file against its samples, and a rate against the CRF that
# gives it. At VMAF 95 they are 0.8 and 1.3, at 75 they are 3.5 and 5.7.
_SCORE_ERROR, _RATE_SCORE_ERROR = 0.13, 0.22
# A run takes between these parts of the time foretold: machines are busy now and then.
_FASTER, _SLOWER = 0.7, 1.6
# What a run does beside one encode: the first look, scoring and verification, in encodes.
_RATE_EXTRA, _QUALITY_EXTRA = 0.4, 0.2
_START_S = 0.5
_WRITTEN_BPS = 100e6


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the file will be. `quality` is its mean VMAF v1 at `size`, None where the picture is copied; `leads` says
    what decides: the number asked, the quality, a bound in its way, or the source, whose picture is kept."""

    file_bytes: Estimate
    video_bytes: Estimate
    quality: Estimate | None
    seconds: Estimate
    size: tuple[int, int]
    leads: str


def foresee(job: Job) -> Steps[Foreseen]:
    """Sample the source of an encode. Raises TargetImpossible as the encode would, and what decoding raises."""
    plan, target = job.plan, job.plan.target
    assert plan.picture is not None and plan.encoder is not None and target is not None
    if target.wanted is None and target.crf is None:
        yield from floor.check(job)
    cut = yield from windows.cut(job, qualitycontrol.judged_size(job, target), 0.3)
    if target.wanted is not None:
        found = yield from search.find(job, plan.encoder, job.speed, cut, target.wanted, 0.5)
        return (yield from _of_quality(job, target, found))
    if target.crf is not None:
        found = yield from search.glance(job, plan.encoder, job.speed, cut, search.ANY, 0.6, crf=target.crf)
        return (yield from _of_quality(job, target, found))
    aim = window_of(job).aim
    found = yield from search.find_bytes(job, plan.encoder, job.speed, cut, aim, 0.6)
    return _of_number(job, found, "number")


def copied(job: Job) -> Foreseen:
    """The file with the picture of the source as it is."""
    same, size = job.plan.video.bytes, job.plan.video.upright
    picture = Estimate(same, same, same)
    whole = picture.plus(estimated_other_bytes(job))
    if job.plan.strategy == "copy":
        whole = Estimate(job.source.size_bytes, job.source.size_bytes, job.source.size_bytes)
    writing = Estimate(1.0, _FASTER, _SLOWER).times(_START_S + job.source.size_bytes / _WRITTEN_BPS)
    return Foreseen(whole, picture, None, writing, size, "source")


def _of_quality(job: Job, target: Target, found: Found) -> Steps[Foreseen]:
    """The file of the quality, unless a bound is in its way or the source does nearly as well."""
    # A CRF of the person's own is made even where little is won.
    efficient = qualitycontrol.efficient(job, target, found) if target.wanted is not None else None
    if efficient is not None:
        yield job.because(efficient)
        return copied(job)
    picture, bound = found.video_bytes(), allowance.most_video_bytes(job, target)
    if picture.value > bound:
        yield from floor.check(job)
        yield from search.look_at_bytes(job, job.speed, found, bound, 0.1)
        if target.bound_asked:
            yield job.because(qualitycontrol.bound_in_the_way(job, found, bound))
        return _of_number(job, found, "bound")
    others = estimated_other_bytes(job)
    score = _around(found.foretold, _SCORE_ERROR)
    return Foreseen(
        picture.plus(others), picture, score, _seconds(job, found, _QUALITY_EXTRA), found.cut.size, "quality"
    )


def _of_number(job: Job, found: Found, leads: str) -> Foreseen:
    """The file of the rate or size that the plan names, or of the bound that is in a quality's way."""
    window, others = window_of(job), estimated_other_bytes(job)
    picture = Estimate(window.aim, window.low, window.high)
    score = _around(found.score_at(window.aim), _RATE_SCORE_ERROR)
    return Foreseen(picture.plus(others), picture, score, _seconds(job, found, _RATE_EXTRA), found.cut.size, leads)


def _around(score: float, error: float) -> Estimate:
    middle = badness(score)
    return Estimate(score, max(0.0, score_of(middle + error)), min(100.0, score_of(middle - error)))


def _seconds(job: Job, found: Found, extra: float) -> Estimate:
    """The time of decoding and encoding the whole at the pace of the samples."""
    cut = found.cut
    sampled = sum(span.count for span in cut.sample.search)
    coding = found.nearest.seconds * cut.sample.frames / max(sampled, 1)
    return Estimate(1.0, _FASTER, _SLOWER).times((cut.seconds + coding) * (1 + extra) + _START_S)

"""Reaches what the plan asks for: a number, a CRF or a quality, whichever leads, within the bounds of the others.

How a number is hit is in ratecontrol, how a quality is found in qualitycontrol; here it is decided which of them
leads, and when the source as it is serves better than any encode.
"""

from __future__ import annotations

import math
from dataclasses import replace

from slimreel.core.codecs import Encoder, quality_options
from slimreel.core.events import Reason
from slimreel.core.perception import Wanted
from slimreel.core.plan import Target
from slimreel.core.units import format_bitrate
from slimreel.engine import qualitycontrol, ratecontrol, windows
from slimreel.engine.allowance import estimated_other_bytes, window_of
from slimreel.engine.converge import encode
from slimreel.engine.job import Assessed, Job, Steps, TooLarge
from slimreel.engine.measured import Measured
from slimreel.engine.search import Found
from slimreel.errors import TargetImpossible

# A re-encode that saves less than a twentieth costs a generation for nothing.
_WORTHWHILE = 0.95
# A quality foretold to be so far above its bound is not tried; forecasts are off by as much.
_DOUBTFUL = 1.1
_CHECK = 0.03


def reach(job: Job) -> Steps[Measured | Reason]:
    """Make `job.result` and measure it; or the reason why the source as it is serves the quality asked better.

    Raises TargetImpossible with the smallest that works.
    """
    target = _target(job)
    if target.wanted is not None:
        return (yield from _by_scores(job, target, target.wanted))
    if target.crf is None:
        return (yield from ratecontrol.to_number(job))
    found = yield from _by_crf(job, target)
    if found is not None:
        return found
    if _source_is_best(job, target):
        return _never_larger(job)
    return (yield from _bounded(job, target, target.crf))


def _by_scores(job: Job, target: Target, wanted: Wanted) -> Steps[Measured | Reason]:
    """The smallest file of the quality; the bound, where that is in the way; the source, where little would be won."""
    found = yield from qualitycontrol.look(job, wanted, _judged_size(job, target))
    foretold = found.video_bytes().value
    if _source_is_best(job, target) and foretold > _WORTHWHILE * job.plan.video.bytes:
        saving = max(0, round(100 * (1 - foretold / max(job.plan.video.bytes, 1))))
        return Reason(id="already_efficient", fields={"percent": saving, "source": job.source.size_bytes})
    bound = _most_video_bytes(job, target)
    if not found.reachable:
        best = round(max(probe.scores.mean for probe in found.probes), 1)
        yield job.because(Reason(id="quality_out_of_reach", fields={"quality": wanted.mean, "best": best}))
    made = None
    if foretold <= bound * _DOUBTFUL:
        made = yield from qualitycontrol.make(job, found, _surely_over(job, target))
    if made is not None and _fits(job, target, made[0]):
        job.assessed = Assessed(scores=made[1], wanted=wanted.mean, foretold=found.foretold, size=found.cut.size)
        yield job.because(qualitycontrol.told(made[1], wanted))
        return made[0]
    if _source_is_best(job, target):
        return _never_larger(job)
    if target.bound_asked:
        yield from _tell_of_bound(job, found, bound)
    result = yield from _bounded(job, target, found.crf)
    scores = yield from windows.check(job, found.cut, _CHECK)
    job.assessed = Assessed(scores=scores, wanted=wanted.mean, foretold=found.score_at(bound), size=found.cut.size)
    yield job.because(qualitycontrol.told(scores, wanted))
    return result


def _tell_of_bound(job: Job, found: Found, bound: float) -> Steps[None]:
    """What the bound costs: the quality to expect under it, and the codec that would not lose so much."""
    seconds = max(job.plan.video.duration_s, 0.001)
    fields: dict[str, str | int | float] = {
        "rate": round(bound * 8 / seconds),
        "needed": format_bitrate(found.video_bytes().value * 8 / seconds),
        "wanted": found.wanted.mean,
        "quality": round(found.score_at(bound)),
    }
    yield job.because(Reason(id="bound_in_the_way", fields=fields))
    other = yield from qualitycontrol.better_codec(job, found, bound)
    if other is not None:
        yield job.because(other)


def _bounded(job: Job, target: Target, crf: float) -> Steps[Measured]:
    """The bound instead of the quality; but where nobody asked for a bound, the quality after all."""
    job.plan = replace(job.plan, target=replace(target, crf=None, wanted=None))
    job.fraction = 0.1
    try:
        return (yield from ratecontrol.to_number(job))
    except TargetImpossible:
        if target.bound_asked:
            raise
    # Nobody asked for a number: the quality stands, though this codec needs more bits for it than the source had.
    yield job.because(Reason(id="larger_than_source", fields={"codec": _encoder(job).codec}))
    return (yield from encode(job, quality_options(_encoder(job), crf, job.plan.keyint)))


def _by_crf(job: Job, target: Target) -> Steps[Measured | None]:
    """One pass at the CRF asked; None where the file is above a bound, as soon as that shows."""
    assert target.crf is not None
    options = quality_options(_encoder(job), target.crf, job.plan.keyint)
    try:
        found = yield from encode(job, options, most_bytes=_surely_over(job, target))
    except TooLarge:
        return None
    return found if _fits(job, target, found) else None


def _fits(job: Job, target: Target, found: Measured) -> bool:
    limit = job.plan.size_limit_bytes
    if limit is not None and found.file_bytes > limit:
        return False
    return target.ceiling_bps is None or found.video_bytes <= target.ceiling_bps * job.plan.video.duration_s / 8


def _most_video_bytes(job: Job, target: Target) -> float:
    """What the bounds leave to the pictures, as far as is known before an encode."""
    return min(
        window_of(job).high,
        math.inf if target.ceiling_bps is None else target.ceiling_bps * job.plan.video.duration_s / 8,
    )


def _judged_size(job: Job, target: Target) -> tuple[int, int]:
    """The size at which the quality is compared: the source's for a number of the person's own, else the plan's."""
    picture = job.plan.picture
    assert picture is not None
    if target.judged_at_source:
        return picture.native_width, picture.native_height
    return picture.width, picture.height


def _never_larger(job: Job) -> Reason:
    return Reason(id="never_larger", fields={"source": job.source.size_bytes})


def _surely_over(job: Job, target: Target) -> float | None:
    """Bytes of an unfinished file that has broken a bound whatever is still to come. None: there is no bound."""
    bounds: list[float] = [] if job.plan.size_limit_bytes is None else [job.plan.size_limit_bytes]
    if target.ceiling_bps is not None:
        # Written so far are sound and container too, whose size is only estimated here.
        others = 1.25 * estimated_other_bytes(job) + 65_536
        bounds.append(target.ceiling_bps * job.plan.video.duration_s / 8 + others)
    return min(bounds, default=None)


def _source_is_best(job: Job, target: Target) -> bool:
    """The bound is no less than what the source has, so that another generation would only lose."""
    plan = job.plan
    fits = plan.size_limit_bytes is None or job.source.size_bytes <= plan.size_limit_bytes
    roomy = target.ceiling_bps is None or target.ceiling_bps >= 0.95 * plan.video.bitrate_bps
    return plan.may_copy and fits and roomy


def _target(job: Job) -> Target:
    assert job.plan.target is not None
    return job.plan.target


def _encoder(job: Job) -> Encoder:
    assert job.plan.encoder is not None
    return job.plan.encoder

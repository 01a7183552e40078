"""Reaches what the plan asks for: a number, a CRF or a quality, whichever leads, within the bounds of the others.

How a number is hit is in ratecontrol, how a quality is found in qualitycontrol; here it is decided which of them
leads, and when the source as it is serves better than any encode.
"""

from __future__ import annotations

from dataclasses import replace

from slimreel.core.codecs import quality_options
from slimreel.core.events import Reason
from slimreel.core.perception import Wanted
from slimreel.core.plan import Target
from slimreel.engine import allowance, qualitycontrol, ratecontrol, search, windows
from slimreel.engine.converge import encode
from slimreel.engine.job import Assessed, Job, Steps, TooLarge
from slimreel.engine.measured import Measured
from slimreel.engine.search import Found
from slimreel.errors import TargetImpossible

# A quality foretold to be so far above its bound is not tried; forecasts are off by as much.
_DOUBTFUL = 1.1
_CHECK = 0.03


def reach(job: Job) -> Steps[Measured | Reason]:
    """Make `job.result` and measure it; or the reason why the source as it is serves the quality asked better.

    Raises TargetImpossible with the smallest that works.
    """
    target = job.target
    if target.wanted is not None:
        return (yield from _by_scores(job, target, target.wanted))
    if target.crf is None:
        return (yield from ratecontrol.to_number(job))
    found = yield from _by_crf(job, target)
    if found is not None:
        return found
    if allowance.source_is_best(job, target):
        return _never_larger(job)
    return (yield from _bounded(job, target, target.crf))


def _by_scores(job: Job, target: Target, wanted: Wanted) -> Steps[Measured | Reason]:
    """The smallest file of the quality; the bound, where that is in the way; the source, where little would be won."""
    found = yield from qualitycontrol.look(job, wanted, qualitycontrol.judged_size(job, target))
    foretold = found.video_bytes().value
    efficient = qualitycontrol.efficient(job, target, found)
    if efficient is not None:
        return efficient
    bound = allowance.most_video_bytes(job, target)
    if not found.reachable:
        best = round(max(probe.scores.mean for probe in found.probes), 1)
        yield job.because(Reason(id="quality_out_of_reach", fields={"quality": wanted.mean, "best": best}))
    made = None
    if foretold <= bound * _DOUBTFUL:
        made = yield from qualitycontrol.make(job, found, allowance.surely_over(job, target))
    if made is not None and allowance.fits(job, target, made[0]):
        job.assessed = Assessed(scores=made[1], wanted=wanted.mean, foretold=found.foretold, size=found.cut.size)
        yield job.because(qualitycontrol.told(made[1], wanted))
        return made[0]
    if allowance.source_is_best(job, target):
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
    yield from search.look_at_bytes(job, job.speed, found, bound, _CHECK)
    yield job.because(qualitycontrol.bound_in_the_way(job, found, bound))
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
    yield job.because(Reason(id="larger_than_source", fields={"codec": job.encoder.codec}))
    return (yield from encode(job, quality_options(job.encoder, crf, job.plan.keyint)))


def _by_crf(job: Job, target: Target) -> Steps[Measured | None]:
    """One pass at the CRF asked; None where the file is above a bound, as soon as that shows."""
    assert target.crf is not None
    options = quality_options(job.encoder, target.crf, job.plan.keyint)
    try:
        found = yield from encode(job, options, most_bytes=allowance.surely_over(job, target))
    except TooLarge:
        return None
    return found if allowance.fits(job, target, found) else None


def _never_larger(job: Job) -> Reason:
    return Reason(id="never_larger", fields={"source": job.source.size_bytes})

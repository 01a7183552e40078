"""Reaches a quality: seeks the CRF on samples, encodes once, scores the result on the same samples and others.

What is done where a bound stands in the way, or the source serves better, is decided in reach.
"""

from __future__ import annotations

from slimreel.core.codecs import ENCODERS, quality_options
from slimreel.core.events import Reason
from slimreel.core.perception import Scores, Wanted
from slimreel.core.plan import Target
from slimreel.core.units import format_bitrate
from slimreel.engine import allowance, capabilities, search, windows
from slimreel.engine.converge import encode
from slimreel.engine.job import Job, Steps, TooLarge
from slimreel.engine.measured import Measured
from slimreel.engine.search import Found
from slimreel.errors import UnavailableEncoder

# Parts of the progress bar.
_CUT, _SEARCH, _CHECK = 0.04, 0.12, 0.03
# A result this far from the quality, in VMAF, is made again. The promise is ±0.5, and never a whole point below.
_BELOW, _ABOVE, _LOW_BELOW = 0.35, 0.5, 1.0
# Who names a number means it: 7 clips at 95 were off by 0.22 (median) where 0.35 and 0.5 were let pass.
_OFF_A_NUMBER = 0.2
# "No visible loss" named no number: a point more of it takes some 8 % more bytes, another encode twice the time.
_ABOVE_UNNUMBERED = 1.0
# A long clip is dear to make again, so it is when the promise is broken, not when it is near to that.
_LONG_S, _LONG_BELOW = 60.0, 0.5
_CORRECTIONS = 2
# A re-encode that saves less than a twentieth costs a generation for nothing.
_WORTHWHILE = 0.95


def judged_size(job: Job, target: Target) -> tuple[int, int]:
    """The size at which the quality is compared: the source's for a number of the person's own, else the plan's."""
    picture = job.plan.picture
    assert picture is not None
    if target.judged_at_source:
        return picture.native_width, picture.native_height
    return picture.width, picture.height


def look(job: Job, wanted: Wanted, size: tuple[int, int]) -> Steps[Found]:
    """Find out which CRF gives `wanted`, and what file that will be, from samples compared at `size`."""
    assert job.plan.encoder is not None
    cut = yield from windows.cut(job, size, _CUT)
    found = yield from search.find(job, job.plan.encoder, job.speed, cut, wanted, _SEARCH)
    job.fraction = _CUT + _SEARCH
    return found


def make(job: Job, found: Found, most_bytes: float | None) -> Steps[tuple[Measured, Scores] | None]:
    """The whole clip at the quality found, made again where its scores are off. None as soon as it is too large."""
    crf, tried = found.crf, list[tuple[float, float]]()
    while True:
        options = quality_options(found.encoder, crf, job.plan.keyint)
        try:
            made = yield from encode(job, options, corrected=bool(tried), most_bytes=most_bytes)
        except TooLarge:
            return None
        scores = yield from windows.check(job, found.cut, _CHECK)
        tried.append((crf, found.wanted.shortfall(scores)))
        again = found.corrected(tried)
        if (
            not is_off(scores, found.wanted, job.plan.duration_s, by_number=_by_number(job))
            or abs(again - crf) < found.encoder.crf_step
            or len(tried) > _CORRECTIONS
        ):
            return made, scores
        crf = again


def _by_number(job: Job) -> bool:
    return job.plan.target is not None and job.plan.target.judged_at_source


def is_off(scores: Scores, wanted: Wanted, seconds: float, *, by_number: bool) -> bool:
    """Is a clip of so many seconds worth another encode, with these scores where those were wanted?"""
    if by_number and wanted.low is None and seconds < _LONG_S and abs(scores.mean - wanted.mean) > _OFF_A_NUMBER:
        return True
    if scores.mean < wanted.mean - (_LONG_BELOW if seconds >= _LONG_S else _BELOW):
        return True
    if wanted.low is None:
        return scores.mean > wanted.mean + _ABOVE
    if scores.low < wanted.low - _LOW_BELOW:
        return True
    return scores.mean > wanted.mean + _ABOVE_UNNUMBERED and scores.low > wanted.low + _LOW_BELOW


def efficient(job: Job, target: Target, found: Found) -> Reason | None:
    """That the source had better stay as it is: an encode of this quality would save next to nothing."""
    foretold, own = found.video_bytes().value, job.plan.video.bytes
    if not allowance.source_is_best(job, target) or foretold <= _WORTHWHILE * own:
        return None
    saving = max(0, round(100 * (1 - foretold / max(own, 1))))
    return Reason(id="already_efficient", fields={"percent": saving, "source": job.source.size_bytes})


def bound_in_the_way(job: Job, found: Found, bound: float) -> Reason:
    """What a bound of so many video bytes costs: the quality to expect under it."""
    seconds = max(job.plan.video.duration_s, 0.001)
    fields: dict[str, str | int | float] = {
        "rate": round(bound * 8 / seconds),
        "needed": format_bitrate(found.video_bytes().value * 8 / seconds),
        "wanted": found.wanted.mean,
        "quality": round(found.score_at(bound)),
    }
    return Reason(id="bound_in_the_way", fields=fields)


def told(scores: Scores, wanted: Wanted) -> Reason:
    """What was measured on the finished file, as a sentence."""
    fields: dict[str, str | int | float] = {
        "quality": round(scores.mean, 1),
        "low": round(scores.low, 1),
        "wanted": wanted.mean,
    }
    return Reason(id="quality_measured", fields=fields)


def better_codec(job: Job, found: Found, most_video_bytes: float) -> Steps[Reason | None]:
    """That AV1 would have the quality within bytes in which this encoder has not, as one more probe foretells."""
    encoder = ENCODERS["av1"]
    try:
        capabilities.require(encoder)
    except UnavailableEncoder:
        return None
    if found.encoder is encoder:
        return None
    other = yield from search.glance(job, encoder, "fast", found.cut, found.wanted, _CHECK)
    if other.video_bytes().value > most_video_bytes:
        return None
    rate = round(other.video_bytes().value * 8 / max(job.plan.video.duration_s, 0.001))
    return Reason(id="codec_would_reach", fields={"codec": encoder.codec, "quality": found.wanted.mean, "rate": rate})

"""A bound that leaves more bits than the eye can use: one encode at the quality beyond which nothing is seen.

Whether a number is a bound or a wish is the plan's affair.
"""

from __future__ import annotations

from slimreel.core.codecs import ENCODERS, quality_options
from slimreel.core.events import Reason
from slimreel.engine import search, windows
from slimreel.engine.allowance import surely_above_window, window_of
from slimreel.engine.converge import encode
from slimreel.engine.job import Job, Steps, TooLarge
from slimreel.engine.measured import Measured

# Of ten minutes of 4K made 1080p samples take some 26 CPU s, and the first look that they may spare over a hundred.
_LONG_S = 60.0
_CUT, _PROBE = 0.04, 0.04


def is_bound(job: Job) -> bool:
    """The number is what may not be exceeded, rather than what is wished for."""
    return job.plan.size_limit_bytes is not None or not job.target.asked


def by_samples(job: Job) -> Steps[Measured | None]:
    """The transparent encode of a long clip where samples foretell that it surely fits; None where it may not."""
    picture, encoder = job.plan.picture, job.encoder
    assert picture is not None
    if not is_bound(job) or job.plan.duration_s < _LONG_S or encoder.chip is not None:
        return None
    fraction = job.fraction
    cut = yield from windows.cut(job, (picture.width, picture.height), _CUT)
    crf = job.target.transparent_crf
    found = yield from search.glance(job, encoder, job.speed, cut, search.ANY, _PROBE, crf=crf)
    if found.video_bytes().high > window_of(job).high:
        job.fraction = fraction
        return None
    options = quality_options(encoder, crf, job.plan.keyint)
    try:
        made = yield from encode(job, options, most_bytes=surely_above_window(job))
    except TooLarge:
        job.fraction = fraction
        return None
    job.other_bytes = made.other_bytes
    if made.video_bytes > window_of(job).high:
        job.fraction = fraction
        return None
    yield from _tell(job, made, crf)
    return made


def by_look(job: Job, mean_qp: float, fraction: float) -> Steps[Measured | None]:
    """The transparent encode where a first look found a quantiser that fine; None where it does not fit after all,
    and the bar is back at `fraction`."""
    if not is_bound(job) or mean_qp > ENCODERS["h264"].crf["visually_lossless"]:
        return None
    crf = job.target.transparent_crf
    made = yield from encode(job, quality_options(job.encoder, crf, job.plan.keyint))
    if made.video_bytes > window_of(job).high:
        job.fraction = fraction
        return None
    yield from _tell(job, made, crf)
    return made


def _tell(job: Job, made: Measured, crf: float) -> Steps[None]:
    if made.video_bytes < window_of(job).low:
        yield job.because(Reason(id="transparent", fields={"crf": crf, "codec": job.encoder.codec}))

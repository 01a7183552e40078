"""Hits a rate or a size: chooses between two passes and a search among CRFs, and says why.

The numbers come from the plan; how a number is approached is in converge, what cannot be reached in floor.
"""

from __future__ import annotations

import math
from dataclasses import replace

from slimreel.core import budget, stills
from slimreel.core.choices import Quality, Speed
from slimreel.core.codecs import Pass, quality_options, rate_options
from slimreel.core.events import Reason
from slimreel.engine import argv, by_chunks, complaints, floor, plenty, rungs, scout
from slimreel.engine.allowance import window_of
from slimreel.engine.converge import ROUNDS, Dial, Trials, converge, rounds_for
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured
from slimreel.errors import FfmpegFailed

# x264's ratetol, in seconds of rate. At the default 1.0 half-minute clips miss by 1…5 %; at 0.1 by 0.1…0.3 %
# (15 clips at half their rate); 0.03 costs quality at the end and gains nothing.
RATE_TOLERANCE_S = 0.1
_SHORT_TOLERANCE_S = 0.05
_SHORT_S = 7.0
# Where mostly nothing moves, a keyframe alone takes two seconds of the rate: at 0.1 what comes after it is starved
# (VMAF p5 of a recording 93.0; 94.3 at 0.3; 94.7 at x264's own 1.0, docs/decisions/0021). At 1.0 two encodes of it
# asked for nearly the same came out 1.8 % apart, and one of another 6 % below what was asked; at 0.3 within 0.5 %.
_STANDING_TOLERANCE_S = 0.3
# The last frames cannot be paid back: clips end above their rate by this part of an average frame
# (15 clips of 84 to 1207 frames: 0.1…2 frames, median 0.8).
_OVERSHOOT_FRAMES = 0.8
# Where mostly nothing moves the end pays nothing back: one recording ended 1.5 and 1.8 % above, by more where its last
# keyframe was needless. What is off all the same is corrected by another encode.
_STANDING_OVERSHOOT = 0.012
# A rate missed by so much needs a smaller picture; a smaller miss is left to the other speeds.
_FAR_ABOVE = 1.1
# Encoders take whole kilobits, too coarse below this for a percent; a quality has no such steps.
_LEAST_RATE_BPS = 60_000
# Bits per pixel and frame at 30 frames a second, H.264-like, under which a rate may be starving the picture, or
# the quantiser above which it is. 24 clips at half their rate: 6 of the 11 below it gained 1.5 to 7 VMAF by fewer
# pixels, and 4 of the 13 above, soft pictures that no number of the first look tells from sharp ones.
_STARVED_BITS_PER_PIXEL = 0.033
_STARVED_QP = 38.0
# Where mostly nothing moves bits per pixel tell nothing, and text stays legible for longer: a recording at a
# quantiser of 37.8 has a VMAF of 96. Where trials begin to pay is a guess.
_STANDING_STARVED_QP = 44.0
# Where rate control leaps over the window (a screen recording of 63 pictures: by a tenth between near rates), a
# constant quality may lie in it; clips of fewer rounds are so long that their rate control is exact.
_ROUNDS_OF_BRIEF = 8
_SEARCH_SPEEDS: tuple[Speed, ...] = ("best", "fast", "balanced")
# Files of H.264 and HEVC halve in about this many steps of CRF.
_CRF_PER_HALVING = 6.0

# Parts of the progress bar.
_LOOK, _RUNGS = 0.12, 0.06


def to_number(job: Job) -> Steps[Measured]:
    """Make `job.result` with the rate or within the size of the plan, and measure it.

    Raises TargetImpossible with the smallest that works.
    """
    yield from floor.check(job)
    seconds, pictures = job.plan.duration_s, job.plan.video.packets
    if budget.is_brief(seconds, pictures):
        short = Reason(id="short_clip", fields={"seconds": round(seconds, 2)})
        few = Reason(id="few_pictures", fields={"count": pictures})
        yield job.because(short if seconds < budget.BRIEF_CLIP_S else few)
        return (yield from _by_search(job))
    rate = _bps(job)
    if rate < _LEAST_RATE_BPS and job.encoder.crf_step < 1:
        mean_qp = yield from scout.look(job, rate, _LOOK)
        yield from _choose_rung(job, rate, mean_qp)
        return (yield from _by_search(job))
    return (yield from _by_rate(job))


def _by_rate(job: Job) -> Steps[Measured]:
    encoder = job.encoder
    if by_chunks.suits(job) and not _starved(job, _bps(job)):
        made = yield from by_chunks.reach(job)
        if made is not None:
            return made
    plain = yield from plenty.by_samples(job)
    if plain is not None:
        return plain
    mean_qp = yield from scout.look(job, _bps(job), _LOOK)
    rate = _bps(job)  # anew: a rehearsal may have told what the rest of the file takes
    plain = yield from plenty.by_look(job, mean_qp, _LOOK)
    if plain is not None:
        return plain
    yield from _choose_rung(job, rate, mean_qp)
    tolerance = tolerance_s(job)
    stats = scout.STATS
    if not encoder.small_first_pass and encoder.passes > 1:
        stats = "pass"
        if job.speed == "fast" and _short_side(job) < encoder.fast_from_px:
            job.speed = "balanced"
        options = rate_options(encoder, Pass.ANALYSE, rate, job.plan.keyint, tolerance, stats)
        with job.open_footage() as footage:
            arguments = argv.first_pass(footage, job.plan, job.speed, options)
            yield from job.run("analyse", 0.2, arguments, footage.fds)

    def options_for(number: float) -> list[str]:
        # x264 takes whole kilobits; what is left of one turns the tolerance, so that no two numbers give one file.
        left = number / 1000 - round(number / 1000)
        turned = tolerance * (1 + 0.6 * left)
        return rate_options(encoder, Pass.ENCODE, round(number), job.plan.keyint, turned, stats)

    start = rate * (1 - (_overshoot(job) if encoder.small_first_pass else 0.0))
    try:
        found = yield from _turn(job, Dial(options_for, start, least=1000.0, most=rate * 20))
    except FfmpegFailed as error:
        if not complaints.rate_too_low(error):
            raise
        return (yield from _by_search(job))
    if window_of(job).holds(found.video_bytes) or rounds_for(job) < _ROUNDS_OF_BRIEF:
        return found
    return (yield from _by_search(job, found))


def tolerance_s(job: Job) -> float:
    """One for all encodes: what came out at another tells little of what will."""
    if job.plan.duration_s < _SHORT_S:
        return _SHORT_TOLERANCE_S
    return _STANDING_TOLERANCE_S if stills.stands(job.plan.video) else RATE_TOLERANCE_S


def _overshoot(job: Job) -> float:
    if stills.stands(job.plan.video):
        return _STANDING_OVERSHOOT
    return _OVERSHOOT_FRAMES / job.plan.video.packets


def _by_search(job: Job, nearest: Measured | None = None) -> Steps[Measured]:
    """For clips too short or rates too low for rate control, or where it came no nearer than `nearest`: the CRF
    whose file fits.

    Near the least that an encoder can make, bytes no longer fall with the CRF; another speed's least is elsewhere.
    """
    kept, bound = job.folder / "nearest.part", plenty.is_bound(job)
    if nearest is not None:
        job.result.replace(kept)
    others = [speed for speed in _SEARCH_SPEEDS if speed != job.speed] if not bound and _is_cheap(job) else []
    start: Quality = "visually_lossless" if bound and nearest is None else "medium"
    for speed in (job.speed, *others):
        job.speed = speed
        found = yield from _search(job, start)
        window = window_of(job)
        if window.holds(found.video_bytes):
            return found
        if nearest is None or window.distance(found.video_bytes) < window.distance(nearest.video_bytes):
            nearest = found
            job.result.replace(kept)
    assert nearest is not None
    kept.replace(job.result)
    return nearest


def _search(job: Job, start: Quality) -> Steps[Measured]:
    """Turns 2^(−CRF/6), which grows like the bytes do."""
    encoder = job.encoder
    best_crf, worst_crf = max(job.target.transparent_crf, 1.0), encoder.crf_max

    def dial_of(crf: float) -> float:
        return float(2 ** (-crf / _CRF_PER_HALVING))

    def options_for(number: float) -> list[str]:
        crf = -_CRF_PER_HALVING * math.log2(number)
        return quality_options(encoder, crf, job.plan.keyint)

    start_crf = best_crf if start == "visually_lossless" else encoder.crf[start]
    dial = Dial(options_for, dial_of(start_crf), dial_of(worst_crf), dial_of(best_crf))
    found = yield from _turn(job, dial)
    if plenty.is_bound(job) and found.video_bytes < window_of(job).low:
        yield job.because(Reason(id="transparent", fields={"crf": best_crf, "codec": encoder.codec}))
    return found


def _is_cheap(job: Job) -> bool:
    """An encode costs so little that other speeds are tried too where one cannot come near enough."""
    return rounds_for(job) == ROUNDS[0][1]


def _turn(job: Job, dial: Dial) -> Steps[Measured]:
    turned = yield from converge(job, window_of(job), dial, hard=_is_hard(job))
    found = turned.best if isinstance(turned, Trials) else turned
    if found is None or (isinstance(turned, Trials) and not _is_cheap(job)):
        assert isinstance(turned, Trials)
        return (yield from floor.give_up(job, min(got for _, got in turned.points), to_number))
    if found.video_bytes > window_of(job).high * _FAR_ABOVE and floor.smaller_sizes(job):
        return (yield from floor.give_up(job, found.video_bytes, to_number))
    limit = job.plan.size_limit_bytes
    if limit is not None and found.file_bytes < limit * budget.SIZE_FLOOR:
        own = job.plan.video.bytes
        if found.video_bytes > own * 0.95:
            yield job.because(Reason(id="same_bits", fields={"source": own}))
    return found


def _choose_rung(job: Job, rate: int, mean_qp: float) -> Steps[None]:
    """A smaller picture where the rate is thin and a trial shows that it looks better."""
    picture = job.plan.picture
    assert picture is not None
    starved_qp = _STANDING_STARVED_QP if stills.stands(job.plan.video) else _STARVED_QP
    if not (_starved(job, rate) or mean_qp >= starved_qp):
        return
    if not floor.smaller_sizes(job):
        return
    choice = yield from rungs.best_rung(job, rate, _RUNGS)
    if choice is None:
        return
    full, best = choice
    fields: dict[str, str | int | float] = {
        "before": f"{full.width}x{full.height}",
        "after": f"{best.width}x{best.height}",
        "quality_before": round(full.vmaf),
        "quality_after": round(best.vmaf),
    }
    job.plan = replace(job.plan, picture=picture.at(best.width, best.height))
    yield job.because(Reason(id="scaled_for_rate", fields=fields))


def _starved(job: Job, rate: float) -> bool:
    """The rate might not carry the full size, so that a trial is worth its cost."""
    picture = job.plan.picture
    assert picture is not None
    if stills.stands(job.plan.video):
        return False
    # Fewer frames a second differ more from each other: the cost of a second grows with the root.
    pixels_per_s = picture.width * picture.height * math.sqrt(30 * float(job.plan.video.average_rate))
    equivalent = rate / job.encoder.bit_share
    return equivalent < _STARVED_BITS_PER_PIXEL * pixels_per_s


def _is_hard(job: Job) -> bool:
    return plenty.is_bound(job) or job.target.rate_bps is None


def _bps(job: Job) -> int:
    """The video rate to aim at, by what is known of the rest of the file."""
    return max(1000, round(window_of(job).aim * 8 / max(job.plan.video.duration_s, 0.001)))


def _short_side(job: Job) -> int:
    picture = job.plan.picture
    assert picture is not None
    return min(picture.width, picture.height)

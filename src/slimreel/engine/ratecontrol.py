"""Hits the target: chooses passes, measures what came out, and corrects until it is where it was promised.

A rate or size is reached by two passes whose overflow control is kept tight, and repeated with a corrected
number where the measured bytes are off; a quality by one pass. The numbers asked come from the plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from slimreel.core import budget
from slimreel.core.budget import Window
from slimreel.core.codecs import ENCODERS, Encoder, Pass, quality_options, rate_options
from slimreel.core.events import Reason
from slimreel.core.picture import rungs_below
from slimreel.core.plan import Target
from slimreel.engine import argv, floor, rungs, scout
from slimreel.engine.allowance import window_of
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured, measure

# x264's ratetol, in seconds of rate. At the default 1.0 half-minute clips miss by 1…5 %; at 0.1 by 0.1…0.3 %
# (15 clips at half their rate); 0.03 costs quality at the end and gains nothing.
RATE_TOLERANCE_S = 0.1
MAX_ROUNDS = 5
# Bits per pixel and frame, H.264-like, under which a rate may be starving the picture. Measured clips whose
# pictures scored above 90 at half their rate had 0.03…0.05.
_STARVED_BITS_PER_PIXEL = 0.03
_STARVED_QP = 32.0

# Parts of the progress bar; verification takes what is left.
_LOOK, _RUNGS, _ENCODE = 0.12, 0.06, 0.70


@dataclass(slots=True)
class Trials:
    """What was asked of the encoder and what came out, kept to solve for the next number."""

    window: Window
    points: list[tuple[float, int]] = field(default_factory=list)
    best: Measured | None = None

    def next_number(self, asked: float, got: int) -> float:
        """The number to ask next: along the secant in logarithms, else in proportion."""
        self.points.append((math.log(asked), got))
        aim = self.window.aim
        below = [point for point in self.points if point[1] <= aim]
        above = [point for point in self.points if point[1] > aim]
        if below and above:
            low, high = max(below, key=lambda p: p[1]), min(above, key=lambda p: p[1])
            if low[1] > 0 and high[0] > low[0]:
                share = math.log(aim / low[1]) / math.log(high[1] / low[1])
                return math.exp(low[0] + min(0.95, max(0.05, share)) * (high[0] - low[0]))
        return asked * min(4.0, max(0.25, aim / max(got, 1)))

    def stuck(self) -> bool:
        """The encoder was asked for far less and gave as much: it is at its floor."""
        if len(self.points) < 2:
            return False
        (before, got_before), (last, got_last) = self.points[-2:]
        return got_last > self.window.high and last < before - 0.25 and got_last > got_before * 0.97

    def keep(self, job: Job, found: Measured, *, hard: bool) -> None:
        """Keeps the file of this round if it is the best so far; over a hard limit it never is."""
        if hard and found.video_bytes > self.window.high:
            return
        distance = abs(math.log(found.video_bytes / self.window.aim))
        if self.best is None or distance < abs(math.log(self.best.video_bytes / self.window.aim)):
            job.result.replace(job.folder / "best.part")
            self.best = found


def reach(job: Job) -> Steps[Measured]:
    """Make `job.result` and measure it. Raises TargetImpossible with the smallest that works."""
    target = _target(job)
    if target.size_limit_bytes is not None and job.plan.sound:
        yield from _measure_sound(job)
    if target.crf is not None:
        return (yield from _by_quality(job, target))
    window = window_of(job)
    yield from floor.check(job, window)
    if job.plan.duration_s < budget.BRIEF_CLIP_S or job.plan.video.packets < 8:
        job.because(Reason(id="short_clip", fields={"seconds": round(job.plan.duration_s, 2)}))
        return (yield from _by_search(job, window))
    return (yield from _by_rate(job, window))


def _measure_sound(job: Job) -> Steps[None]:
    with job.open_source() as fd:
        yield from job.run("audio", 0.02, argv.measure_sound(job.source, fd, job.plan, "sound.nut"), (fd,))
    job.sound_bytes = measure(job.folder / "sound.nut").sound_bytes
    (job.folder / "sound.nut").unlink()


def _by_rate(job: Job, window: Window) -> Steps[Measured]:
    encoder = _encoder(job)
    rate = _bps(window.aim, job)
    starved = _starved(job, rate)
    first = yield from scout.look(job, rate, _LOOK)
    if _plentiful(job, first):
        found = yield from _transparent(job, window)
        if found is not None:
            return found
    if starved or first.mean_qp >= _STARVED_QP:
        yield from _choose_rung(job, rate)
    stats = scout.STATS
    if not encoder.small_first_pass:
        stats = "pass"
        options = rate_options(encoder, Pass.ANALYSE, rate, job.plan.keyint, RATE_TOLERANCE_S, stats)
        with job.open_source() as fd:
            arguments = argv.first_pass(job.source, fd, job.plan, job.speed, options)
            yield from job.run("analyse", 0.2, arguments, (fd,))

    def options_for(number: float) -> list[str]:
        return rate_options(encoder, Pass.ENCODE, round(number), job.plan.keyint, RATE_TOLERANCE_S, stats)

    return (yield from _converge(job, window, options_for, rate))


def _converge(job: Job, window: Window, options_for: Callable[[float], list[str]], number: float) -> Steps[Measured]:
    """Encode, measure, correct the number; keep the best file."""
    trials = Trials(window)
    hard = _is_hard(job)
    for round_number in range(MAX_ROUNDS):
        found = yield from _encode(job, options_for(number), corrected=round_number > 0)
        if _target(job).size_limit_bytes is not None:
            trials.window = window_of(job, found.other_bytes)
        got = found.video_bytes
        if trials.window.holds(got):
            if round_number:
                job.because(Reason(id="corrected", fields={"rounds": round_number}))
            return found
        trials.keep(job, found, hard=hard)
        number = max(1000.0, trials.next_number(number, got))
        if trials.stuck():
            break
    if trials.best is None:
        return (yield from floor.give_up(job, trials.points[-1][1], found, reach))
    (job.folder / "best.part").replace(job.result)
    return trials.best


def _by_quality(job: Job, target: Target) -> Steps[Measured]:
    assert target.crf is not None
    found = yield from _encode(job, quality_options(_encoder(job), target.crf, job.plan.keyint))
    over = target.size_limit_bytes is not None and found.file_bytes > target.size_limit_bytes
    if target.ceiling_bps is not None:
        over = over or found.video_bytes > target.ceiling_bps * job.plan.video.duration_s / 8
    if not over:
        return found
    job.plan = replace(job.plan, target=replace(target, crf=None))
    job.fraction = 0.1
    return (yield from reach(job))


def _transparent(job: Job, window: Window) -> Steps[Measured | None]:
    """One pass at the quality beyond which nothing is seen; None where that does not fit after all."""
    encoder = _encoder(job)
    crf = _target(job).transparent_crf
    found = yield from _encode(job, quality_options(encoder, crf, job.plan.keyint))
    if found.video_bytes > window.high:
        job.fraction = _LOOK
        return None
    if found.video_bytes < window.low:
        job.because(Reason(id="transparent", fields={"crf": crf, "codec": encoder.codec}))
    return found


def _by_search(job: Job, window: Window) -> Steps[Measured]:
    """For clips too short for rate control: the CRF whose file fits, by secant on log bytes."""
    encoder = _encoder(job)
    low, high = max(_target(job).transparent_crf, 1.0), encoder.crf_max
    best: tuple[float, Measured] | None = None
    crf = low if _target(job).size_limit_bytes else encoder.crf["medium"]
    for _ in range(MAX_ROUNDS + 2):
        found = yield from _encode(job, quality_options(encoder, crf, job.plan.keyint), corrected=best is not None)
        if _target(job).size_limit_bytes is not None:
            window = window_of(job, found.other_bytes)
        if found.video_bytes <= window.high and (best is None or crf < best[0]):
            job.result.replace(job.folder / "best.part")
            best = (crf, found)
        if window.holds(found.video_bytes) or (found.video_bytes < window.low and crf <= low):
            break
        if found.video_bytes > window.high:
            low = max(low, crf)
        else:
            high = min(high, crf)
        step = 6 * math.log2(found.video_bytes / window.aim)  # H.264 and HEVC halve their bits in about 6
        crf = min(high, max(low, crf + step))
        if high - low <= encoder.crf_step or not low < crf < high:
            crf = (low + high) / 2
        if high - low <= encoder.crf_step:
            break
    if best is None:
        return (yield from floor.give_up(job, found.video_bytes, found, reach))
    (job.folder / "best.part").replace(job.result)
    return best[1]


def _encode(job: Job, options: list[str], *, corrected: bool = False) -> Steps[Measured]:
    if corrected:
        job.fraction = max(0.1, job.fraction - _ENCODE)
    with job.open_source() as fd:
        arguments = argv.encode(job.source, fd, job.plan, job.speed, options, job.result.name)
        yield from job.run("correct" if corrected else "encode", _ENCODE, arguments, (fd,))
    return measure(job.result)


def _choose_rung(job: Job, rate: int) -> Steps[None]:
    picture = job.plan.picture
    assert picture is not None
    if not _target(job).may_shrink or not rungs_below(picture):
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
    pixels_per_s = picture.width * picture.height * float(job.plan.video.average_rate)
    equivalent = rate / _encoder(job).bit_share
    return equivalent < _STARVED_BITS_PER_PIXEL * pixels_per_s


def _plentiful(job: Job, first: scout.Scout) -> bool:
    """The rate is a bound rather than a wish, and more than the eye can use."""
    target = _target(job)
    bound = target.size_limit_bytes is not None or not target.asked
    return bound and first.mean_qp <= ENCODERS["h264"].crf["visually_lossless"]


def _is_hard(job: Job) -> bool:
    target = _target(job)
    return target.size_limit_bytes is not None or target.rate_bps is None


def _bps(video_bytes: int, job: Job) -> int:
    return max(1000, round(video_bytes * 8 / max(job.plan.video.duration_s, 0.001)))


def _target(job: Job) -> Target:
    assert job.plan.target is not None
    return job.plan.target


def _encoder(job: Job) -> Encoder:
    assert job.plan.encoder is not None
    return job.plan.encoder

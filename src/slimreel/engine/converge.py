"""Turns one number until the pictures take the bytes they should: encode, measure, solve for the next number.

The number may be a rate or a quality; what it means to the encoder is the dial's affair.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from slimreel.core.budget import Window
from slimreel.core.events import Reason, Stage
from slimreel.engine import argv
from slimreel.engine.allowance import window_of
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured, measure

# Rounds are cheap for small clips, whose bytes jump from one quantiser to the next, and dear for long ones, whose
# rate control has time to be exact: (up to so many pixels in all, rounds).
ROUNDS = ((60e6, 16), (2e9, 8), (math.inf, 4))
# Where the bytes jump over the window between two numbers as near as this, none between them will do better; those
# beside are as good as a new throw (rate control at 58 kbit/s scattered by 3 %).
_JUMP, _BESIDE = 1.002, 0.002
# Idle pictures take much the same at any quality (1080p at rest: 0.4 % less for 6 steps of CRF): the far end is soon
# asked, rather than crept towards. A growth less than this is noise.
_FLATTEST = 0.03
# Below so many bits a pixel nearly all blocks are skipped: four rounds did not reach a rate of a still, and an encode
# takes less than half of others (150 frames of 1080p: 2.2 CPU s, trees in the wind 5.1). Its pixels count an eighth.
_IDLE_BITS_PER_PIXEL, _IDLE_SHARE = 0.001, 8
BEST = "best.part"
# The encode's part of the progress bar; verification takes what is left.
ENCODE_SHARE = 0.70


@dataclass(frozen=True, slots=True)
class Dial:
    """A number that makes files larger as it grows: its options, where to start, and its ends."""

    options: Callable[[float], list[str]]
    start: float
    least: float
    most: float


@dataclass(slots=True)
class Trials:
    """What was asked of the encoder and what came out, kept to solve for the next number."""

    window: Window
    points: list[tuple[float, int]] = field(default_factory=list)
    best: Measured | None = None

    def next_number(self) -> float:
        """The number to ask next: between the nearest points on both sides, in logarithms, else in proportion."""
        aim = self.window.aim
        ordered = sorted(self.points)
        brackets = [(low, high) for low, high in pairwise(ordered) if 0 < low[1] <= aim < high[1] and low[0] < high[0]]
        if brackets:
            # Rate control is noisy in the small, so the narrowest bracket is believed, not the nearest bytes.
            low, high = min(brackets, key=lambda pair: pair[1][0] / pair[0][0])
            if high[0] / low[0] < _JUMP:
                beside: float = 1 + _BESIDE * (len(self.points) // 2) * (-1) ** len(self.points)
                return low[0] * beside
            share = math.log(aim / low[1]) / math.log(high[1] / low[1])
            step: float = (high[0] / low[0]) ** min(0.9, max(0.1, share))
            return low[0] * step
        asked, got = self.points[-1]
        wanted = math.log(aim / max(got, 1)) / self._slope()
        return asked * math.exp(min(4.0, max(-4.0, wanted)))

    def _slope(self) -> float:
        """How bytes have grown with the number, in logarithms; 1 (in proportion) until two points tell."""
        if len(self.points) < 2:
            return 1.0
        (before, got_before), (last, got_last) = self.points[-2:]
        if abs(math.log(last / before)) < 0.01:
            return 1.0
        return min(2.0, max(_FLATTEST, math.log(got_last / got_before) / math.log(last / before)))

    def at_floor(self) -> bool:
        """The encoder was asked for far less and gave as much."""
        if len(self.points) < 2:
            return False
        (before, got_before), (last, got_last) = self.points[-2:]
        return got_last > self.window.high and last < before * 0.8 and got_last > got_before * 0.97

    def is_out_of_reach(self, least: float) -> bool:
        """Every number gave too much, the least among them."""
        return all(got > self.window.high for _, got in self.points) and least in dict(self.points)

    def keep(self, job: Job, found: Measured, *, hard: bool) -> None:
        """Keeps the file of this round if it is the best so far; over a hard limit it never is."""
        if hard and found.video_bytes > self.window.high:
            return
        distance = self.window.distance
        if self.best is None or distance(found.video_bytes) < distance(self.best.video_bytes):
            job.result.replace(job.folder / BEST)
            self.best = found


def converge(job: Job, window: Window, dial: Dial, *, hard: bool) -> Steps[Measured | Trials]:
    """The file whose video bytes are inside the window, or the nearest found; `hard` forbids those above.

    Returns the Trials instead where every file was above a hard limit, or above the window although the least was
    asked. `window` is taken anew from what the rest of the file really takes where a size is the limit.
    """
    trials = Trials(window)
    number = dial.start
    asked: list[list[str]] = []
    rounds = rounds_for(job)
    while len(asked) < rounds:
        options = dial.options(number)
        if options in asked:
            break
        found = yield from encode(job, options, corrected=bool(asked))
        asked.append(options)
        if job.plan.size_limit_bytes is not None:
            job.other_bytes = found.other_bytes
            trials.window = window_of(job)
        trials.points.append((number, found.video_bytes))
        if trials.window.holds(found.video_bytes):
            if len(asked) > 1:
                yield job.because(Reason(id="corrected", fields={"rounds": len(asked) - 1}))
            return found
        trials.keep(job, found, hard=hard)
        if trials.is_out_of_reach(dial.least):
            break
        number = min(dial.most, max(dial.least, trials.next_number()))
        if trials.best is None and hard and (trials.at_floor() or len(asked) == rounds - 1):
            number = dial.least
    if trials.best is None:
        return trials
    (job.folder / BEST).replace(job.result)
    return trials if trials.is_out_of_reach(dial.least) else trials.best


def rounds_for(job: Job) -> int:
    """How many encodes a target is worth, by the pixels that are encoded and whether there is anything in them."""
    picture = job.plan.picture
    size = (job.plan.video.width, job.plan.video.height) if picture is None else (picture.width, picture.height)
    pixels = job.plan.video.packets * size[0] * size[1]
    if window_of(job).aim * 8 < pixels * _IDLE_BITS_PER_PIXEL:
        pixels //= _IDLE_SHARE
    return next(count for most, count in ROUNDS if pixels <= most)


def encode(
    job: Job, options: list[str], *, corrected: bool = False, most_bytes: float | None = None
) -> Steps[Measured]:
    """One encode of the whole file, measured. Raises TooLarge as soon as it has more than `most_bytes`."""
    if corrected:
        job.fraction = max(0.1, job.fraction - ENCODE_SHARE)
    with job.open_footage() as footage:
        arguments = argv.encode(footage, job.plan, job.speed, options, job.result.name)
        stage: Stage = "correct" if corrected else "encode"
        yield from job.run(stage, ENCODE_SHARE, arguments, footage.fds, most_bytes=most_bytes)
    return measure(job.result)

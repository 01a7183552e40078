"""A cheap first look: x264's first pass over small pictures tells what every frame costs.

The statistics serve the second pass as they are (x264 scales them) and tell how starved a rate is.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from slimreel.core import stills
from slimreel.core.choices import Speed
from slimreel.core.codecs import ENCODERS, STATS_SCALE_EXPONENT, Pass, rate_options
from slimreel.engine import argv
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import measure

STATS = "scout"
# The first pass looks at pictures of half the width and height, but not below what motion search needs. A long clip has
# weak moments that its statistics tell better from larger ones, for a fourteenth of two-pass's CPU (decision 0001);
# where the source is larger than the picture, decoding it twice has spent that already.
_PART, _LONG_PART, _LONG_S = Fraction(1, 2), Fraction(3, 4), 60.0
_LEAST_SIDE = 128
_FRAME = re.compile(rb"in:\d+ out:\d+ type:\w.*? q:([\d.]+) .*?tex:(\d+) mv:(\d+) misc:(\d+)")


def look(job: Job, rate_bps: int, share: float) -> Steps[float]:
    """Run the first look at the rate that small pictures need to be coded like the large at `rate_bps`.

    Returns the mean quantiser, which tells how starved the rate is.

    Where a size counts, it is a rehearsal of the whole file and leaves `job.other_bytes`: container tables cost
    10 to 50 bytes a frame, depending on timing and interleaving, and sound takes less than its nominal rate.
    """
    plan, encoder = job.plan, ENCODERS["h264"]
    assert plan.picture is not None
    size = small_size(job)
    pixels = (size[0] * size[1]) / (plan.picture.width * plan.picture.height)
    rate = max(1000, round(rate_bps * pixels**STATS_SCALE_EXPONENT))
    options = rate_options(encoder, Pass.ANALYSE, rate, plan.keyint, 1.0, STATS)
    options += [*argv.speeds(plan, encoder, speed(job)), "-pix_fmt", pix_fmt(job)]
    rehearsal = "rehearsal.part" if plan.size_limit_bytes is not None else None
    with job.open_footage() as footage:
        arguments = argv.analyse(footage, plan, size, options, rehearsal)
        yield from job.run("analyse", share, arguments, footage.fds)
    if rehearsal is not None:
        job.other_bytes = measure(job.folder / rehearsal).other_bytes
        (job.folder / rehearsal).unlink()
    return mean_qp(job.folder / f"{STATS}-0.log")


def speed(job: Job) -> Speed:
    """The statistics fit a second pass of the same preset only; other encoders do not use them."""
    return job.speed if job.plan.encoder is ENCODERS["h264"] else "fast"


def pix_fmt(job: Job) -> str:
    """The depth of the plan's picture, in a format that x264 takes; its statistics fit one depth only."""
    encoder, picture = ENCODERS["h264"], job.plan.picture
    assert picture is not None
    return encoder.pix_fmt_10bit if "10" in picture.pix_fmt else encoder.pix_fmt_8bit


def small_size(job: Job) -> tuple[int, int]:
    """A part of each side, even; small pictures stay as they are."""
    picture = job.plan.picture
    assert picture is not None
    made_smaller = picture.width * picture.height < picture.native_width * picture.native_height
    used = job.plan.encoder is ENCODERS["h264"]
    exact = used and job.plan.duration_s >= _LONG_S and not made_smaller
    share = _LONG_PART if exact else _PART
    # Text that is scrolled by whole pixels costs next to nothing; by half of one, as small pictures have it, it is
    # dear, and keyframes get too little (docs/decisions/0021).
    if used and stills.stands(job.plan.video):
        share = Fraction(1)
    if min(picture.width, picture.height) * share < _LEAST_SIDE:
        return picture.width, picture.height
    return int(picture.width * share) // 2 * 2, int(picture.height * share) // 2 * 2


def mean_qp(stats: Path) -> float:
    """Mean quantiser of an x264 statistics file, frames weighted by their bits: most of the data was coded with it."""
    total, weighted = 0, 0.0
    for match in _FRAME.finditer(stats.read_bytes()):
        bits = sum(map(int, match.groups()[1:]))
        total += bits
        weighted += float(match[1]) * bits
    return weighted / total if total else 0.0

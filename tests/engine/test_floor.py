"""What a refusal names: a number with its unit that is no less than what works."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.core.goal import Goal
from slimreel.core.picture import rungs_below
from slimreel.core.plan import make_plan
from slimreel.core.units import format_bitrate, format_size, parse_bitrate, parse_size
from slimreel.engine.allowance import window_of
from slimreel.engine.floor import give_up, round_up
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured
from tests.core.facts import media, video


@given(st.floats(1, 1e12))
@example(999.5)
@example(99_950)
def test_what_is_shown_is_what_works(number: float) -> None:
    named = round_up(number)
    assert number <= named <= number * 1.01 + 1
    assert parse_size(format_size(named, exact=True)) == parse_size(format_size(named).replace(" bytes", "B")) == named
    assert parse_bitrate(format_bitrate(named)) == named


@given(st.floats(0.45, 1.0), st.floats(0.05, 0.9))
def test_giving_up_takes_the_largest_size_that_the_smallest_says_will_hold(power: float, share: float) -> None:
    """Where bytes fall with a power of the pixels, the size that is tried next is the largest that fits."""
    source = media(video(2_000_000, 60, width=1920, height=1080))
    plan = make_plan(Goal(video_bitrate_bps=800_000, reencode=True), source)
    assert plan.picture is not None
    full = plan.picture.width * plan.picture.height
    sizes = rungs_below(plan.picture)
    small = sizes[-1]
    with TemporaryDirectory() as folder:
        job = Job(source, plan, Path(folder), "fast")
        least = round(window_of(job).high / share)

        def floor_of(size: tuple[int, int]) -> float:
            return float(least * (size[0] * size[1] / full) ** power)

        info = media(video(2_000_000, 60, width=small[0], height=small[1]))
        job.floor = Measured(info, round(floor_of(small)))
        taken: list[tuple[int, int]] = []

        def again(job: Job) -> Steps[Measured]:
            assert job.plan.picture is not None and job.floor is not None
            taken.append((job.plan.picture.width, job.plan.picture.height))
            yield job.progress("encode")
            return job.floor

        for _ in give_up(job, least, again):
            pass
    fitting = [size for size in sizes if floor_of(size) <= window_of(job).high * 1.001]
    assert taken == fitting[:1] or (not fitting and taken == [small])

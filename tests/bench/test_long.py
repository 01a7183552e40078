"""The page about long sources judges each goal by the sources it is about, and both ways scale large ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench import long, long_report, long_sources
from bench.clips import Clip
from bench.methods import BASE
from bench.rate_records import ClipRuns, MethodRuns, RateResults, Run
from bench.scores import Score
from bench.stopwatch import Usage
from bench.streams import Weight


def runs(cpu_s: float, error: float, digest: str) -> MethodRuns:
    usage = Usage(cpu_s=cpu_s, wall_s=cpu_s / 2, peak_bytes=10**9)
    return MethodRuns(runs=[Run(usage=usage, error_percent=error, width=1920, height=1080, digest=digest)])


def clip(name: str, cpu_s: float, *, error: float = 0.2, vmaf: float = 90.0, p5: float = 81.0) -> ClipRuns:
    scores = {"base": Score(mean=90.0, p5=80.0, old_mean=90, old_p5=80, pairing="order")}
    scores["mine"] = replace(scores["base"], mean=vmaf, p5=p5)
    ways = {"slimreel": runs(cpu_s, error, "mine"), BASE: runs(100.0, 2.0, "base")}
    return ClipRuns(
        name=name, width=1920, height=1080, frames=1500, duration_s=60, source_bps=1e7, kbps=3000, methods=ways,
        scores=scores,
    )  # fmt: skip


def verdicts(*clips: ClipRuns) -> dict[str, bool]:
    return {goal.split(" at ")[0] + (", large" if "2160p" in goal else ""): met for goal, _, met in
            long_report.judge(clips)}  # fmt: skip


def test_each_goal_is_judged_by_its_own_sources() -> None:
    ordinary, large = clip("synthetic/a_1080p", 77.0), clip("synthetic/b_2160p", 64.0)
    assert set(verdicts(ordinary, large).values()) == {True}
    assert verdicts(replace(ordinary, methods=clip("a", 79.0).methods), large)["CPU"] is False
    assert verdicts(ordinary, replace(large, methods=clip("b", 66.0).methods))["CPU, large"] is False
    assert verdicts(clip("a_1080p", 70.0, vmaf=89.8))["VMAF mean"] is False
    assert verdicts(clip("a_1080p", 70.0, p5=80.4))["VMAF p5"] is False
    assert verdicts(clip("a_1080p", 70.0, error=-1.1), ordinary, ordinary)["every rate within 1 %"] is False


def test_the_page_says_what_the_sources_are() -> None:
    results = RateResults(date="2026-01-01", machine=["a machine"], load_at_start=0.1, repeats=1)
    results.clips.append(clip("synthetic/a_1080p", 70.0))
    page = long_report.page(results)
    assert "synthetic" in page
    assert "0.70" in page and "met" in page


@pytest.mark.parametrize(("height", "scaled"), [(1080, False), (2160, True)])
def test_large_pictures_are_made_smaller_in_both_passes(height: int, scaled: bool) -> None:
    source = Weight(
        file_bytes=1, index=0, codec="h264", pix_fmt="yuv420p", video_bytes=1, duration_s=1.0, frames=1,
        width=height * 16 // 9, height=height, digest="",
    )  # fmt: skip
    commands = long.two_pass(Clip("a", Path("a.mp4")), source, 1000, Path("out.mp4"))
    assert [any("scale=-2:1080" in word for word in argv) for argv in commands] == [scaled, scaled]


def test_another_recipe_is_another_file() -> None:
    recipe = long_sources.RECIPES[0]
    assert recipe.file_name != replace(recipe, seconds=61).file_name
    assert len({one.file_name for one in long_sources.RECIPES}) == len(long_sources.RECIPES)

"""Writes the page that people read of a run on long sources: the goals, and every source."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.markdown import signed, table
from bench.methods import BASE, METHODS
from bench.rate_records import ClipRuns, RateResults
from bench.rate_summary import gain_of
from bench.scores import MODEL

# "Done when" of long clips: CPU of the whole command, of two-pass FFmpeg's; and VMAF v1 at the same bytes.
CPU_GOAL, LARGE_CPU_GOAL = 0.78, 0.65
VMAF_GOAL, P5_GOAL = -0.1, 0.5
ERROR_GOAL = 1.0
SUBSAMPLE = 5
_LARGE = "2160p"

_INTRODUCTION = f"""\
The sources are **synthetic**: scenes of several real clips, one after the other, made larger or smaller and encoded
near lossless, since no shared clip of natural pictures is a minute long. Both ways ran in turns. CPU is user and system
time of the whole process tree, verification included. 2160p sources are made 1080p by both ways and compared at 1080p.
VMAF is `{MODEL}` in 10 bits of every {SUBSAMPLE}th frame, p5 their 5th percentile; differences are to two-pass
FFmpeg."""


def page(results: RateResults) -> str:
    """The whole page as Markdown."""
    where = "; ".join(results.machine)
    head = f"{results.date}; {where}. {results.repeats} repeats, load {results.load_at_start:.2f} at the start."
    parts = ["# Long sources: slimreel beside two-pass FFmpeg", head, *results.notes, _INTRODUCTION]
    parts += ["![CPU and VMAF of every source](long.png)", "## Goals", _goals(results.clips)]
    return "\n\n".join([*parts, "## Every source", _clip_table(results.clips)]) + "\n"


def judge(clips: Sequence[ClipRuns]) -> list[tuple[str, str, bool]]:
    """(goal, what was found, whether it is met) for slimreel; the worst source counts for bytes, the median else."""
    found: list[tuple[str, str, bool]] = []
    for title, large, goal in (("1080p", False, CPU_GOAL), ("2160p to 1080p", True, LARGE_CPU_GOAL)):
        ratios = [ratio for clip in clips if (_LARGE in clip.name) is large and (ratio := cpu_ratio(clip)) is not None]
        if ratios:
            middle = median(ratios)
            found.append((f"CPU at most {goal:.2f} of two-pass, {title}", f"{middle:.2f}", middle <= goal))
    gains = [gain for clip in clips if (gain := gain_of(clip, "slimreel"))]
    for name, place, goal in (("VMAF mean", 0, VMAF_GOAL), ("VMAF p5", 1, P5_GOAL)):
        if gains:
            middle = median(gain[place] for gain in gains)
            found.append((f"{name} at least {signed(goal)}", signed(middle), middle >= goal))
    errors = [abs(runs.error_percent()) for clip in clips if (runs := clip.done("slimreel"))]
    if errors:
        worst = max(errors)
        found.append((f"every rate within {ERROR_GOAL:.0f} %", f"{worst:.2f} % at worst", worst <= ERROR_GOAL))
    return found


def cpu_ratio(clip: ClipRuns) -> float | None:
    """slimreel's CPU over two-pass's, medians of the repeats."""
    mine, base = clip.done("slimreel"), clip.done(BASE)
    return median(mine.cpu_s()) / median(base.cpu_s()) if mine and base else None


def _goals(clips: Sequence[ClipRuns]) -> str:
    rows = [(goal, found, "met" if met else "**missed**") for goal, found, met in judge(clips)]
    return table(("goal for slimreel", "found", ""), rows, texts=3) if rows else "Too little was measured."


def _clip_table(clips: Sequence[ClipRuns]) -> str:
    head = ("source", "way", "picture", "error %", "CPU s", "CPU ratio", "wall s", "VMAF v1", "p5")
    return table(head, [_row(clip, key) for clip in clips for key in ("slimreel", BASE)], texts=3)


def _row(clip: ClipRuns, key: str) -> list[str]:
    start = [f"{clip.name}, {clip.kbps} kbit/s" if key == "slimreel" else "", METHODS[key].title]
    found, score = clip.done(key), clip.score(key)
    if found is None:
        return [*start, f"failed: {clip.methods[key].failure}"[:90], *[""] * 6]
    ratio = cpu_ratio(clip) if key == "slimreel" else 1.0
    return [
        *start,
        f"{found.runs[0].width}x{found.runs[0].height}",
        signed(found.error_percent()),
        f"{median(found.cpu_s()):.1f}",
        f"{ratio:.2f}" if ratio is not None else "",
        f"{median(found.wall_s()):.1f}",
        f"{score.mean:.2f}" if score else "",
        f"{score.p5:.2f}" if score else "",
    ]

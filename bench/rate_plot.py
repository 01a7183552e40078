"""Draws the CPU ratio and the VMAF difference of every clip, each way a mark beside two-pass FFmpeg at the line."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from bench.methods import BASE, METHODS
from bench.rate_records import ClipRuns, RateResults
from bench.rate_summary import CPU_GOAL, gain_of

# Told apart by shape as well as by colour (Okabe and Ito's palette for every eye).
# The last is drawn on top.
_MARKS = {"handbrake": ("D", "#999999"), "one_pass": ("s", "#E69F00"), "slimreel": ("o", "#0072B2")}
# Where two-pass dropped frames of an irregular clock the gain is so large that the rest could not be told apart.
_FAR = 10.0


def draw(results: RateResults, path: Path, goal: float = CPU_GOAL) -> None:
    """Write the plot as PNG."""
    clips = [clip for clip in results.clips if clip.done(BASE)]
    if not clips:
        return
    height = 2.1 + 0.36 * len(clips)
    figure, (left, right) = pyplot.subplots(1, 2, sharey=True, figsize=(11, height), layout="constrained")
    for key, (shape, colour) in _MARKS.items():
        _marks(left, [(row, ratio) for row, clip in enumerate(clips) if (ratio := cpu_ratio(clip, key))], shape, colour)
        gains = [(row, gain[0]) for row, clip in enumerate(clips) if (gain := gain_of(clip, key))]
        _marks(right, [(row, min(_FAR, gain)) for row, gain in gains], shape, colour, METHODS[key].title)
        for row, far in gains:
            if far > _FAR and key == "slimreel":
                right.annotate(f"{far:+.0f} ▸", (_FAR, row), (-8, -3), textcoords="offset points", ha="right", size=8)
    left.axvline(1, color="black", linewidth=1)
    left.axvline(goal, color="#0072B2", linewidth=1, linestyle=":")
    right.axvline(0, color="black", linewidth=1)
    left.set_xlabel("CPU seconds, two-pass FFmpeg = 1 (dotted: the goal)")
    right.set_xlabel("VMAF v1, difference to two-pass FFmpeg")
    left.set_xlim(0, max(1.0, left.get_xlim()[1]) * 1.03)
    left.set_yticks(range(len(clips)), [_label(clip) for clip in clips])
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(axis="both", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.margins(y=0.6 / len(clips))
    figure.legend(*right.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def cpu_ratio(clip: ClipRuns, key: str) -> float | None:
    """Median CPU seconds over two-pass's."""
    mine, base = clip.done(key), clip.done(BASE)
    return median(mine.cpu_s()) / median(base.cpu_s()) if mine and base else None


def _marks(axes: Any, points: list[tuple[int, float]], shape: str, colour: str, title: str | None = None) -> None:
    if points:
        rows, values = zip(*points, strict=True)
        axes.plot(values, rows, shape, color=colour, markersize=7, alpha=0.85, label=title)


def _label(clip: ClipRuns) -> str:
    arrow = " ↓" if clip.lowered() else ""
    return f"{clip.name.split('/')[-1].rsplit('.', 1)[0]}, {clip.kbps} kbit/s{arrow}"

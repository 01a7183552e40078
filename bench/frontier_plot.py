"""Draws size at equal quality over CPU, a mark for every way of a codec."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from bench.frontier_curves import Place, dominated

# By the start of a way's name; told apart by shape as well as by colour (Okabe and Ito's palette for every eye).
_MARKS = {"slimreel": ("o", "#0072B2"), "options": ("^", "#009E73"), "HandBrake": ("D", "#999999")}
_FFMPEG = ("s", "#E69F00")


def draw(codec: str, places: Sequence[Place], path: Path) -> None:
    """Write the plot as PNG."""
    if not places:
        return
    figure, axes = pyplot.subplots(figsize=(8, 5.5), layout="constrained")
    beaten = dominated(places)
    for place in places:
        shape, colour = next((mark for start, mark in _MARKS.items() if place.way.startswith(start)), _FFMPEG)
        alpha = 0.5 if place.way in beaten else 1.0
        axes.plot([place.cpu], [place.size], shape, color=colour, markersize=8, alpha=alpha)
        axes.annotate(place.way, (place.cpu, place.size), (6, 4), textcoords="offset points", size=8, alpha=alpha)
    axes.set_xscale("log")
    axes.set_xlabel("CPU, reference = 1")
    axes.set_ylabel("bytes at equal VMAF, reference = 1")
    axes.set_title(f"{codec}: further left and down is better; pale is beaten by another")
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)

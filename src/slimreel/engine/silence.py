"""Measures where the sound of a file is quiet, for cutting pauses out. It decides nothing about them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Generator
from pathlib import Path

from slimreel.core.events import Progress
from slimreel.core.filters import Chain, Filter
from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.facts import Silence
from slimreel.engine import ffmpeg, footage
from slimreel.errors import EditRefused
from slimreel.graph.material import Material
from slimreel.graph.model import Input

_LOG = "silence.txt"
_SHORTEST_S = 0.1  # what edit.facts promises
_EDGE = re.compile(r"lavfi\.silence_(start|end)=(\S+)")


def measure(material: Material, threshold_db: float) -> Generator[Progress, None, Silence]:
    """Where the asset's main track stays below the threshold."""
    if material.audio is None or material.info is None:
        raise EditRefused(detail=f"{material.asset.name} has no sound")
    chain = Chain(
        (
            Filter("silencedetect", {"noise": f"{threshold_db}dB", "duration": _SHORTEST_S}),
            Filter("ametadata", {"mode": "print", "file": _LOG}),
        )
    )
    with tempfile.TemporaryDirectory(prefix="slimreel-silence-") as place:
        folder = Path(place)
        with footage.of_input(Input(material.asset.id), material) as (options, fd):
            arguments = [*options, "-map", f"0:{material.audio.index}", "-af", str(chain), "-f", "null", "-"]
            running = ffmpeg.run(arguments, folder=folder, stage="analyse", path=material.info.path, fds=(fd,))
            for _ in running:
                yield Progress(stage="analyse", fraction=0.0)
        log = folder / _LOG
        edges = _EDGE.findall(log.read_text()) if log.exists() else []
    return Silence(asset=material.asset.id, threshold_db=threshold_db, ranges=_ranges(edges, material.asset.duration))


def _ranges(edges: list[tuple[str, str]], duration: int) -> tuple[TimeRange, ...]:
    found: list[TimeRange] = []
    start: int | None = None
    for edge, text in edges:
        at = max(0, SOURCE.ticks(float(text)))
        if edge == "start":
            start = at
        elif start is not None:
            found.append(TimeRange.between(start, at))
            start = None
    if start is not None:
        found.append(TimeRange.between(start, max(duration, start)))
    return tuple(stretch for stretch in found if stretch)

"""Scores a result against its source with VMAF at the source's size, outside anything that is timed."""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.machine import ffmpeg
from bench.streams import Weight

# 1080p seen from three picture heights, no credit for sharpening; v0 beside it because people know its scale.
MODEL = "vmaf_v1.0.16_3d0h"
OLD_MODEL = "vmaf_v0.6.1"


class ScoreFailed(RuntimeError):
    """VMAF could not be computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """VMAF of one result. `p5` is the 5th percentile of frames; `pairing` is how frames were matched."""

    mean: float
    p5: float
    old_mean: float
    old_p5: float
    pairing: str


def score(
    result: Path,
    made: Weight,
    source_path: Path,
    source: Weight,
    threads: int = 2,
    *,
    subsample: int = 1,
) -> Score:
    """Compare two files frame by frame: by order, or by time where their numbers of frames differ."""
    same = made.frames == source.frames
    with tempfile.TemporaryDirectory(prefix="bench-vmaf-") as folder:
        argv = [
            *(ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error"),
            # Where colour tags change on the way, filters built anew would number the frames from nought again.
            *("-reinit_filter", "0", "-i", str(result), "-reinit_filter", "0", "-i", str(source_path)),
            *(
                "-lavfi",
                graph(made.index, source, by_order=same, threads=threads, subsample=subsample),
            ),
            *("-fps_mode", "passthrough", "-f", "null", "-"),
        ]
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ScoreFailed(done.stderr[-500:])
        frames = json.loads(Path(folder, "vmaf.json").read_text(encoding="utf-8"))["frames"]
    pairing = "order" if same else f"time ({made.frames} of {source.frames} frames)"
    new, old = ([frame["metrics"][name] for frame in frames] for name in ("v1", "v0"))
    return Score(mean=mean(new), p5=percentile(new, 5), old_mean=mean(old), old_p5=percentile(old, 5), pairing=pairing)


def graph(made_index: int, source: Weight, *, by_order: bool, threads: int, subsample: int = 1) -> str:
    """The filtergraph: both at the source's upright size, in 10 bits (for banding) and the same range.

    Both get one timebase first: N/25/TB is cut to whole ticks, and where the ticks differ a frame can come one early,
    is paired with the one before, and scores near 0 (seen on 8 of 30 frames).
    """
    clock = "settb=1/1000,setpts=N*40" if by_order else "setpts=PTS-STARTPTS"
    clock += ",setparams=colorspace=bt709"  # where one alone says its matrix FFmpeg would convert it
    alike = f"{clock},scale={source.width}:{source.height}:flags=bicubic:out_range=tv,format=yuv420p10le"
    models = f"version={MODEL}\\\\:name=v1|version={OLD_MODEL}\\\\:name=v0"
    vmaf = f"libvmaf=model={models}:n_threads={threads}:n_subsample={subsample}:log_fmt=json:log_path=vmaf.json"
    if not by_order:
        vmaf += ":ts_sync_mode=nearest"
    return f"[0:{made_index}]{alike}[made];[1:{source.index}]{alike}[source];[made][source]{vmaf}"


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """By linear interpolation between the ordered values."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * percent / 100
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)

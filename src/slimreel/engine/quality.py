"""Measures how close pictures are to a reference with VMAF v1, frames paired by their order.

It compares files the job made itself; what a score means for a decision is for others to say.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from slimreel.core.filters import Filter
from slimreel.engine.job import Job, Steps

# 1080p seen from three picture heights; no credit for sharpening, and banding counts (10-bit input).
MODEL = "vmaf_v1.0.16_3d0h"
_LOG = "vmaf.json"
# The banding feature of the model fails on pictures of 200x200.
_LEAST_SIDE = 240


def vmaf(
    job: Job,
    reference: Path,
    distorted: Path,
    size: tuple[int, int],
    *,
    skip: int,
    subsample: int,
    share: float,
) -> Steps[float]:
    """Mean VMAF of `distorted` scaled to `size`, without the first `skip` frames, every `subsample`-th frame.

    An even step would meet only one kind of frame in a B-pyramid.
    """
    late = Filter("select", {"expr": f"gte(n,{skip})"})
    enlarged = math.ceil(_LEAST_SIDE / min(size))
    scale = Filter("scale", {"w": size[0] * enlarged, "h": size[1] * enlarged, "flags": "bicubic"})
    # On clocks of their own a tick cut short pairs a frame with its neighbour and scores near zero.
    same_clock = "settb=1/1000,setpts=N*40,format=yuv420p10le"
    measure = Filter(
        "libvmaf",
        {
            "model": f"version={MODEL}",
            "n_threads": 2,
            "n_subsample": subsample,
            "log_fmt": "json",
            "log_path": _LOG,
        },
    )
    graph = f"[0:v]{late},{scale},{same_clock}[a];[1:v]{late},{scale},{same_clock}[b];[a][b]{measure}"
    arguments = ["-i", distorted.name, "-i", reference.name, "-lavfi", graph, "-f", "null", "-"]
    yield from job.run("measure", share, arguments)
    found = json.loads((job.folder / _LOG).read_text())
    return float(found["pooled_metrics"]["vmaf"]["mean"])

"""Scores pictures that the job made itself against frames that it kept, with VMAF v1, paired by their order.

Whole files of others are measured in quality; what a score means for a decision is for others to say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.filters import Chain, Filter
from slimreel.core.pairing import LEAST_SIDE
from slimreel.core.perception import Scores
from slimreel.engine.job import Job, Steps
from slimreel.engine.quality import MODEL

_LOG = "vmaf.json"


@dataclass(frozen=True, slots=True)
class Pair:
    """A piece of the reference as an input, with the chain that makes or picks its frames and the one that picks
    those of the distorted file. `fds` are descriptors that the input names."""

    inputs: tuple[str, ...]
    of_reference: Chain
    of_distorted: Chain
    stream: str = "v"
    fds: tuple[int, ...] = ()


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
    """Mean VMAF of `distorted` scaled to `size`, without the first `skip` frames, every `subsample`-th frame."""
    late = Chain((Filter("select", {"expr": f"gte(n,{skip})"}),))
    pairs = [Pair(("-i", reference.name), late, late)]
    found = yield from scores(job, distorted, pairs, size, subsample=subsample, share=share)
    return found.mean


def scores(
    job: Job,
    distorted: Path,
    pairs: Sequence[Pair],
    size: tuple[int, int],
    *,
    subsample: int,
    share: float,
) -> Steps[Scores]:
    """Scores of `distorted` against pieces of the reference, at `size`, every `subsample`-th frame.

    An even step would meet only one kind of frame in a B-pyramid.
    """
    enlarged = math.ceil(LEAST_SIDE / min(size))
    scale = Filter("scale", {"w": size[0] * enlarged, "h": size[1] * enlarged, "flags": "bicubic"})
    assert job.plan.picture is not None
    # Uncompressed files carry no colour tags, and a full-range picture beside them would be squeezed into the limited
    # range: both are taken by their numbers. On clocks of their own a tick cut short pairs a frame with its neighbour
    # and scores near zero.
    by_number = f"format={job.plan.picture.pix_fmt},setparams=range=tv:colorspace=bt709"
    alike = f"{by_number},{scale},settb=1/1000,setpts=N*40,format=yuv420p10le"
    copies = "".join(f"[d{number}]" for number in range(len(pairs)))
    graph, inputs, logs = [f"[0:v]split={len(pairs)}{copies}"], ["-i", distorted.name], []
    for number, pair in enumerate(pairs):
        logs.append(f"{number}.{_LOG}")
        measure = Filter("libvmaf", {
            "model": f"version={MODEL}", "n_threads": 2, "n_subsample": subsample,
            "log_fmt": "json", "log_path": logs[-1],
        })  # fmt: skip
        graph.append(f"[d{number}]{_joined(pair.of_distorted, alike)}[a{number}]")
        graph.append(f"[{number + 1}:{pair.stream}]{_joined(pair.of_reference, alike)}[b{number}]")
        graph.append(f"[a{number}][b{number}]{measure}[v{number}]")
        inputs += pair.inputs
    outputs = [part for number in range(len(pairs)) for part in ("-map", f"[v{number}]")]
    arguments = [*inputs, "-filter_complex", ";".join(graph), *outputs, "-f", "null", "-"]
    fds = [fd for pair in pairs for fd in pair.fds]
    yield from job.run("measure", share, arguments, fds)
    found = [json.loads((job.folder / log).read_text())["frames"] for log in logs]
    return Scores.of([float(frame["metrics"]["vmaf"]) for frames in found for frame in frames])


def _joined(chain: Chain, rest: str) -> str:
    return f"{chain},{rest}" if chain else rest

"""What a compression would give, as a use case: the library's `estimate`. Encodes samples, writes no output."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from slimreel.core import plan as plans
from slimreel.core.containers import container_of_suffix
from slimreel.core.events import Reason
from slimreel.core.forecast import Estimate
from slimreel.core.goal import Goal
from slimreel.core.plan import Strategy
from slimreel.edit.draft import Draft
from slimreel.engine import capabilities, foresee, prelude, probe
from slimreel.engine.foresee import Foreseen
from slimreel.engine.job import Job
from slimreel.errors import DamagedInput
from slimreel.graph.material import Materials
from slimreel.graph.whole import whole_file
from slimreel.workbench.compress import Event, default_output, read_goal
from slimreel.workbench.deliver import planned
from slimreel.workbench.finish import finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a compression would give. Each Estimate holds the true number nine times of ten.

    `bytes` is the whole file, `vmaf` its mean VMAF v1 compared at `vmaf_size`, None where the picture is copied;
    `leads` says what decides: "number", "quality", "bound" (a bound in a quality's way) or "source" (kept as it is).
    """

    input: str
    strategy: Strategy
    leads: str
    bytes: Estimate
    video_bitrate_bps: Estimate
    seconds: Estimate
    vmaf: Estimate | None
    vmaf_size: str | None
    width: int
    height: int
    codec: str
    source_bytes: int
    reasons: tuple[Reason, ...]


def estimate(path: str | os.PathLike[str], goal: Goal | str, out: str | os.PathLike[str] | None = None) -> Prospect:
    """Size, quality and time of `compress(path, goal, out)`, from samples of the video; nothing is written.

    Raises what `compress` raises before it encodes.
    """
    return finish(estimate_events(path, goal, out), lambda event: None)


def estimate_events(
    path: str | os.PathLike[str], goal: Goal | str, out: str | os.PathLike[str] | None = None
) -> Generator[Event, None, Prospect]:
    """The iterator beneath `estimate`: yields Progress and Decided events, returns the Prospect."""
    wanted, source_path = read_goal(goal), Path(path)
    source = probe.probe(source_path)
    if source.damage:
        raise DamagedInput(path=source_path, detail="; ".join(source.damage))
    output = Path(out) if out is not None else default_output(source_path, wanted)
    plan = plans.make_plan(wanted, source, container_of_suffix(output.suffix))
    with tempfile.TemporaryDirectory(prefix="slimreel-estimate-") as folder:
        job = Job(source, plan, Path(folder), wanted.encode_speed)
        if plan.encoder is None:
            return _prospect(job, foresee.copied(job))
        capabilities.require(plan.encoder)
        found = yield from foresee.foresee(job)
    return _prospect(job, found)


def estimate_draft_events(draft: Draft, materials: Materials) -> Generator[Event, None, Prospect]:
    """As `estimate_events`, for the video of a timeline by its goal; files besides it that it asks for are left out."""
    draft = replace(draft, outputs=())
    whole = whole_file(draft, materials)
    if whole is not None:
        return (yield from estimate_events(whole.asset.path, draft.goal or Goal()))
    timeline, source, plan, goal = planned(draft, materials, None)
    with tempfile.TemporaryDirectory(prefix="slimreel-estimate-") as folder:
        job = Job(source, plan, Path(folder), goal.encode_speed, timeline=timeline)
        if plan.encoder is None:
            return _prospect(job, foresee.copied(job))
        capabilities.require(plan.encoder)
        yield from prelude.prepare(job)
        found = yield from foresee.foresee(job)
    return _prospect(job, found)


def _prospect(job: Job, found: Foreseen) -> Prospect:
    plan, source = job.plan, job.source
    encoded = found.leads != "source"
    picture = plan.picture if encoded else None
    width, height = (picture.width, picture.height) if picture else plan.video.upright
    return Prospect(
        input=source.path,
        strategy="encode" if encoded else ("remux" if plan.strategy == "encode" else plan.strategy),
        leads=found.leads,
        bytes=found.file_bytes,
        video_bitrate_bps=found.video_bytes.times(8 / max(plan.video.duration_s, 0.001)),
        seconds=found.seconds,
        vmaf=found.quality,
        vmaf_size=None if found.quality is None else f"{found.size[0]}x{found.size[1]}",
        width=width,
        height=height,
        codec=plan.encoder.codec if encoded and plan.encoder else plan.video.codec,
        source_bytes=source.size_bytes,
        reasons=plan.reasons,
    )

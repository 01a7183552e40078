"""The pipeline from a plan to a finished file. It calls the stages in order and decides nothing.

    plan ──▶ copy   ───────────────▶ the same bytes
         ──▶ remux  ──▶ ffmpeg ─────▶ the same packets in another container
         ──▶ encode ──▶ reach ──────▶ new pictures, by what leads
                          │  qualitycontrol: windows cut, search the CRF, encode, score, correct
                          │  ratecontrol: a rate or a size
                          │    floor: the least that can be made, where little is asked
                          │    scout: first pass over small pictures; where a size counts, a rehearsal of the whole file
                          │    rungs: which picture size the rate carries
                          │    encode, measure, correct
    then: verify ──▶ place.publish

Every FFmpeg runs in the sandbox with the source as an open descriptor and one folder to write to. The folder
is beside the output and goes with the job; the result leaves it by one rename, after every check has passed.
Each stage yields events as it goes; what it returns is the next stage's input.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo
from slimreel.core.plan import EncodePlan, make_plan
from slimreel.engine import argv, complaints, place, prelude, reach, verify
from slimreel.engine.job import Assessed, Job, Steps
from slimreel.engine.measured import Measured, measure
from slimreel.engine.timeline import Timeline
from slimreel.errors import DamagedInput


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a render gave: the plan as carried out, the file as measured, and its quality where one was wanted."""

    plan: EncodePlan
    made: Measured
    assessed: Assessed | None


def render(
    plan: EncodePlan,
    source: MediaInfo,
    goal: Goal,
    output: Path,
    *,
    salvage: bool,
    overwrite: bool,
    chunk_folder: Path | None = None,
    timeline: Timeline | None = None,
) -> Steps[Rendered]:
    """Carry out `plan` on `source`, or on the timeline that `source` describes. Raises the errors of its stages;
    nothing is left behind by any of them.

    Chunks that are finished in `chunk_folder` are not made again, and stay there: it is the caller's to remove.
    """
    with place.working_folder(output) as folder:
        job = Job(source, plan, folder, goal.encode_speed, salvage, chunk_folder=chunk_folder, timeline=timeline)
        yield from prelude.prepare(job)
        made = yield from _make(job, goal)
        damage = [*source.damage, *([complaints.in_words(job.complaints)] if job.complaints else [])]
        if damage and not salvage:
            raise DamagedInput(path=source.path, detail="; ".join(damage))
        yield from verify.verify(job, made)
        if damage:
            yield job.because(Reason(id="salvaged", fields={"detail": "; ".join(damage)}))
        job.fraction = 1.0
        yield job.progress("verify")
        keep_times = None if goal.strip_metadata or timeline else Path(source.path)
        place.publish(job.result, output, overwrite=overwrite, times_of=keep_times)
        return Rendered(job.plan, made, job.assessed)


def _make(job: Job, goal: Goal) -> Steps[Measured]:
    if job.plan.strategy == "encode":
        made = yield from reach.reach(job)
        if isinstance(made, Measured):
            return made
        kept = make_plan(replace(goal, reencode=False), job.source, job.plan.container.name)
        yield job.replan(kept, made)
    if job.plan.strategy == "copy":
        with place.storage_errors(job.folder):
            shutil.copyfile(job.source.path, job.result)
        yield job.progress("mux")
        return measure(job.result)
    made = yield from _remux(job)
    if job.plan.size_limit_bytes is not None and made.file_bytes > job.plan.size_limit_bytes:
        encoded = make_plan(replace(goal, reencode=True), job.source, job.plan.container.name)
        yield job.replan(encoded)
        return (yield from _make(job, goal))
    return made


def _remux(job: Job) -> Steps[Measured]:
    with job.open_source() as fd:
        arguments = argv.remux(job.source, fd, job.plan, job.result.name)
        yield from job.run("mux", 0.5, arguments, (fd,))
    return measure(job.result)

"""One person's compression at one machine, from a path and a goal to a checked file. The library's main verb.

It brings plan and engine together; it prints nothing, keeps nothing, and knows no language but the goal's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

from slimreel.core import budget
from slimreel.core import plan as plans
from slimreel.core.containers import CONTAINERS, container_of_suffix
from slimreel.core.contradictions import contradiction
from slimreel.core.events import Decided, Progress
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo
from slimreel.core.presets import find_preset, with_preset
from slimreel.engine import capabilities, probe, render
from slimreel.engine.quality import MODEL
from slimreel.engine.render import Rendered
from slimreel.errors import DamagedInput, DiskFull, OutputExists, UsageError
from slimreel.workbench.clock import Clock
from slimreel.workbench.finish import finish
from slimreel.workbench.result import Result

Event = Progress | Decided
Events = Generator[Event, None, Result]


def compress(
    path: str | os.PathLike[str],
    goal: Goal | str,
    out: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Event], None] | None = None,
    *,
    overwrite: bool = False,
    salvage: bool = False,
) -> Result:
    """Compress the video at `path` to `goal` (a Goal, or words such as "8 Mbps") and write it to `out`.

    `out` defaults to `NAME-slim.mp4` beside the source; its suffix names the container. `on_progress` gets
    each event (see slimreel.core.events). Returns a Result whose numbers were measured on the finished file.

    Raises the classes of slimreel.errors: NotAVideo, DamagedInput (unless `salvage`), TargetImpossible with
    `fields["smallest_bytes"]` or `["smallest_bps"]`, OutputExists (unless `overwrite`), StorageError,
    WishNotUnderstood, UsageError, EngineError. After any of them nothing is left behind.
    """
    events = compress_events(path, goal, out, overwrite=overwrite, salvage=salvage)
    return finish(events, on_progress or (lambda event: None))


def compress_events(
    path: str | os.PathLike[str],
    goal: Goal | str,
    out: str | os.PathLike[str] | None = None,
    *,
    overwrite: bool = False,
    salvage: bool = False,
    chunk_folder: Path | None = None,
) -> Events:
    """The iterator beneath `compress`: yields Progress and Decided events, returns the Result.

    Closing it stops the work and removes what was unfinished. Chunks that are finished in `chunk_folder` are used, and
    stay there.
    """
    clock = Clock()
    source_path = Path(path)
    wanted = read_goal(goal)
    yield Progress(stage="probe", fraction=0.0)
    source = probe.probe(source_path)
    if source.damage and not salvage:
        raise DamagedInput(path=source_path, detail="; ".join(source.damage))
    output = Path(out) if out is not None else default_output(source_path, wanted)
    container = named_container(output, wanted)
    plan = plans.make_plan(wanted, source, container, salvage=salvage)
    check_output(source_path, output, overwrite=overwrite)
    if plan.encoder is not None and plan.encoder.chip is not None:
        wanted = replace(wanted, encoder=capabilities.choose_hardware(plan.encoder.codec, wanted.encoder or "hardware"))
        plan = plans.make_plan(wanted, source, container, salvage=salvage)
    elif plan.encoder is not None:
        capabilities.require(plan.encoder)
    if plan.reasons:
        yield Decided(reasons=plan.reasons)
    try:
        done = yield from render.render(
            plan, source, wanted, output, salvage=salvage, overwrite=overwrite, chunk_folder=chunk_folder
        )
    except DiskFull as error:  # whatever was being done: what fills up is the disk of the output
        raise DiskFull(path=output.absolute().parent) from error
    return result_of(source, output, wanted, done, clock)


def read_goal(goal: Goal | str) -> Goal:
    """A Goal from words or as it is, with its preset filled in.

    Raises WishNotUnderstood, Contradiction, UsageError.
    """
    if not isinstance(goal, (Goal, str)):
        raise UsageError(detail=f'The goal must be a Goal or words such as "8 Mbps", not {type(goal).__name__}.')
    if isinstance(goal, str):
        from slimreel.agent.wish import goal_from_text  # 50 ms of CPU that a Goal does not need

        goal = goal_from_text(goal)
    preset = find_preset(goal.preset) if goal.preset else None
    found = contradiction(goal, preset.goal if preset else None)
    if found is not None:
        raise found
    return with_preset(goal, preset)


def default_output(path: Path, goal: Goal, folder: Path | None = None) -> Path:
    """`NAME-slim.mp4` beside the source or in `folder`, with the container's own suffix."""
    name = goal.container or "mp4"
    return (folder or path.parent) / f"{path.stem}-slim{CONTAINERS[name].suffixes[0]}"


def named_container(output: Path, goal: Goal) -> str | None:
    """What the output's suffix says. A suffix that means nothing needs --container."""
    named = container_of_suffix(output.suffix)
    if named is None and goal.container is None:
        endings = " or ".join(row.suffixes[0] for row in CONTAINERS.values())
        detail = f"The name {output.name} does not end in {endings}; choose one of them, or add --container."
        raise UsageError(detail=detail)
    return named


def check_output(source: Path, output: Path, *, overwrite: bool) -> None:
    """Raise UsageError or OutputExists where the output cannot be written there."""
    if output.is_dir():
        raise UsageError(detail=f"{output} is a folder; use --out-dir for it.")
    if output.exists():
        if output.samefile(source):
            raise UsageError(detail=f"The output would replace the input {source}; name another with -o.")
        if not output.is_file():  # renaming over /dev/null would take it away from the whole machine
            raise UsageError(detail=f"{output} is a device or a pipe; name an ordinary file with -o.")
        if not overwrite:
            raise OutputExists(path=output)


def result_of(source: MediaInfo, output: Path, goal: Goal, done: Rendered, clock: Clock) -> Result:
    """What a render gave, measured on the file."""
    info, video = done.made.info, done.made.info.video[0]
    target, error = _target_and_error(done, goal, source)
    cpu, wall = clock.read()
    return Result(
        input=source.path,
        output=str(output),
        strategy=done.plan.strategy,
        bytes=info.size_bytes,
        duration_s=round(info.duration_s, 3),
        video_bitrate_bps=round(video.bitrate_bps),
        audio_bitrate_bps=round(sum(track.bitrate_bps for track in info.audio)),
        width=video.width,
        height=video.height,
        fps=round(float(video.average_rate), 3),
        codec=video.codec,
        target=target,
        error_percent=error,
        reasons=done.plan.reasons,
        cpu_seconds=cpu,
        wall_seconds=wall,
        source_bytes=source.size_bytes,
        quality=_quality(done),
        goal=goal,
    )


def _target_and_error(
    done: Rendered, goal: Goal, source: MediaInfo
) -> tuple[dict[str, int | float | str] | None, float | None]:
    plan, limit = done.plan, plans.size_limit(goal, source)
    if limit is not None:
        target: dict[str, int | float | str] = {"kind": "size", "bytes": limit}
        error = None if plan.strategy != "encode" else 100 * (done.made.file_bytes / limit - 1)
    elif goal.video_bitrate_bps and goal.quality != "visually_lossless":
        target = {"kind": "bitrate", "bps": goal.video_bitrate_bps}
        held = not budget.is_brief(plan.duration_s, plan.video.packets)
        reached = held and plan.target is not None and plan.target.asked
        made_bps = done.made.info.video[0].bitrate_bps
        error = 100 * (made_bps / goal.video_bitrate_bps - 1) if reached else None
    elif ceiling := goal.video_bitrate_bps or goal.max_bitrate_bps:
        return {"kind": "max_bitrate", "bps": ceiling}, None
    else:
        return None, None
    return target, None if error is None else round(error, 3)


def _quality(done: Rendered) -> dict[str, int | float | str] | None:
    found = done.assessed
    if found is None:
        return None
    return {
        "vmaf": round(found.scores.mean, 2),
        "vmaf_p5": round(found.scores.low, 2),
        "vmaf_wanted": found.wanted,
        "vmaf_foretold": round(found.foretold, 2),
        "frames": found.scores.frames,
        "size": f"{found.size[0]}x{found.size[1]}",
        "model": MODEL,
    }

"""Renders what a draft asks for: its video by its goal, and beside or instead of it the other files that were wanted.

The plan comes before the graph: it decides the size, and the graph is made at that size.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from slimreel.core import plan as plans
from slimreel.core.byproducts import SOUND_FORMATS
from slimreel.core.codecs import ENCODERS
from slimreel.core.containers import CONTAINERS, Container, container_of_suffix
from slimreel.core.events import Decided, Reason
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo
from slimreel.core.plan import EncodePlan
from slimreel.core.smartcut import CannotCopy
from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, Output
from slimreel.edit.ops.export import Exported
from slimreel.edit.ops.extract_audio import SoundFile
from slimreel.edit.ops.gif import AnimatedGif
from slimreel.edit.ops.preview import Previewed
from slimreel.edit.ops.split_parts import Parts
from slimreel.edit.ops.thumbnail import Still
from slimreel.engine import byproducts, capabilities, render
from slimreel.engine.render import Rendered
from slimreel.engine.smartcut import smartcut
from slimreel.engine.timeline import Timeline, build
from slimreel.errors import UsageError
from slimreel.graph.excerpt import excerpt, of_clip
from slimreel.graph.fitting import scaled_to
from slimreel.graph.high_range import hdr_of, obstacles
from slimreel.graph.material import Materials
from slimreel.graph.only_cut import only_cut
from slimreel.graph.stand_in import colors_of, stand_in, usual_goal
from slimreel.graph.untouched import untouched_sound
from slimreel.workbench.clock import Clock
from slimreel.workbench.compress import Event, check_output, named_container, read_goal, result_of
from slimreel.workbench.result import Result


@dataclass(frozen=True, slots=True)
class Finished:
    """One file as it was made. `reasons` are those of files that have no result of their own."""

    path: Path
    kind: str
    bytes: int
    result: Result | None = None
    reasons: tuple[Reason, ...] = ()


Files = Generator[Event, None, list[Finished]]
# Parts by size are cut by what the whole is expected to take; room for parts that take more than their share.
_PART_SHARE = 0.9
# Whatever is looked at, a preview plays everywhere.
_PREVIEW = Goal(crf=30, encode_speed="fast", codec="h264", hdr="tonemap")


def deliver(
    draft: Draft,
    materials: Materials,
    out: Path,
    clock: Clock,
    *,
    overwrite: bool,
    salvage: bool,
    chunk_folder: Path | None = None,
) -> Files:
    """Every file that the draft asks for: at `out` with the ending of its kind, numbered where that is taken.

    Chunks that are finished in `chunk_folder` are used, and stay there.
    """
    kitchen = _Kitchen(materials, clock, overwrite=overwrite, salvage=salvage, chunk_folder=chunk_folder)
    outputs: tuple[Output, ...] = draft.outputs or (Exported(),)
    made: list[Finished] = []
    for wanted in outputs:
        place = place_of(out, wanted, {one.path for one in made})
        made += yield from kitchen.make(draft, wanted, place)
    return made


class _Kitchen:
    """What all files of one delivery have in common."""

    def __init__(
        self, materials: Materials, clock: Clock, *, overwrite: bool, salvage: bool, chunk_folder: Path | None
    ) -> None:
        self.materials = materials
        self.clock = clock
        self.overwrite = overwrite
        self.salvage = salvage
        self.chunk_folder = chunk_folder

    def make(self, draft: Draft, wanted: Output, out: Path) -> Files:
        if isinstance(wanted, Exported):
            clip = wanted.clip
            chosen = of_clip(draft, clip) if clip else draft
            goal = exported_goal(wanted, draft.clip_goals.get(clip, draft.goal) if clip else draft.goal)
            if wanted.format == "mp3":
                return (yield from self._beside(chosen, out, SoundFile(format="mp3")))
            if wanted.format == "gif":
                whole = TimeRange(0, chosen.length)
                gif = AnimatedGif(stretch=whole, fps=12.0, width_px=min(480, draft.canvas.width), loop=True)
                return (yield from self._beside(chosen, out, gif))
            return [(yield from self.video(replace(chosen, goal=goal), out))]
        if isinstance(wanted, Previewed):
            seen = replace(excerpt(draft, wanted.stretch), goal=replace(_PREVIEW, resolution=wanted.short_side))
            return [(yield from self.video(seen, out, kind=wanted.kind))]
        if isinstance(wanted, Parts):
            return (yield from self._parts(draft, wanted, out))
        return (yield from self._beside(draft, out, wanted))

    def video(self, draft: Draft, out: Path, kind: str = "video") -> Generator[Event, None, Finished]:
        """The timeline as a video by its goal."""
        named = named_container(out, draft.goal or Goal())
        _check_outputs(self.materials, out, overwrite=self.overwrite)
        timeline, source, plan, goal = planned(draft, self.materials, named)
        if plan.encoder is not None and plan.encoder.chip is not None:
            chip = capabilities.choose_hardware(plan.encoder.codec, goal.encoder or "hardware")
            chosen = replace(draft, goal=replace(goal, encoder=chip))
            timeline, source, plan, goal = planned(chosen, self.materials, named)
        elif plan.encoder is not None:
            capabilities.require(plan.encoder)
        copied = yield from self._cut(draft, out, timeline, source, plan, goal)
        if isinstance(copied, tuple):
            plan = replace(plan, reasons=(*copied, *plan.reasons))
        else:
            result = result_of(source, out, goal, copied, self.clock)
            return Finished(out, kind, result.bytes, result)
        if plan.reasons:
            yield Decided(reasons=plan.reasons)
        done = yield from render.render(
            plan,
            source,
            goal,
            out,
            salvage=self.salvage,
            overwrite=self.overwrite,
            chunk_folder=self.chunk_folder,
            timeline=timeline,
        )
        result = result_of(source, out, goal, done, self.clock)
        return Finished(out, kind, result.bytes, result)

    def _cut(
        self, draft: Draft, out: Path, timeline: Timeline, source: MediaInfo, plan: EncodePlan, goal: Goal
    ) -> Generator[Event, None, Rendered | tuple[Reason, ...]]:
        """The timeline by copying what its cuts do not touch, or what is to be told of why all pictures are encoded."""
        try:
            found = only_cut(draft, self.materials, plan.container)
            kept = plans.plan_copied(source, goal, plan.container)
            return (yield from smartcut(kept, found, timeline, out, rate=draft.canvas.rate, overwrite=self.overwrite))
        except CannotCopy as error:
            off = Reason(id="smartcut_off", fields={"why": error.why})
            return () if error.goes_without_saying else (off,)

    def _parts(self, draft: Draft, wanted: Parts, out: Path) -> Files:
        ends, goal = wanted.ends, draft.goal
        if wanted.max_size_bytes is not None:
            ends = self._ends_by_size(draft, wanted.max_size_bytes)
            usual = goal or Goal(quality="high")
            goal = replace(usual, target_size_bytes=wanted.max_size_bytes, size_ratio=None, crf=None)
        made: list[Finished] = []
        for number, (start, end) in enumerate(zip((0, *ends), ends, strict=False), 1):
            part = replace(excerpt(draft, TimeRange.between(start, end)), goal=goal)
            place = out.with_name(f"{out.stem}-{number:0{len(str(len(ends)))}}{out.suffix}")
            made.append((yield from self.video(part, place, kind=wanted.kind)))
        return made

    def _ends_by_size(self, draft: Draft, most_bytes: int) -> tuple[int, ...]:
        canvas = (draft.canvas.width, draft.canvas.height)
        source = stand_in(draft, self.materials, canvas, colors_of(draft, self.materials))
        whole = plans.size_limit(draft.goal, source) if draft.goal else None
        count = min(draft.length, math.ceil((whole or source.size_bytes) / (most_bytes * _PART_SHARE)))
        return tuple(draft.length * number // count for number in range(1, count + 1))

    def _beside(self, draft: Draft, out: Path, wanted: Output) -> Files:
        width = draft.canvas.width
        if isinstance(wanted, AnimatedGif):
            seen, width, making = excerpt(draft, wanted.stretch), wanted.width_px, byproducts.gif(wanted)
        elif isinstance(wanted, Still):
            frame = wanted.frame
            seen = draft if frame is None else excerpt(draft, TimeRange(frame, 1))
            making = byproducts.still(wanted)
        elif isinstance(wanted, SoundFile):
            seen = of_clip(draft, wanted.clip) if wanted.clip else draft
            making = byproducts.sound(wanted, untouched_sound(seen, self.materials))
        else:
            raise UsageError(detail=f"this slimreel makes no file of the kind {wanted.kind}")
        _check_outputs(self.materials, out, overwrite=self.overwrite)
        canvas = (draft.canvas.width, draft.canvas.height)
        shown = scaled_to(canvas, (width, canvas[1]), cover=False) if width < canvas[0] else canvas
        colors = colors_of(seen, self.materials)
        source = stand_in(seen, self.materials, shown, colors)
        plan = plans.make_plan(Goal(crf=23, reencode=True), source)
        timeline = build(seen, self.materials, shown, colors)
        size_bytes, reasons = yield from byproducts.make(timeline, source, plan, out, making, overwrite=self.overwrite)
        return [Finished(out, wanted.kind, size_bytes, reasons=reasons)]


def planned(draft: Draft, materials: Materials, named: str | None) -> tuple[Timeline, MediaInfo, EncodePlan, Goal]:
    """Twice planned: once to learn the size, then for the graph at that size, which is all that is scaled."""
    container = _container(draft.goal, named)
    goal = read_goal(usual_goal(draft, materials, container.video))
    canvas = (draft.canvas.width, draft.canvas.height)
    hdr, reasons = _range_of(draft, materials, goal, container)
    colors = colors_of(draft, materials, hdr=hdr)
    first = plans.make_plan(goal, stand_in(draft, materials, canvas, colors), named)
    assert first.picture is not None
    size = (first.picture.width, first.picture.height)
    colors = replace(colors, pix_fmt=first.picture.pix_fmt)
    source = stand_in(draft, materials, size, colors)
    plan = replace(plans.make_plan(goal, source, named), reasons=(*reasons, *first.reasons))
    return build(draft, materials, size, colors), source, plan, goal


def exported_goal(wanted: Exported, goal: Goal | None) -> Goal | None:
    """The goal with what the export says besides; None where neither says anything."""
    changes: dict[str, object] = {}
    if wanted.format in ("mp4", "mov", "webm"):
        changes["container"] = wanted.format
    if wanted.short_side is not None:
        changes["resolution"] = wanted.short_side
    if wanted.fps is not None:
        changes["fps"] = wanted.fps
    if not changes:
        return goal
    return replace(goal or Goal(quality="high"), **changes)  # type: ignore[arg-type]  # fields of Goal by name


def _container(goal: Goal | None, named: str | None) -> Container:
    chosen = goal.container if goal is not None else None
    return CONTAINERS[chosen or container_of_suffix(f".{named}") or "mp4"]


def _range_of(
    draft: Draft, materials: Materials, goal: Goal, container: Container
) -> tuple[str | None, tuple[Reason, ...]]:
    """The transfer of HDR where the timeline stays in it, and why not where it does not."""
    hdr = next((found.video.hdr for found in materials.values() if found.video is not None and found.video.hdr), None)
    if hdr is None:
        return None, ()
    codec = goal.codec or container.default_codec
    if goal.hdr == "tonemap" or not ENCODERS[codec].holds_depth:
        if goal.hdr == "keep":
            raise UsageError(detail=f"HDR is kept in hevc or av1, not in {codec}. Add --codec hevc.")
        return None, (Reason(id="tone_mapped", fields={"transfer": hdr}),)
    common = hdr_of(draft, materials)
    hindering = obstacles(draft, materials) if common is not None else ()
    if common is not None and not hindering:
        return common, ()
    what = ", ".join(hindering) or "-"
    if goal.hdr == "keep":
        why = f"{what} cannot be done to it" if hindering else "not every clip is HDR of one kind"
        raise UsageError(detail=f"HDR cannot be kept here: {why}.")
    if hindering:
        return None, (Reason(id="tone_mapped_for", fields={"transfer": hdr, "what": what}),)
    return None, (Reason(id="tone_mapped_mixed", fields={"transfer": hdr}),)


def _check_outputs(materials: Materials, out: Path, *, overwrite: bool) -> None:
    on_disk = [material for material in materials.values() if material.asset.path]
    for material in on_disk:
        check_output(Path(material.asset.path), out, overwrite=overwrite)


def place_of(out: Path, wanted: Output, taken: set[Path]) -> Path:
    """Where a file goes: the place said, if the name fits its kind; else the same name with another ending."""
    endings = _endings(wanted)
    if not endings or out.suffix.lower() in endings:
        path = out
    else:
        path = out.with_suffix(endings[0])
    number = 2
    while path in taken:
        path = path.with_name(f"{out.stem}-{number}{path.suffix}")
        number += 1
    return path


def _endings(wanted: Output) -> tuple[str, ...]:
    if isinstance(wanted, AnimatedGif) or (isinstance(wanted, Exported) and wanted.format == "gif"):
        return (".gif",)
    if isinstance(wanted, Still):
        return (".jpg", ".jpeg") if wanted.format == "jpg" else (f".{wanted.format}",)
    if isinstance(wanted, SoundFile):
        return (SOUND_FORMATS[wanted.format].suffix,)
    if isinstance(wanted, Exported) and wanted.format == "mp3":
        return (".mp3",)
    if isinstance(wanted, Exported) and wanted.format is not None:
        return CONTAINERS[wanted.format].suffixes  # type: ignore[index]  # gif and mp3 are answered above
    video = tuple(ending for row in CONTAINERS.values() for ending in row.suffixes)
    return (CONTAINERS["mp4"].suffixes[0], *video)

"""Asks for a small, quick look at the timeline or a stretch of it.

before  |--------A--------|
after      |--a--|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.core.units import parse_resolution
from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Lines, Operation, Stage, Stretch
from slimreel.edit.placing import stretch_of
from slimreel.edit.said import Said
from slimreel.edit.targets import seconds
from slimreel.edit.wanted import with_output


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed(Output):
    """A stretch of the timeline in frames, small."""

    kind: ClassVar[str] = "previewed"

    stretch: TimeRange
    short_side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Operation):
    """Nothing of the draft changes."""

    op: ClassVar[str] = "preview"
    said: ClassVar[Said] = Said(
        cues=("RANGE preview", "preview", "preview RANGE|FIRST|LAST", "preview video", "preview autopick"),
        words="preview export adding quick timeline autopick grain saving keep text n_title",
        en=(
            "quick preview",
            "show me the first 5s before you render",
            "low res preview of 0:30-0:40",
            "can i see how the title looks",
        ),
        zh=("先预览一下", "看看前5秒效果", "出个小样", "标题那段给我看看"),
    )
    stage: ClassVar[Stage] = "output"

    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None
    resolution: Annotated[Lines, Meta(description="maximum of the short side, pixels or a name")] = "360p"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        stretch = stretch_of(draft, *(self.range_s or (0.0, "end")))
        lines = parse_resolution(str(self.resolution)).short_side or 360
        after = with_output(draft, Previewed(stretch=stretch, short_side=lines))
        start_s, end_s = seconds(draft, stretch.start), seconds(draft, stretch.end)
        return after, (self.change(start_s=start_s, end_s=end_s),)

"""Makes an animated picture of a stretch.

before  |--------A--------|
after      |-GIF-|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Change, Count, Edited, Moment, Operation, Seconds, Stage
from slimreel.edit.placing import stretch_of
from slimreel.edit.said import Said
from slimreel.edit.targets import seconds
from slimreel.edit.wanted import with_output

LONG_S = 15  # beyond it a GIF is larger than a video of the same length


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimatedGif(Output):
    """A stretch of the timeline, in frames."""

    kind: ClassVar[str] = "animated_gif"

    stretch: TimeRange
    fps: float
    width_px: int
    loop: bool
    max_size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gif(Operation):
    """Above 15 seconds it is made all the same, with a warning."""

    op: ClassVar[str] = "gif"
    said: ClassVar[Said] = Said(
        cues=("gif", "gif RANGE|FIRST|LAST", "gif adding|changing|splitting|cutting"),
        words="gif adding changing keep loop splitting cutting each export trimming frame_word out:resolution once",
        en=(
            "make a gif from 2s to 5s",
            "gif the first three seconds",
            "animated gif 320px under 3mb",
            "loopable gif of the punchline at 0:12-0:14",
        ),
        zh=("2到5秒做成gif", "把前三秒转动图", "做个表情包动图，宽240", "动图控制在3兆内"),
    )
    stage: ClassVar[Stage] = "output"

    start_s: Annotated[Seconds, Meta(description="where it begins, seconds")] = 0.0
    end_s: Annotated[Moment, Meta(description="where it ends, seconds or `end`")] = "end"
    fps: Annotated[Annotated[float, Meta(ge=1, le=50)], Meta(description="pictures a second")] = 12.0
    width_px: Annotated[Annotated[int, Meta(ge=16, le=4096)], Meta(description="its width; never enlarged")] = 480
    loop: Annotated[bool, Meta(description="again and again")] = True
    max_size_bytes: Annotated[Count | None, Meta(description="never larger than this, bytes")] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        stretch = stretch_of(draft, self.start_s, self.end_s)
        width = min(self.width_px, draft.canvas.width)
        wanted = AnimatedGif(
            stretch=stretch, fps=self.fps, width_px=width, loop=self.loop, max_size_bytes=self.max_size_bytes
        )
        start_s, end_s = seconds(draft, stretch.start), seconds(draft, stretch.end)
        changes = [self.change(start_s=start_s, end_s=end_s, width=width)]
        if end_s - start_s > LONG_S:
            changes.append(Change(id="edit_gif_long", fields={"duration_s": end_s - start_s}))
        return with_output(draft, wanted), tuple(changes)

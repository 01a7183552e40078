"""Takes one picture out of the video, as a cover.

before  |--------A--------|
after        [A]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Operation, Seconds, Side, Stage
from slimreel.edit.said import Said
from slimreel.edit.targets import seconds
from slimreel.edit.wanted import with_output

Format = Literal["jpg", "png", "webp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Still(Output):
    """The picture at `frame`; None is the sharpest one near the first change of scene."""

    kind: ClassVar[str] = "still"

    frame: int | None = None
    format: Format = "jpg"
    width_px: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail(Operation):
    """A time beyond the end is the last picture. Without a time a good one is chosen."""

    op: ClassVar[str] = "thumbnail"
    said: ClassVar[Said] = Said(
        cues=(
            "freeze pictureformat",
            "freeze AT pictureformat",
            "extracting|saving|getting pictureformat AT|TIME",
            "extracting|saving|getting pictureformat",
            "saving frame_word",
            "saving frame_word TIME|AT pictureformat",
            "saving pictureformat AT|TIME",
            "thumbnail",
            "thumbnail autopick",
            "autopick>frame_word !adding|aspectword",
            "thumbnail saving",
            "thumbnail AT|TIME",
            "saving image AT",
            "thumbnail pictureformat",
            "first_frame|last_frame saving",
            "autopick thumbnail saving",
        ),
        words=(
            "freeze thumbnail autopick saving image adding changing grain pictureformat cutting video keep export "
            "frame_word still_jpg extracting getting"
        ),
        en=("cover image at 0:07", "screenshot the frame at 1:15", "pick a nice thumbnail", "save frame 12s as jpg"),
        zh=("第7秒当封面", "截一帧", "自动挑一张好看的封面", "1分15秒那一帧存成png"),
    )
    stage: ClassVar[Stage] = "output"

    at_s: Annotated[Seconds | None, Meta(description="which picture, seconds")] = None
    auto: Annotated[bool, Meta(description="choose a sharp one, whatever `at_s` says")] = False
    format: Annotated[Format, Meta(description="kind of file")] = "jpg"
    width_px: Annotated[Side | None, Meta(description="its width; as wide as the video without it")] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        frame = None
        if self.at_s is not None and not self.auto:
            frame = min(draft.timebase.ticks(self.at_s), draft.length - 1)
        after = with_output(draft, Still(frame=frame, format=self.format, width_px=self.width_px))
        at = "auto" if frame is None else f"{seconds(draft, frame):g} s"
        return after, (self.change(at=at, format=self.format),)

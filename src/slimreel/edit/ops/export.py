"""Asks for the finished file of the draft as it stands.

before  a timeline
after   a timeline, and its video
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.core.units import parse_resolution
from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, FrameRate, Lines, Operation, Stage
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip
from slimreel.edit.wanted import with_output

Format = Literal["mp4", "mov", "webm", "gif", "mp3"]
Filename = Annotated[str, Meta(pattern=r"^[^/\\\x00-\x1f]{1,120}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported(Output):
    """The whole timeline, or one clip of it. None leaves a choice to the goal."""

    kind: ClassVar[str] = "exported"

    format: Format | None = None
    short_side: int | None = None  # maximum, pixels
    fps: float | None = None  # maximum
    filename: str | None = None  # a label, never a path
    clip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Operation):
    """What is not said is as the goal has it."""

    op: ClassVar[str] = "export"
    said: ClassVar[Said] = Said(
        cues=(
            "go_ahead",
            "saving|export naming>QUOTE",
            "saving VIDEOFILE",
            "saving|export out:container|final_word naming>QUOTE",
            "handing final_word",
            "handing final_word out:container",
            "handing out:container",
            "export final_word",
            "export>QUOTE|naming",
            "export",
            "saving out:container",
            "export out:container",
            "export LINES|LINES?",
            "export video",
            "changing? export LINES|LINES? out:container",
            "export rendering",
        ),
        words=(
            "handing getting final_word done_word out:resolution export saving adding keep rendering preview_word "
            "status out:container changing previous QUOTE frame_word"
        ),
        en=(
            "export",
            "render it out",
            "download it",
            "give me the file",
            "final version please, 1080",
            "save as mov",
            "we're done, ship it",
        ),
        zh=("导出", "下载成片", "渲染出来", "把视频发我", "保存为mp4", "出片吧"),
    )
    stage: ClassVar[Stage] = "output"

    format: Annotated[Format | None, Meta(description="kind of file")] = None
    resolution: Annotated[Lines | None, Meta(description="maximum of the short side, pixels or a name")] = None
    fps: Annotated[FrameRate | None, Meta(description="maximum frame rate")] = None
    filename: Annotated[Filename | None, Meta(description="how the file shall be called, without a folder")] = None
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clip = find_clip(draft, self.clip)
        lines = parse_resolution(str(self.resolution)).short_side if self.resolution else None
        wanted = Exported(
            format=self.format, short_side=lines, fps=self.fps, filename=self.filename, clip=clip.id if clip else None
        )
        return with_output(draft, wanted), (self.change(format=self.format or "mp4"),)

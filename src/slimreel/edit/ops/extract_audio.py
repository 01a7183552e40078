"""Takes the sound out as a file of its own.

before  picture and sound
after   sound
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Count, Edited, Operation, Stage
from slimreel.edit.ops.volume import sounding
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip
from slimreel.edit.wanted import with_output

Format = Literal["mp3", "m4a", "wav", "flac", "opus"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFile(Output):
    """The mixed sound of the timeline, or of one clip."""

    kind: ClassVar[str] = "sound_file"

    format: Format
    bitrate_bps: int | None = None
    clip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractAudio(Operation):
    """Refused where there is no sound."""

    op: ClassVar[str] = "extract_audio"
    said: ClassVar[Said] = Said(
        cues=(
            "audioformat RATE|SCALE|NUMBER",
            "audioformat keep|getting",
            "extract_audio picture_word remove",
            "keep extract_audio picture_word remove",
            "extract_audio keep",
            "extract_audio",
            "extracting sound",
            "extracting sound audioformat",
            "audioformat extracting",
            "getting sound audioformat",
            "getting audioformat",
            "sound audioformat",
            "keep sound",
            "keep sound audioformat",
            "extract_audio audioformat",
            "export audioformat",
            "music extracting audioformat",
            "keep audioformat",
        ),
        words="DEPTH extract_audio sound music keep extracting saving export changing adding parts each getting "
        "picture_word",
        en=("just the audio as wav", "pull the soundtrack out", "give me an mp3 of this", "audio only, m4a 256k"),
        zh=("只要音频", "把声音提取成mp3", "导出wav", "音轨单独存一份，256k"),
    )
    stage: ClassVar[Stage] = "output"

    format: Annotated[Format, Meta(description="kind of file")] = "mp3"
    audio_bitrate_bps: Annotated[Count | None, Meta(description="bit/s, where the kind of file has one")] = None
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        sounding(draft, facts, "all", self.clip)
        clip = find_clip(draft, self.clip)
        wanted = SoundFile(format=self.format, bitrate_bps=self.audio_bitrate_bps, clip=clip.id if clip else None)
        return with_output(draft, wanted), (self.change(clip.id if clip else "", format=self.format),)

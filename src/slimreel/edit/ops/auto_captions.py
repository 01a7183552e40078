"""Writes down what is said in the clips and shows it as subtitles.

before  |--------A--------|
after   |--------A--------|
          -- --- - -- ---
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, MediaSegment, SubtitleSegment
from slimreel.edit.facts import Asset, Facts
from slimreel.edit.operation import Edited, Operation
from slimreel.edit.ops.add_text import Size
from slimreel.edit.ops.subtitles import SIZES_PX, Language
from slimreel.edit.placing import put
from slimreel.edit.ripple import slice_of
from slimreel.edit.said import Said
from slimreel.errors import EditRefused, NoSpeechEngine

_SIZES: dict[str, Size] = {"plain": "medium", "small": "small", "large": "large"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoCaptions(Operation):
    """Needs a speech engine, to which all sound of the files is sent (docs/howto/captions.md)."""

    op: ClassVar[str] = "auto_captions"
    said: ClassVar[Said] = Said(
        cues=(
            "autocap",
            "autocap subtitles",
            "autocap subtitles burn",
            "autocap voice|sound|talking",
            "adding language_word subtitles",
        ),
        words="autocap subtitles adding text burn soft voice sound talking writing language_word small_amount",
        en=("auto caption this", "add english captions", "transcribe and burn subs"),
        zh=("自动加字幕", "识别语音生成中文字幕", "听写一下做字幕"),
    )

    language: Annotated[Language, Meta(description="what is spoken, such as `en`; `auto` finds out")] = "auto"
    mode: Annotated[Literal["burn", "soft"], Meta(description="drawn into the picture, or a track of their own")] = (
        "burn"
    )
    style: Annotated[Literal["plain", "small", "large"], Meta(description="how the letters look")] = "plain"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if not facts.has_speech_engine:
            raise NoSpeechEngine()
        forwards = [clip for clip in draft.clips if not clip.is_still and not clip.backwards]
        heard = [clip for clip in forwards if facts.asset(clip.asset).has_audio]
        if not heard:
            raise EditRefused(detail="there is no sound in which anything could be said")
        said = [(clip, facts.transcript(clip.asset, self.language)) for clip in heard]
        spoken = [(clip, found, found.subtitles) for clip, found in said if found.subtitles is not None]
        if not spoken:
            raise EditRefused(detail="nothing that is said was heard in it")
        base, after = draft.new_id("s")
        for number, (clip, found, subtitles) in enumerate(spoken, 1):
            part_id = base if number == 1 else f"{base}.{number}"
            after = put(after, self._captions(part_id, clip, draft, facts.asset(subtitles), found.language))
        return after, (self.change(base, language=self.language, mode=self.mode),)

    def _captions(self, part_id: str, clip: MediaSegment, draft: Draft, words: Asset, language: str) -> SubtitleSegment:
        behind = next((one for one in draft.clips if one.place.start > clip.place.start), None)
        shown = slice_of(clip, TimeRange(0, clip.place.duration - (behind.overlap if behind else 0)))
        return SubtitleSegment(
            id=part_id,
            place=shown.place,
            asset=words.id,
            title=words.title,
            source=shown.source,
            mode=self.mode,
            language=None if language == "auto" else language,
            size_px=SIZES_PX[_SIZES[self.style]],
        )

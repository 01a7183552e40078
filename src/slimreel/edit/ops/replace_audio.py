"""Puts a sound file in the place of what the clips sound like: a voice, a better recording.

before  |--------A--------|   its own sound
after   |--------A--------|   the sound of the file
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.adding import Timed, find_file, times_asked
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Name
from slimreel.edit.ops.volume import Level, at_level, level_at
from slimreel.edit.placing import take_off
from slimreel.edit.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceAudio(Timed):
    """The clips fall silent; music stays. A second file takes the place of the first."""

    op: ClassVar[str] = "replace_audio"
    said: ClassVar[Said] = Said(
        cues=(
            "replace own_song",
            "replace sound|original_sound|voice|music own_song",
            "remove original_sound SOUNDFILE replace",
            "SOUNDFILE replace original_sound",
            "replace SOUNDFILE",
            "SOUNDFILE replace",
            "remove original_sound SOUNDFILE",
            "original_sound SOUNDFILE",
            "replace FILE",
            "replace sound|original_sound|voice|voiceover|music",
            "replace original_sound|sound|voice FILE",
            "voiceover FILE",
            "replace sound FILE",
        ),
        words="own_song audioformat own_file upload getting "
        "adding under_word sound music original_sound voice voiceover keep",
        en=(
            "use narration.wav instead of the camera sound",
            "replace the audio track with song.mp3",
            "dub it with vo.m4a",
        ),
        zh=("用narration.wav替换原声", "声音换成song.mp3", "配上vo.m4a这条旁白"),
    )
    letter: ClassVar[str] = "m"

    file: Annotated[Name | None, Meta(description="id or name of a sound file; the only one there is without it")] = (
        None
    )
    volume: Annotated[Level, Meta(description="0 is silent, 1 as loud as the file")] = 1.0

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        others = [one for one in draft.elements() if isinstance(one, MediaSegment) and one.role == "voiceover"]
        left = take_off(draft, (one.id for one in others))
        silent = left.with_segments(at_level(clip, 0.0) for clip in left.clips if not clip.is_still)
        return Timed.apply(self, silent, facts)

    def element(self, element_id: str, draft: Draft, facts: Facts) -> MediaSegment:
        asset = find_file(self.op, facts, self.file, "audio")
        voice = self.media(element_id, asset, "voiceover", draft)
        return voice if self.volume == 1 else at_level(voice, self.volume)

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, MediaSegment) or element.role != "voiceover":
            return None
        level = level_at(element, element.place.duration)
        return {"file": element.asset, "volume": level, **times_asked(element, draft)}

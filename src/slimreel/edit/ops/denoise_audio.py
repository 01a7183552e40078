"""Takes hum, hiss and wind out of the sound of the clips.

before  .:~.:~.:~
after     ~  ~  ~
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.affect import Affecting
from slimreel.edit.draft import Effect, Slot
from slimreel.edit.operation import Strength
from slimreel.edit.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundDenoised(Effect):
    """Steady noise subtracted."""

    kind: ClassVar[str] = "sound_denoised"
    slot: ClassVar[Slot] = "sound"

    strength: Strength = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoiseAudio(Affecting):
    """A stronger setting makes voices duller."""

    op: ClassVar[str] = "denoise_audio"
    said: ClassVar[Said] = Said(
        cues=(
            "denoising !grain !picture_word",
            "denoise|remove noise",
            "noise",
            "denoise sound",
            "denoise|remove noise sound",
            "noise denoise voice",
        ),
        words="noise denoise sound voice remove down_word too_word quieter louder large_amount",
        en=("remove background noise", "clean up the hum", "wind noise, fix it"),
        zh=("降噪", "去掉底噪", "风声太大处理一下"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (SoundDenoised,)

    strength: Annotated[Strength, Meta(description="how much is taken out")] = "medium"

    def effect(self) -> Effect:
        return SoundDenoised(strength=self.strength)

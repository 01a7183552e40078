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
    makes: ClassVar[tuple[type[Effect], ...]] = (SoundDenoised,)

    strength: Annotated[Strength, Meta(description="how much is taken out")] = "medium"

    def effect(self) -> Effect:
        return SoundDenoised(strength=self.strength)

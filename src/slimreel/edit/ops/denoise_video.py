"""Takes grain and night-time noise out of the picture.

before  [.:.:picture:.:.]
after   [    picture    ]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.affect import Affecting
from slimreel.edit.draft import Effect, Slot
from slimreel.edit.operation import Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDenoised(Effect):
    """Noise smoothed away within and between pictures."""

    kind: ClassVar[str] = "picture_denoised"
    slot: ClassVar[Slot] = "source"

    strength: Strength = "medium"

    def keeps_hdr(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoiseVideo(Affecting):
    """A stronger setting takes fine detail with it."""

    op: ClassVar[str] = "denoise_video"
    makes: ClassVar[tuple[type[Effect], ...]] = (PictureDenoised,)

    strength: Annotated[Strength, Meta(description="how much is smoothed away")] = "medium"

    def effect(self) -> Effect:
        return PictureDenoised(strength=self.strength)

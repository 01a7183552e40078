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
from slimreel.edit.said import Said


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
    said: ClassVar[Said] = Said(
        cues=(
            "denoising picture_word !sound",
            "noise picture_word denoise|remove",
            "grain",
            "grain denoise|remove",
            "grain large_amount",
            "grain noise denoise|remove|less",
            "grain noise",
            "denoise grain",
            "grain less",
        ),
        words="grain denoise remove noise toodark look picture_word too_word down_word large_amount less",
        en=("denoise the picture", "remove grain", "clean up low light noise"),
        zh=("画面降噪", "去颗粒", "夜景噪点太多"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (PictureDenoised,)

    strength: Annotated[Strength, Meta(description="how much is smoothed away")] = "medium"

    def effect(self) -> Effect:
        return PictureDenoised(strength=self.strength)

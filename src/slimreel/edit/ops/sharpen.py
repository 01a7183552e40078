"""Makes edges in the picture crisper.

before  [ soft ]
after   [ CRISP ]
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
class Sharpened(Effect):
    """Edges with more contrast, at the size of the canvas."""

    kind: ClassVar[str] = "sharpened"
    slot: ClassVar[Slot] = "picture"

    strength: Strength = "medium"

    def keeps_hdr(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpen(Affecting):
    """A picture out of focus stays out of focus."""

    op: ClassVar[str] = "sharpen"
    said: ClassVar[Said] = Said(
        cues=("sharpen", "sharpen small_amount|large_amount"),
        words="sharpen grain",
        en=("sharpen a little", "make it crisper", "too soft, sharpen"),
        zh=("锐化一点", "清晰点", "画面有点糊，锐化"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Sharpened,)

    strength: Annotated[Strength, Meta(description="how much")] = "medium"

    def effect(self) -> Effect:
        return Sharpened(strength=self.strength)

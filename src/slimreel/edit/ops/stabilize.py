"""Takes the shaking out of a picture that was held by hand.

    before  /\\/\\/\
    after   ------
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
class Stabilized(Effect):
    """The camera's path made smooth; needs a look at the whole clip first."""

    kind: ClassVar[str] = "stabilized"
    slot: ClassVar[Slot] = "source"

    strength: Strength = "medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stabilize(Affecting):
    """A stronger setting cuts off more of the edges."""

    op: ClassVar[str] = "stabilize"
    said: ClassVar[Said] = Said(
        cues=("stabilize",),
        words="stabilize denoise remove grain",
        en=("stabilize it", "too shaky", "smooth out the handheld shake a lot"),
        zh=("防抖", "画面太抖了", "稳定一下，强一点"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Stabilized,)

    strength: Annotated[Strength, Meta(description="how much of the movement is taken out")] = "medium"

    def effect(self) -> Effect:
        return Stabilized(strength=self.strength)

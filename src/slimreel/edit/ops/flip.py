"""Mirrors the picture.

before  [ b d ]
after   [ d b ]
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.edit.affect import target_of
from slimreel.edit.draft import Draft, Effect, MediaSegment, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting
from slimreel.edit.targets import find_clips

Axis = Literal["horizontal", "vertical"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flipped(Effect):
    """Left and right exchanged, or top and bottom."""

    kind: ClassVar[str] = "flipped"
    slot: ClassVar[Slot] = "source"

    axis: Axis

    def keeps_hdr(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip(Lasting):
    """The same flip again takes the first one back."""

    op: ClassVar[str] = "flip"
    said: ClassVar[Said] = Said(
        cues=("flip", "flip horizontally|vertically", "flip upside_down", "flip leftedge rightedge"),
        words="flip rotate grain text",
        en=("flip horizontally", "mirror image", "flip upside down (vertical flip)"),
        zh=("水平翻转", "镜像", "上下翻转"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Flipped,)

    axis: Annotated[Axis, Meta(description="`horizontal` exchanges left and right, `vertical` top and bottom")] = (
        "horizontal"
    )
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clips = find_clips(draft, self.clip)
        after = draft.with_segments(self._mirrored(clip) for clip in clips)
        return after, (self.change(target_of(clips), axis=self.axis),)

    def _mirrored(self, clip: MediaSegment) -> MediaSegment:
        flipped = Flipped(axis=self.axis)
        effects = clip.effects[:-1] if clip.effects[-1:] == (flipped,) else (*clip.effects, flipped)
        return replace(clip, effects=effects)

"""Cuts away the edges of the picture.

before  [ . picture . ]
after     [ picture ]
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.core.timing import scaled
from slimreel.edit.affect import follow_picture, picture_size, target_of
from slimreel.edit.draft import Draft, Effect, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Operation
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter

SMALLEST = 16  # pixels of a side, as encoders want it
Pixels = Annotated[int, Meta(ge=0, le=16384)]
Percent = Annotated[float, Meta(ge=0, lt=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cropped(Effect):
    """The rectangle that is kept, in pixels of the upright picture as the effects before it left it."""

    kind: ClassVar[str] = "cropped"
    slot: ClassVar[Slot] = "source"

    x: int
    y: int
    width: int
    height: int

    def resized(self, width: int, height: int) -> tuple[int, int]:
        return self.width, self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop(Operation):
    """Either the rectangle that stays, or what goes at each side, in pixels or in percent of the picture."""

    op: ClassVar[str] = "crop"

    x_px: Annotated[Pixels | None, Meta(description="left edge of what stays; in the middle without it")] = None
    y_px: Annotated[Pixels | None, Meta(description="upper edge of what stays; in the middle without it")] = None
    width_px: Annotated[Pixels | None, Meta(description="width of what stays")] = None
    height_px: Annotated[Pixels | None, Meta(description="height of what stays")] = None
    left_px: Annotated[Pixels, Meta(description="pixels that go at the left")] = 0
    right_px: Annotated[Pixels, Meta(description="pixels that go at the right")] = 0
    top_px: Annotated[Pixels, Meta(description="pixels that go at the top")] = 0
    bottom_px: Annotated[Pixels, Meta(description="pixels that go at the bottom")] = 0
    left_pct: Annotated[Percent, Meta(description="percent of the width that go at the left")] = 0.0
    right_pct: Annotated[Percent, Meta(description="percent of the width that go at the right")] = 0.0
    top_pct: Annotated[Percent, Meta(description="percent of the height that go at the top")] = 0.0
    bottom_pct: Annotated[Percent, Meta(description="percent of the height that go at the bottom")] = 0.0
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clips = find_clips(draft, self.clip)
        boxes = [self._box(*picture_size(clip, facts)) for clip in clips]
        after = draft.with_segments(
            replace(clip, effects=(*clip.effects, box)) for clip, box in zip(clips, boxes, strict=True)
        )
        if len(clips) == len(draft.clips):
            after = follow_picture(after, facts)
        x, y = boxes[0].x, boxes[0].y
        return after, (self.change(target_of(clips), size=f"{boxes[0].width}x{boxes[0].height}", x=x, y=y),)

    def _box(self, width: int, height: int) -> Cropped:
        left, right = self._side("left", width), self._side("right", width)
        top, bottom = self._side("top", height), self._side("bottom", height)
        if self.width_px or self.height_px or self.x_px is not None or self.y_px is not None:
            if left or right or top or bottom:
                raise BadParameter(op=self.op, field="width_px", why="give either what stays or what goes, not both")
            left, kept_width = _kept(self.x_px, self.width_px, width)
            top, kept_height = _kept(self.y_px, self.height_px, height)
        else:
            kept_width, kept_height = width - left - right, height - top - bottom
        if min(kept_width, kept_height) < SMALLEST or (kept_width, kept_height) == (width, height):
            why = f"of {width}x{height} pixels some have to go, and at least {SMALLEST} of each side have to stay"
            raise BadParameter(op=self.op, field="width_px", why=why)
        return Cropped(x=left, y=top, width=kept_width - kept_width % 2, height=kept_height - kept_height % 2)

    def _side(self, side: Literal["left", "right", "top", "bottom"], pixels: int) -> int:
        percent = Fraction(getattr(self, f"{side}_pct")).limit_denominator(1000)
        return int(getattr(self, f"{side}_px")) or scaled(pixels, percent / 100)


def _kept(start: int | None, length: int | None, whole: int) -> tuple[int, int]:
    """Where what stays begins and how long it is, along one side, clamped to the picture."""
    length = min(length or whole - min(start or 0, whole), whole)
    return (min(start, whole - length) if start is not None else (whole - length) // 2), length

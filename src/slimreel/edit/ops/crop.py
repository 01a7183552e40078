"""Cuts away the edges of the picture.

before  [ . picture . ]
after     [ picture ]
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core.timing import scaled
from slimreel.edit.affect import target_of
from slimreel.edit.draft import Draft, Effect, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.said import Said
from slimreel.edit.shapes import follow_picture, picture_size
from slimreel.edit.standing import Lasting, Seat
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter, EditRefused

SMALLEST = 16  # pixels of a side, as encoders want it
Pixels = Annotated[int, Meta(ge=0, le=16384)]
_ACROSS = ("left", "right")
_SIDES = (*_ACROSS, "top", "bottom")
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

    def keeps_hdr(self) -> bool:
        return True

    def resized(self, width: int, height: int) -> tuple[int, int]:
        return self.width, self.height

    def inside(self, width: int, height: int) -> Effect:
        kept = min(self.width, width - width % 2), min(self.height, height - height % 2)
        if min(kept) < SMALLEST:
            raise EditRefused(detail=f"a later crop would have {kept[0]}x{kept[1]} pixels left")
        place = min(self.x, width - kept[0]), min(self.y, height - kept[1])
        return replace(self, x=place[0], y=place[1], width=kept[0], height=kept[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop(Lasting):
    """Either the rectangle that stays, or what goes at each side, in pixels or in percent of the picture."""

    op: ClassVar[str] = "crop"
    said: ClassVar[Said] = Said(
        cues=(
            "FRAME COORDINATE keep|crop",
            "keep FRAME",
            "PX|PERCENT topedge|bottomedge|leftedge|rightedge remove|crop|less",
            "PX bottomedge|topedge|leftedge|rightedge",
            "crop FRAME",
            "crop|remove PX|PERCENT",
            "crop|remove sides|leftedge|rightedge|topedge|bottomedge PX|PERCENT",
            "crop|remove padbars",
            "crop NUMBER",
            "crop !ASPECT",
            "crop|remove half_side leftedge|rightedge|topedge|bottomedge",
            "sides PX|PERCENT crop|remove",
            "crop bottomedge|topedge|leftedge|rightedge NUMBER",
        ),
        words="crop remove cropfit part_word grain keep half_side",
        en=(
            "crop 1280x720 from the top left",
            "remove 10% from each side",
            "cut away the black bars",
            "crop out the taskbar, 60px bottom",
        ),
        zh=("从左上角裁1280x720", "四边各裁10%", "把黑边裁掉", "底部裁掉60像素"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Cropped,)

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

    @classmethod
    def params_of(cls, effect: Effect, seat: Seat) -> dict[str, Any]:
        if not isinstance(effect, Cropped):
            return {}
        width, height = seat.size
        ends = {"left": effect.x, "right": width - effect.x - effect.width}
        ends |= {"top": effect.y, "bottom": height - effect.y - effect.height}
        shares = {side: 100 * pixels / (width if side in _ACROSS else height) for side, pixels in ends.items()}
        return {
            "x_px": effect.x,
            "y_px": effect.y,
            "width_px": effect.width,
            "height_px": effect.height,
            **{f"{side}_px": pixels for side, pixels in ends.items()},
            **{f"{side}_pct": round(share, 3) for side, share in shares.items()},
        }

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        stays = {name: params[name] for name in ("x_px", "y_px", "width_px", "height_px")}
        if set(new) & set(stays):
            return stays | new
        goes = {f"{side}_px": params[f"{side}_px"] for side in _SIDES if f"{side}_pct" not in new}
        return goes | new

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        box = self._box(*seat.size)
        return replace(box, span=effect.span, kept=effect.kept)

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

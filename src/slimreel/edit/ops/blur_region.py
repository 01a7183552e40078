"""Makes a rectangle of the picture unreadable, such as a number plate that stands still.

before  [ picture AB-123 ]
after   [ picture ###### ]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.adding import Timed, times_asked
from slimreel.edit.draft import AnySegment, BlurSegment, Draft, NineGrid, Share
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Strength
from slimreel.edit.said import Said
from slimreel.errors import BadParameter

_THIRD = 1 / 3  # a place of the nine-grid is a ninth of the picture
_COLUMN = {"left": 0, "right": 2}
_ROW = {"top": 0, "bottom": 2}
Extent = Annotated[float, Meta(gt=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlurRegion(Timed):
    """Either x, y, w and h, or a place of the nine. The rectangle does not follow what moves."""

    op: ClassVar[str] = "blur_region"
    said: ClassVar[Said] = Said(
        cues=(
            "blurregion COORDINATE",
            "things_to_hide blurregion POSITION",
            "things_to_hide POSITION blurregion",
            "blurregion POSITION",
            "blurregion things_to_hide",
            "blurregion POSITION things_to_hide",
            "blurregion",
            "blurpad things_to_hide POSITION",
        ),
        words="blurregion things_to_hide image text logo adding blurpad grain remove part_word position_word half_side",
        en=(
            "blur the license plate area bottom left",
            "hide the top right corner",
            "pixelate the middle from 4s to 6s",
        ),
        zh=("左下角打码", "遮住右上角", "4到6秒中间打马赛克"),
    )
    letter: ClassVar[str] = "b"

    x: Annotated[Share | None, Meta(description="left edge, 0 to 1 of the width")] = None
    y: Annotated[Share | None, Meta(description="upper edge, 0 to 1 of the height")] = None
    w: Annotated[Extent | None, Meta(description="width, 0 to 1")] = None
    h: Annotated[Extent | None, Meta(description="height, 0 to 1")] = None
    position: Annotated[NineGrid | None, Meta(description="a place of the nine, a third as wide and high")] = None
    strength: Annotated[Strength, Meta(description="how coarse it gets")] = "medium"

    def element(self, element_id: str, draft: Draft, facts: Facts) -> BlurSegment:
        place, until_end = self.when(draft)
        x, y, w, h = self._box()
        return BlurSegment(
            id=element_id,
            place=place,
            until_end=until_end,
            x=x,
            y=y,
            w=min(w, 1 - x),
            h=min(h, 1 - y),
            strength=self.strength,
        )

    def _box(self) -> tuple[float, float, float, float]:
        if self.position is not None:
            words = self.position.split("_")
            column = next((_COLUMN[word] for word in words if word in _COLUMN), 1)
            row = next((_ROW[word] for word in words if word in _ROW), 1)
            return column * _THIRD, row * _THIRD, _THIRD, _THIRD
        if self.x is None or self.y is None or self.w is None or self.h is None:
            raise BadParameter(op=self.op, field="position", why="give a place, or all of x, y, w and h")
        if self.x >= 1 or self.y >= 1:
            raise BadParameter(op=self.op, field="x", why="the rectangle has to begin inside the picture")
        return self.x, self.y, self.w, self.h

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, BlurSegment):
            return None
        box = {"x": element.x, "y": element.y, "w": element.w, "h": element.h, "strength": element.strength}
        return {**box, **times_asked(element, draft)}

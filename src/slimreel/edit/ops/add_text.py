"""Puts a title, a caption or a mark of text over the picture.

before  |--------A--------|
after   |--------A--------|
           |-"Title"-|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.edit.adding import Timed, times_asked
from slimreel.edit.draft import AnySegment, Color, Draft, Position, Share, TextSegment, TextStyle
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Name
from slimreel.edit.said import Said

Size = Literal["small", "medium", "large"]
# Pixels of the letters on a canvas with a short side of 1080: a caption, a title, a headline.
SIZES_PX: dict[Size, float] = {"small": 48.0, "medium": 72.0, "large": 120.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddText(Timed):
    """Without a time it is there all the time, also when the timeline gets longer."""

    op: ClassVar[str] = "add_text"
    said: ClassVar[Said] = Said(
        cues=(
            "QUOTE AT|START|RANGE|FOR|COLOR|FIRST|LAST",
            "QUOTE COLOR AT|START|RANGE|FOR",
            "text QUOTE",
            "adding text QUOTE",
            "writing QUOTE",
            "text writing QUOTE",
            "adding writing? QUOTE",
            "adding text",
            "QUOTE POSITION",
            "text adding",
            "writing !out:under",
            "watermark QUOTE",
            "text watermark QUOTE",
            "adding text writing",
            "text POSITION",
            "watermark text",
        ),
        words="text adding writing n_title watermark look image changing moving position_word fitting voice",
        en=(
            "add title 'Summer 24' for 4 seconds",
            "text at the bottom: subscribe!",
            'write "Part 2" top left in yellow',
            "big caption in the middle saying WAIT FOR IT from 3s to 6s",
            "watermark text @maya in the corner, faint",
        ),
        zh=(
            "加标题“夏日记录”",
            "底部写“记得关注”",
            "左上角打字“第二集”，黄色",
            "3到6秒中间大字“等等看”",
            "角落加水印文字@阿布",
        ),
    )
    letter: ClassVar[str] = "t"

    text: Annotated[Annotated[str, Meta(min_length=1, max_length=2000)], Meta(description="what it says, as it is")]
    position: Annotated[Position, Meta(description="a place of the nine, or x and y from 0 to 1")] = "center"
    size: Annotated[Size, Meta(description="of the letters")] = "medium"
    size_px: Annotated[
        Annotated[float, Meta(ge=4, le=1000)] | None,
        Meta(description="of the letters, pixels of a picture 1080 high; goes before `size`"),
    ] = None
    color: Annotated[Color, Meta(description="#RRGGBB, the colour of the letters")] = "#FFFFFF"
    font: Annotated[Name | None, Meta(description="a font by name; without one whichever has the letters")] = None
    bold: Annotated[bool, Meta(description="heavier letters")] = False
    box: Annotated[bool, Meta(description="a dark plate behind the letters")] = False
    stroke: Annotated[
        Annotated[float, Meta(ge=0, le=50)], Meta(description="width of the outline, pixels of a picture 1080 high")
    ] = 0.0
    opacity: Annotated[Share, Meta(description="1 is solid, 0 is invisible")] = 1.0
    anim: Annotated[Literal["none", "fade", "slide", "typewriter"], Meta(description="how it appears and goes")] = (
        "none"
    )

    def element(self, element_id: str, draft: Draft, facts: Facts) -> TextSegment:
        place, until_end = self.when(draft)
        style = TextStyle(
            position=self.position,
            size_px=self.size_px or SIZES_PX[self.size],
            color=self.color.upper(),
            font=self.font,
            bold=self.bold,
            box=self.box,
            stroke=self.stroke,
            opacity=self.opacity,
            anim=self.anim,
        )
        return TextSegment(id=element_id, place=place, until_end=until_end, text=self.text, style=style)

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """`size` goes before the pixels that were there."""
        left = {name: value for name, value in params.items() if name != "size_px" or "size" not in new}
        return Timed.merged(left, new)

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, TextSegment):
            return None
        return {"text": element.text, **records.facts_of(element.style), **times_asked(element, draft)}

"""Lays a picture over the video: a logo, a mark, a product.

before  |--------A--------|
after   |--------A--------|
           |- logo -|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.edit.adding import Overlaying, find_file, overlay_asked
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Name
from slimreel.edit.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class AddImage(Overlaying):
    """Its width is a share of the output's; its shape stays."""

    op: ClassVar[str] = "add_image"
    said: ClassVar[Said] = Said(
        cues=(
            "logo|watermark>t_on",
            "adding IMAGEFILE",
            "IMAGEFILE POSITION",
            "IMAGEFILE RANGE|FIRST|LAST|AT|START",
            "IMAGEFILE PERCENT",
            "image FILE",
            "adding image",
            "adding image FILE",
            "image adding",
            "adding FILE POSITION",
            "FILE POSITION",
            "logo|watermark POSITION",
            "image POSITION",
            "FILE RANGE|FIRST|LAST|START",
            "watermark opacity",
            "adding FILE RANGE|FIRST|LAST|START|AT",
            "adding logo|watermark FILE POSITION",
        ),
        words="image adding moving keep logo watermark position_word look",
        en=(
            "put our logo bottom left",
            "watermark.png 30% opacity, whole video",
            "show product.jpg from 8s to 12s",
            "logo a quarter of the width, top center",
        ),
        zh=("左下角放logo", "加水印图，透明度30%", "8到12秒显示product.jpg", "logo放顶部中间"),
    )
    letter: ClassVar[str] = "i"

    file: Annotated[Name | None, Meta(description="id or name of a picture; the only one there is without it")] = None
    role: Annotated[Literal["overlay", "watermark"], Meta(description="what it is for")] = "overlay"

    def element(self, element_id: str, draft: Draft, facts: Facts) -> MediaSegment:
        asset = find_file(self.op, facts, self.file, "image")
        return replace(self.media(element_id, asset, self.role, draft), layer=self.layer)

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, MediaSegment) or element.role not in ("overlay", "watermark"):
            return None
        return {"role": element.role, **overlay_asked(element, draft)}

"""Lays a picture over the video: a logo, a mark, a product.

before  |--------A--------|
after   |--------A--------|
           |- logo -|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.core.timing import TimeRange
from slimreel.edit.adding import Adding, find_file
from slimreel.edit.draft import AnySegment, Draft, Layer, MediaSegment, Position, Share
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Length, Moment, Name, Seconds
from slimreel.edit.placing import when, when_asked


@dataclass(frozen=True, slots=True, kw_only=True)
class AddImage(Adding):
    """Its width is a share of the output's; its shape stays."""

    op: ClassVar[str] = "add_image"
    letter: ClassVar[str] = "i"

    file: Annotated[Name | None, Meta(description="id or name of a picture; the only one there is without it")] = None
    role: Annotated[Literal["overlay", "watermark"], Meta(description="what it is for")] = "overlay"
    position: Annotated[Position, Meta(description="a place of the nine, or x and y from 0 to 1")] = "bottom_right"
    scale: Annotated[Annotated[float, Meta(gt=0, le=1)], Meta(description="its width, as a share of the output's")] = (
        0.15
    )
    opacity: Annotated[Share, Meta(description="1 is solid, 0 is invisible")] = 1.0
    start_s: Annotated[Seconds, Meta(description="when it appears, seconds")] = 0.0
    end_s: Annotated[Moment | None, Meta(description="when it goes, seconds or `end`")] = None
    duration_s: Annotated[Length | None, Meta(description="how long it is there, instead of end_s")] = None

    def element(self, element_id: str, draft: Draft, facts: Facts) -> MediaSegment:
        asset = find_file(self.op, facts, self.file, "image")
        place, until_end = when(draft, self.start_s, self.end_s, self.duration_s)
        return MediaSegment(
            id=element_id,
            place=place,
            until_end=until_end,
            asset=asset.id,
            title=asset.title,
            source=TimeRange(0, 0),
            role=self.role,
            layer=Layer(position=self.position, scale=self.scale, opacity=self.opacity),
        )

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, MediaSegment) or element.role not in ("overlay", "watermark"):
            return None
        return {"file": element.asset, "role": element.role, **layer_asked(element), **when_asked(draft, element)}


def layer_asked(element: MediaSegment) -> dict[str, Any]:
    """The parameters that say how an element lies over the picture."""
    return records.facts_of(element.layer) if element.layer else {}

"""Shows a second video in a small window over the first.

before  |--------A--------|
after   |--------A--------|
           |- small -|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.adding import Adding, find_file
from slimreel.edit.draft import AnySegment, Draft, Layer, MediaSegment, Position, Share
from slimreel.edit.facts import Facts
from slimreel.edit.follow import settle
from slimreel.edit.operation import AnyClip, Edited, Length, Moment, Name, Seconds
from slimreel.edit.ops.add_image import layer_asked
from slimreel.edit.placing import when, when_asked
from slimreel.edit.ripple import as_it_is, rebuild
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Pip(Adding):
    """It plays at its own speed, with its sound, and ends when it is over. A clip that is named leaves its place."""

    op: ClassVar[str] = "pip"
    letter: ClassVar[str] = "p"

    file: Annotated[Name | None, Meta(description="id or name of a video")] = None
    clip: AnyClip = None
    position: Annotated[Position, Meta(description="a place of the nine, or x and y from 0 to 1")] = "bottom_right"
    scale: Annotated[Annotated[float, Meta(gt=0, le=1)], Meta(description="its width, as a share of the output's")] = (
        0.3
    )
    opacity: Annotated[Share, Meta(description="1 is solid, 0 is invisible")] = 1.0
    start_s: Annotated[Seconds, Meta(description="when it appears, seconds")] = 0.0
    end_s: Annotated[Moment | None, Meta(description="when it goes, seconds or `end`")] = None
    duration_s: Annotated[Length | None, Meta(description="how long it is there, instead of end_s")] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if (self.clip is None) == (self.file is None):
            raise BadParameter(op=self.op, field="file", why="give either file or clip")
        if self.clip is None:
            return Adding.apply(self, draft, facts)
        moved = find_clips(draft, self.clip)[0]
        left = rebuild(draft, as_it_is(clip for clip in draft.clips if clip.id != moved.id))
        again = replace(self, clip=None, file=moved.asset)
        after, changes = Adding.apply(again, left, facts)
        shown = next(one for one in after.elements() if one.id == changes[0].target)
        if isinstance(shown, MediaSegment):
            effects = tuple(effect for effect in moved.effects if effect.span is None)
            window = replace(shown, source=moved.source, effects=effects)
            after = after.with_segments([settle(window, after)])
        return after, changes

    def element(self, element_id: str, draft: Draft, facts: Facts) -> MediaSegment:
        asset = find_file(self.op, facts, self.file, "video", "image")
        place, until_end = when(draft, self.start_s, self.end_s, self.duration_s)
        return MediaSegment(
            id=element_id,
            place=place,
            until_end=until_end,
            asset=asset.id,
            title=asset.title,
            source=TimeRange(0, asset.duration),
            role="pip",
            layer=Layer(position=self.position, scale=self.scale, opacity=self.opacity),
        )

    def again(self, element: AnySegment, draft: Draft, facts: Facts) -> AnySegment:
        new = Adding.again(self, element, draft, facts)
        if not isinstance(element, MediaSegment) or not isinstance(new, MediaSegment) or element.asset != new.asset:
            return new
        return replace(element, place=new.place, until_end=new.until_end, layer=new.layer)

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, MediaSegment) or element.role != "pip":
            return None
        return {"file": element.asset, **layer_asked(element), **when_asked(draft, element)}

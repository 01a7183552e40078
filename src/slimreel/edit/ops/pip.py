"""Shows a second video in a small window over the first.

before  |--------A--------|
after   |--------A--------|
           |- small -|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.adding import Adding, Overlaying, find_file, overlay_asked
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.follow import settle
from slimreel.edit.operation import AnyClip, Edited, Name
from slimreel.edit.ripple import as_it_is, rebuild
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Pip(Overlaying):
    """It plays at its own speed, with its sound, and ends when it is over. A clip that is named leaves its place."""

    op: ClassVar[str] = "pip"
    said: ClassVar[Said] = Said(
        cues=(
            "pip VIDEOFILE",
            "VIDEOFILE POSITION",
            "pip",
            "pip FILE|CLIP",
            "pip CLIP|FILE POSITION",
            "pip adding POSITION",
        ),
        words="smaller pip adding image moving keep position_word small_text boxword smaller changing",
        en=(
            "picture in picture with cam.mov bottom right",
            "put clip 2 as a small window on top",
            "facecam top left at 20%",
        ),
        zh=("画中画，右下角放cam.mov", "第二段做成小窗", "左上角放人脸小窗，20%大小"),
    )
    letter: ClassVar[str] = "p"

    file: Annotated[Name | None, Meta(description="id or name of a video")] = None
    clip: AnyClip = None
    scale: Annotated[Annotated[float, Meta(gt=0, le=1)], Meta(description="its width, as a share of the output's")] = (
        0.3
    )

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if (self.clip is None) == (self.file is None):
            raise BadParameter(op=self.op, field="file", why="give either file or clip")
        if self.clip is None:
            return Adding.apply(self, draft, facts)
        moved = find_clips(draft, self.clip)[0]
        left = rebuild(draft, as_it_is(clip for clip in draft.clips if clip.id != moved.id))
        after, changes = Adding.apply(replace(self, clip=None, file=moved.asset), left, facts)
        shown = next(one for one in after.elements() if one.id == changes[0].target)
        if isinstance(shown, MediaSegment):
            effects = tuple(effect for effect in moved.effects if effect.span is None)
            window = settle(replace(shown, source=moved.source, effects=effects), after)
            after, changes = after.with_segments([window]), (self.placed(window, after),)
        return after, changes

    def element(self, element_id: str, draft: Draft, facts: Facts) -> MediaSegment:
        asset = find_file(self.op, facts, self.file, "video", "image")
        return replace(self.media(element_id, asset, "pip", draft), layer=self.layer)

    def again(self, element: AnySegment, draft: Draft, facts: Facts) -> AnySegment:
        new = self.element(element.id, draft, facts)
        if not isinstance(element, MediaSegment) or element.asset != new.asset:
            return new
        return replace(element, place=new.place, until_end=new.until_end, layer=new.layer)

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, MediaSegment) or element.role != "pip":
            return None
        return overlay_asked(element, draft)

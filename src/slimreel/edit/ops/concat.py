"""Joins clips and files one after the other; other sizes are fitted to the canvas.

before  |--A--|          and a file B
after   |--A--|--B--|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.edit.begin import clip_of
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Clip, Edited, Operation
from slimreel.edit.ops.reorder import in_order
from slimreel.edit.ripple import Part, as_it_is, rebuild
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clips, seconds
from slimreel.errors import BadParameter, NoSuchElement


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat(Operation):
    """Clips that are named come together where the earliest of them stands; files that are no clip yet come after."""

    op: ClassVar[str] = "concat"
    said: ClassVar[Said] = Said(
        cues=(
            "FILE FILE merging",
            "CLIP CLIP merging",
            "merging",
            "merging CLIP|both|FILE",
            "merging both video|clip_noun",
            "merging NUMBER video|clip_noun",
        ),
        words="merging one_word order both t_after",
        en=("merge these", "join all the clips", "stitch a and b together", "one video out of the three"),
        zh=("合并这几段", "把视频拼起来", "a和b接在一起", "三个合成一个"),
    )

    clips: Annotated[
        Literal["all"] | Annotated[tuple[Clip, ...], Meta(min_length=1)],
        Meta(description="clips and files in their order, by id or name; `all` adds every video that is not there yet"),
    ] = "all"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        there, new = self._named(draft, facts)
        at = min((draft.clips.index(clip) for clip in there), default=0)
        before = [clip for clip in draft.clips[:at] if clip not in there]
        behind = [clip for clip in draft.clips[at:] if clip not in there]
        order = [*before, *there, *behind]
        after = draft if tuple(order) == draft.clips else in_order(draft, order)
        made: list[MediaSegment] = []
        for asset_id in new:
            clip_id, after = after.new_id("c")
            made.append(clip_of(facts.asset(asset_id), clip_id, draft.timebase))
        if made:
            after = rebuild(after, [*as_it_is(after.clips), *(Part(clip, None) for clip in made)])
        return after, (self.change(count=len(after.clips), length_s=seconds(after, after.length)),)

    def _named(self, draft: Draft, facts: Facts) -> tuple[list[MediaSegment], list[str]]:
        """The clips that are on the timeline, and the ids of the assets that are not."""
        if self.clips == "all":
            used = {one.asset for one in draft.segments() if isinstance(one, MediaSegment)}
            return list(draft.clips), [asset.id for asset in facts.of_kind("video") if asset.id not in used]
        there: list[MediaSegment] = []
        new: list[str] = []
        for wanted in self.clips:
            try:
                there += [clip for clip in find_clips(draft, wanted) if clip not in there]
            except NoSuchElement:
                if isinstance(wanted, int):
                    raise
                asset = facts.asset(wanted)
                if asset.kind not in ("video", "image"):
                    why = f"{asset.name} is no video"
                    raise BadParameter(op=self.op, field="clips", why=why) from None
                new.append(asset.id)
        return there, new

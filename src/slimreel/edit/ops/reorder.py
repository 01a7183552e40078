"""Puts the clips in another order. Titles and music stay at their times, transitions between their places.

before  |--A--|--B--|--C--|
after   |--B--|--C--|--A--|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Clip, Edited, Operation
from slimreel.edit.ripple import as_it_is, rebuild
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder(Operation):
    """Clips that are not named come after those that are, in the order that they have."""

    op: ClassVar[str] = "reorder"
    said: ClassVar[Said] = Said(
        cues=(
            "moving CLIP t_start|t_end",
            "both_ends swapping",
            "moving CLIP CLIP",
            "adding CLIP t_after|t_before CLIP",
            "moving CLIP until_end",
            "CLIP until_end",
            "order reverse",
            "reverse order",
            "swapping NUMBER",
            "moving? CLIP to_front|to_back",
            "swapping CLIP",
            "swapping",
            "order CLIP",
            "order NUMBER|TIMES_AT",
            "moving CLIP t_after|t_before CLIP",
            "CLIP t_after|t_before CLIP",
            "order",
            "CLIP to_front",
        ),
        words="both moving adding order rest untouched to_front to_back swapping same t_before t_after reverse",
        en=("move clip 3 to the front", "swap 1 and 2", "put the outro last", "order: c2, c1, c3"),
        zh=("把第三段放最前面", "第一段和第二段换位置", "片尾放最后", "顺序改成2、1、3"),
    )

    order: Annotated[
        Annotated[tuple[Clip, ...], Meta(min_length=1)], Meta(description="the clips in their new order, by id")
    ]

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        named = [clip for wanted in self.order for clip in find_clips(draft, wanted)]
        if len({clip.id for clip in named}) < len(named):
            raise BadParameter(op=self.op, field="order", why="each clip can stand there only once")
        after = in_order(draft, [*named, *(clip for clip in draft.clips if clip not in named)])
        return after, (self.change(order=", ".join(clip.id for clip in after.clips)),)


def in_order(draft: Draft, clips: list[MediaSegment]) -> Draft:
    """The draft with these clips in this order, and the transitions between the places where they were."""
    enters = [clip.enter for clip in draft.clips] + [None] * len(clips)
    placed = [replace(clip, enter=enter) for clip, enter in zip(clips, enters, strict=False)]
    return rebuild(draft, as_it_is(placed), follows=False)

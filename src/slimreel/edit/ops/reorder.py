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
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorder(Operation):
    """Clips that are not named come after those that are, in the order that they have."""

    op: ClassVar[str] = "reorder"

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

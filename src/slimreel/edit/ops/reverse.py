"""Plays a clip, a stretch, or everything backwards.

before  |--A1-A2-A3--|
after   |--A3-A2-A1--|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Operation, Stretch
from slimreel.edit.placing import stretch_of
from slimreel.edit.ripple import as_it_is, divide, rebuild
from slimreel.edit.targets import find_clip, seconds
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Operation):
    """Several clips in the stretch change their order too. Titles and music stay as they are."""

    op: ClassVar[str] = "reverse"

    clip: AnyClip = None
    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if self.range_s is not None and self.clip is not None:
            raise BadParameter(op=self.op, field="range_s", why="give either clip or range_s")
        clip = find_clip(draft, self.clip)
        where = TimeRange(0, draft.length)
        if self.range_s is not None:
            where = stretch_of(draft, *self.range_s)
            draft = divide(draft, (where.start, where.end))
        chosen = [one for one in draft.clips if (one.id == clip.id if clip else where.meet(one.place) == one.place)]
        at = draft.clips.index(chosen[0])
        turned = [backwards(one) for one in reversed(chosen)]
        enters = [chosen[0].enter, *(one.enter for one in reversed(chosen[1:]))]
        turned = [replace(one, enter=enter) for one, enter in zip(turned, enters, strict=True)]
        clips = [*draft.clips[:at], *turned, *draft.clips[at + len(turned) :]]
        after = rebuild(draft, as_it_is(clips), follows=False)
        frames = sum(one.place.duration for one in chosen)
        return after, (self.change(clip.id if clip else "", duration_s=seconds(draft, frames)),)


def backwards(clip: MediaSegment) -> MediaSegment:
    """The clip played the other way, its effects on the same pictures as before."""
    length = clip.place.duration
    effects = tuple(
        replace(effect, span=TimeRange(length - effect.span.end, effect.span.duration)) if effect.span else effect
        for effect in clip.effects
    )
    return replace(clip, backwards=not clip.backwards, effects=effects)

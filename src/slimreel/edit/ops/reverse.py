"""Plays a clip, a stretch, or everything backwards.

before  |--A1-A2-A3--|
after   |--A3-A2-A1--|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.affect import target_of
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Operation, Stretch
from slimreel.edit.ripple import as_it_is, rebuild
from slimreel.edit.said import Said
from slimreel.edit.targets import play_alone, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Operation):
    """Several clips in the stretch change their order too. Titles and music stay as they are."""

    op: ClassVar[str] = "reverse"
    said: ClassVar[Said] = Said(
        cues=("reverse", "reverse video|clip_noun"),
        words="reverse moving keep part_word",
        en=("reverse it", "play the clip backwards", "rewind effect on clip 2"),
        zh=("倒放", "反过来播", "第二段倒着放"),
    )

    clip: AnyClip = None
    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        draft, chosen = play_alone(draft, self.op, self.clip, self.range_s)
        clips: list[MediaSegment] = []
        for is_chosen, neighbours in groupby(draft.clips, key=lambda clip: clip in chosen):
            run = list(neighbours)
            clips += turned(run) if is_chosen else run
        after = rebuild(draft, as_it_is(clips), follows=False)
        frames = sum(one.place.duration for one in chosen)
        return after, (self.change(target_of(chosen), duration_s=seconds(draft, frames)),)


def turned(run: list[MediaSegment]) -> list[MediaSegment]:
    """Neighbours in the opposite order, each backwards, with the transitions between them where they were."""
    enters = [run[0].enter, *(clip.enter for clip in reversed(run[1:]))]
    return [replace(backwards(clip), enter=enter) for clip, enter in zip(reversed(run), enters, strict=True)]


def backwards(clip: MediaSegment) -> MediaSegment:
    """The clip played the other way, its effects on the same pictures as before."""
    length = clip.place.duration
    effects = tuple(
        replace(effect, span=TimeRange(length - effect.span.end, effect.span.duration)) if effect.span else effect
        for effect in clip.effects
    )
    return replace(clip, backwards=not clip.backwards, effects=effects)

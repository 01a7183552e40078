"""Puts effects on clips, for the operations that do only that."""

from __future__ import annotations

from dataclasses import dataclass, replace

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, Effect, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.standing import Lasting
from slimreel.edit.targets import find_clips


@dataclass(frozen=True, slots=True, kw_only=True)
class Affecting(Lasting):
    """An operation that gives clips one effect. Asked for again, it takes the place of the one that was there."""

    clip: AnyClip = None

    def effect(self) -> Effect:
        """The effect that these parameters ask for."""
        raise NotImplementedError

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clips = find_clips(draft, self.clip)
        after = draft.with_segments(with_effect(clip, self.effect()) for clip in clips)
        return after, (self.change(target_of(clips), clips=", ".join(clip.id for clip in clips)),)


def target_of(clips: tuple[MediaSegment, ...]) -> str:
    """The id of the one clip that a change concerns, if it is one."""
    return clips[0].id if len(clips) == 1 else ""


def with_effect(clip: MediaSegment, effect: Effect) -> MediaSegment:
    """The clip with the effect, in the place of one of the same kind on the same span."""
    key = (type(effect), effect.span)
    at = next((at for at, one in enumerate(clip.effects) if (type(one), one.span) == key), len(clip.effects))
    return replace(clip, effects=(*clip.effects[:at], effect, *clip.effects[at + 1 :]))


def within(clip: MediaSegment, stretch: TimeRange) -> TimeRange | None:
    """The part of a stretch of the timeline in which a clip plays, in frames from its start; None for all of it.

    The result is empty where the clip does not play then.
    """
    span = stretch.meet(clip.place)
    return None if span == clip.place else span.moved(-clip.place.start)

"""Holds one picture for a while, in silence; what comes after comes later.

before  |----A----|
after   |--A--....--A--|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.follow import within_length
from slimreel.edit.operation import Edited, Length, Moment
from slimreel.edit.ripple import Part, divide, rebuild, slice_of
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.targets import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Lasting):
    """A time at or beyond the end holds the last picture."""

    op: ClassVar[str] = "freeze"
    said: ClassVar[Said] = Said(
        cues=(
            "freeze RANGE TIME|FOR",
            "freeze AT|START FOR",
            "freeze thumbnail TIME|AT",
            "freeze TIME AT",
            "freeze AT|START|last_frame|first_frame",
            "freeze AT TIME|FOR",
            "freeze last_frame|first_frame TIME|FOR",
            "freeze",
            "freeze TIME TIME|FOR",
            "freeze t_end TIME|FOR",
        ),
        words="freeze thumbnail grain last_frame keep stopping",
        en=("freeze at 5s for one second", "hold that last frame 3s", "pause the picture at 0:08 for 2s"),
        zh=("第5秒定格1秒", "最后一帧停3秒", "8秒处画面暂停2秒"),
    )

    at_s: Annotated[Moment, Meta(description="the picture that is held, seconds or `end` for the last")]
    duration_s: Annotated[Length, Meta(description="how long, seconds")] = 1.0

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        wanted = draft.length if isinstance(self.at_s, str) else draft.timebase.ticks(self.at_s)
        at = min(wanted, draft.length)
        frames = max(1, draft.timebase.ticks(self.duration_s))
        divided = divide(draft, [at])
        parts: list[Part] = []
        for clip in divided.clips:
            if clip.place.start == at:
                parts.append(Part(_still(clip, 0, frames), None))
                clip = replace(clip, enter=None)  # noqa: PLW2901 - what is left of the same clip
            parts.append(Part(clip, clip.place))
        if at == divided.length:
            last = divided.clips[-1]
            parts.append(Part(_still(last, last.place.duration - 1, frames), None))
        after = rebuild(divided, parts)
        at_s, length_s = seconds(draft, min(at, draft.length - 1)), seconds(after, after.length)
        return after, (self.change(at_s=at_s, duration_s=seconds(draft, frames), length_s=length_s),)

    @classmethod
    def standings(cls, draft: Draft, facts: Facts, owner: AnySegment | None) -> list[Standing]:
        """Every picture that stands still as a clip, whoever put it there."""
        if not isinstance(owner, MediaSegment) or owner.role != "clip" or not owner.is_still:
            return []
        params = {"at_s": 0.0, "duration_s": seconds(draft, owner.place.duration)}
        return [Standing(kind=cls, owner=owner.id, params=params, names=("duration_s",))]

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        frames = max(1, draft.timebase.ticks(self.duration_s))
        parts: list[Part] = []
        for clip in draft.clips:
            if clip.id != standing.owner:
                parts.append(Part(clip, clip.place))
                continue
            effects = within_length(clip.effects, frames)
            new = replace(clip, place=TimeRange(clip.place.start, frames), effects=effects)
            stays = min(frames, clip.place.duration)
            parts.append(Part(new, TimeRange(clip.place.start, stays), TimeRange(0, stays)))
        return rebuild(draft, parts)


def _still(clip: MediaSegment, frame: int, frames: int) -> MediaSegment:
    shown = slice_of(clip, TimeRange(frame, 1))
    effects = tuple(replace(effect, span=None) for effect in shown.effects if effect.slot != "sound")
    source, place = TimeRange(shown.source.start, 0), TimeRange(shown.place.start, frames)
    return replace(shown, source=source, place=place, effects=effects, enter=None)

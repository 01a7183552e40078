"""Lets clips run into each other instead of cutting. They overlap, so the timeline gets shorter at each join.

before  |----A----|----B----|
after   |----A--xx--B----|
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.edit.draft import AnySegment, Draft, MediaSegment, Transition, TransitionType
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Clip, Edited
from slimreel.edit.ripple import Part, rebuild
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.targets import find_clips, seconds
from slimreel.errors import BadParameter, EditRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTransition(Lasting):
    """A transition takes at most half of the shorter of its two clips; the sound is blended as long."""

    op: ClassVar[str] = "transition"
    said: ClassVar[Said] = Said(
        cues=(
            "keep|rest between dissolve|fadeblack|fadewhite TIME|FOR",
            "between fadeout toblack",
            "between fadeblack",
            "between fadeout|fadein",
            "dissolve TIME|FOR",
            "dissolve",
            "dissolve between",
            "fadeblack",
            "fadeblack|fadewhite>merging",
            "fadeblack transition|between",
            "fadewhite",
            "fadewhite transition|between",
            "wipeleft",
            "wiperight",
            "wipe",
            "slideleft",
            "slideright",
            "slideup",
            "slidedown",
            "circleopen transition|between|adding",
            "pixelizetrans transition|between",
            "zoomintrans transition|between",
            "hardcut",
            "transition",
            "remove transition",
            "wipeleft|wiperight|slideleft|slideright|slideup|slidedown|dissolve|wipe transition",
            "pixelizetrans between",
            "zoomintrans between",
            "transition between",
            "fade CLIP CLIP",
        ),
        words="transition between adding look slowly fade both rest keep",
        en=(
            "crossfade between clips, 1s",
            "add a wipe left",
            "fade through black between 1 and 2",
            "no transitions, hard cuts",
        ),
        zh=("片段之间加叠化", "中间用黑场过渡1秒", "加个左滑转场", "转场都去掉，硬切"),
    )

    type: Annotated[TransitionType, Meta(description="how one clip gives way to the next; `cut` is none")] = "dissolve"
    duration_s: Annotated[
        Annotated[float, Meta(gt=0, le=60)], Meta(description="how long both clips play together, seconds")
    ] = 0.5
    at: Annotated[
        Literal["all"] | tuple[Clip, Clip], Meta(description="`all` joins, or the two clips between which it shall be")
    ] = "all"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clips = draft.clips
        if len(clips) < 2:
            raise EditRefused(detail="there is only one clip, and a transition needs two")
        joins = range(1, len(clips)) if self.at == "all" else [self._join(draft)]
        after = self._joined(draft, joins)
        longest = max(after.clips[at].overlap for at in joins)
        duration_s = seconds(after, longest)
        change = self.change(type=self.type, duration_s=duration_s, length_s=seconds(after, after.length))
        if self.type == "cut":
            change = replace(change, id="edit_transition_none")
        return after, (change,)

    @classmethod
    def standings(cls, draft: Draft, facts: Facts, owner: AnySegment | None) -> list[Standing]:
        """The one at the beginning of a clip; where it has none, the one at its end, which is the next clip's."""
        if not isinstance(owner, MediaSegment) or owner not in draft.clips:
            return []
        at = draft.clips.index(owner)
        for clip in draft.clips[at : at + 2]:
            if clip.enter:
                params = {"type": clip.enter.type, "duration_s": seconds(draft, clip.enter.frames)}
                return [Standing(kind=cls, owner=clip.id, params=params, names=tuple(params))]
        return []

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        at = next(at for at, clip in enumerate(draft.clips) if clip.id == standing.owner)
        return self._joined(draft, [at])

    def _joined(self, draft: Draft, joins: Sequence[int]) -> Draft:
        clips = draft.clips
        return rebuild(
            draft,
            [
                Part(self._entering(draft, clips[at - 1], clip) if at in joins else clip, clip.place)
                for at, clip in enumerate(clips)
            ],
        )

    def _join(self, draft: Draft) -> int:
        first, second = (find_clips(draft, one)[0] for one in self.at)
        at = draft.clips.index(second)
        if at == 0 or draft.clips[at - 1] != first:
            raise BadParameter(op=self.op, field="at", why=f"{second.id} does not come right after {first.id}")
        return at

    def _entering(self, draft: Draft, before: MediaSegment, clip: MediaSegment) -> MediaSegment:
        if self.type == "cut":
            return replace(clip, enter=None)
        room = min(before.place.duration, clip.place.duration) // 2
        frames = min(max(1, draft.timebase.ticks(self.duration_s)), room)
        return replace(clip, enter=Transition(type=self.type, frames=frames) if frames else None)

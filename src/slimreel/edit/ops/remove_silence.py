"""Removes the pauses in which nobody speaks; the sound decides, and the picture follows.

before  |--A--....--A--......--A--|
after   |--A----A----A--|
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange, scaled
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Operation
from slimreel.edit.ripple import take_out
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clips, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSilence(Operation):
    """Where an asset is quiet has to be among the facts; clips without sound are left alone."""

    op: ClassVar[str] = "remove_silence"
    said: ClassVar[Said] = Said(
        cues=(
            "remove|cutting silence",
            "tighten",
            "remove tighten silence",
            "silence remove",
            "tighten talking",
            "silence threshold_word TIME",
            "tighten silence",
            "silence cutting|remove threshold_word? TIME",
        ),
        en=(
            "remove the silences",
            "cut awkward pauses over 1s",
            "tighten my talking head",
            "jump cut the gaps, leave 0.2s padding",
        ),
        zh=("去掉空白停顿", "把没声音的地方剪了", "停顿超过1秒的剪掉", "口播剪紧凑点"),
    )

    threshold_db: Annotated[
        Annotated[float, Meta(ge=-90, le=-5)], Meta(description="quieter than this is silence, dBFS")
    ] = -35.0
    min_silence_s: Annotated[
        Annotated[float, Meta(ge=0.1, le=60)], Meta(description="pauses shorter than this stay, seconds")
    ] = 0.6
    margin_s: Annotated[
        Annotated[float, Meta(ge=0, le=5)], Meta(description="what stays of a pause on each side, seconds")
    ] = 0.15
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        gone = [
            stretch
            for clip in find_clips(draft, self.clip)
            if not clip.is_still and facts.asset(clip.asset).has_audio
            for stretch in self._pauses(draft, clip, facts)
        ]
        after = take_out(draft, gone) if gone else draft
        saved_s = seconds(draft, draft.length - after.length)
        return after, (self.change(count=len(gone), saved_s=saved_s, length_s=seconds(after, after.length)),)

    def _pauses(self, draft: Draft, clip: MediaSegment, facts: Facts) -> list[TimeRange]:
        """The stretches of the timeline to remove; where a transition blends two clips nothing is."""
        base = draft.timebase
        alone = TimeRange.between(clip.place.start + clip.overlap, clip.place.end)
        behind = next((one for one in draft.clips if one.place.start > clip.place.start), None)
        if behind:
            alone = alone.meet(TimeRange.between(0, behind.place.start))
        ratio = Fraction(clip.place.duration, clip.source.duration)
        found: list[TimeRange] = []
        for quiet in facts.silence(clip.asset, self.threshold_db).ranges:
            held = quiet.meet(clip.source)
            edges = (held.start - clip.source.start, held.end - clip.source.start)
            if clip.backwards:
                edges = (clip.source.duration - edges[1], clip.source.duration - edges[0])
            start, end = (clip.place.start + scaled(ticks, ratio) for ticks in edges)
            if end - start < base.ticks(self.min_silence_s):
                continue
            margin = base.ticks(self.margin_s)
            first = start if start == clip.place.start and clip is draft.clips[0] else start + margin
            last = end if end == clip.place.end and clip is draft.clips[-1] else end - margin
            found.append(TimeRange.between(first, last).meet(alone))
        return [stretch for stretch in found if stretch]

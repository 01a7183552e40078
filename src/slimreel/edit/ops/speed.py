"""Plays clips, or a stretch of the timeline, faster or slower.

before  |--------A--------|
after   |----A----|              at twice the speed
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.core.timing import SOURCE, TimeRange, scaled
from slimreel.edit.affect import target_of
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.follow import within_length
from slimreel.edit.operation import AnyClip, Edited, Length, Stretch
from slimreel.edit.ripple import Part, rebuild
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.targets import play_alone, seconds
from slimreel.errors import BadParameter

SLOWEST, FASTEST = Fraction(1, 20), Fraction(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed(Lasting):
    """One of `factor` and `fit_duration_s` has to be given. What is beyond 0.05 to 100 times is clamped."""

    op: ClassVar[str] = "speed"
    said: ClassVar[Said] = Said(
        cues=(
            "speedup|slowdown NUMBER",
            "normal_speed",
            "triple_speed",
            "quarter_speed",
            "slowdown|speedup quarter_speed|triple_speed",
            "PERCENT speed",
            "slowdown PERCENT",
            "slowdown|speedup TIMES",
            "speed|speedup|slowdown TIMES|PERCENT|SHARE",
            "half_speed",
            "double_speed",
            "speedup|slowdown half_speed|double_speed",
            "TIMES",
            "fitting TIME|FOR",
            "speed|speedup|slowdown fitting TIME|FOR",
            "speedup|slowdown TIME|FOR",
            "speedup|slowdown halve",
            "speed NUMBER",
            "speed changing|adding",
            "fitting RANGE",
        ),
        words=(
            "speed speedup slowdown fitting until t_long large_amount half_speed double_speed faster slower video_whole"
        ),
        en=(
            "2x speed",
            "play at half speed",
            "slow it to 75%",
            "squeeze it into 30 seconds",
            "speed up 0:10-0:20 four times",
        ),
        zh=("两倍速", "放慢到一半", "0.75倍速", "压到30秒播完", "10到20秒快进4倍"),
    )
    said_as: ClassVar[dict[str, str]] = {"speed": "factor"}

    factor: Annotated[
        Annotated[float, Meta(gt=0, le=1000)] | None, Meta(description="times as fast as now; 0.5 is half as fast")
    ] = None
    fit_duration_s: Annotated[Length | None, Meta(description="how long it shall play, seconds")] = None
    clip: AnyClip = None
    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None
    keep_pitch: Annotated[bool, Meta(description="voices keep their height")] = True

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if (self.factor is None) == (self.fit_duration_s is None):
            raise BadParameter(op=self.op, field="factor", why="give either factor or fit_duration_s")
        draft, chosen = play_alone(draft, self.op, self.clip, self.range_s)
        factor = self._factor(draft, chosen)
        after = rebuild(draft, self._parts(draft, {one.id for one in chosen}, factor))
        length_s = seconds(after, after.length)
        return after, (self.change(target_of(chosen), factor=float(round(factor, 4)), length_s=length_s),)

    def _factor(self, draft: Draft, chosen: tuple[MediaSegment, ...]) -> Fraction:
        if self.fit_duration_s is None:
            factor = Fraction(self.factor or 1).limit_denominator(10_000)
        else:
            frames = sum(one.place.duration for one in chosen)
            overlap = sum(one.overlap for one in chosen[1:])
            factor = Fraction(frames, max(1, draft.timebase.ticks(self.fit_duration_s) + overlap))
        return min(max(factor, SLOWEST), FASTEST)

    def _parts(self, draft: Draft, chosen: set[str], factor: Fraction) -> list[Part]:
        """New lengths rounded so that their sum is the sum made shorter, however many clips there are."""
        parts: list[Part] = []
        played = 0
        for one in draft.clips:
            new = one
            if one.id in chosen:
                start, end = (scaled(frames, 1 / factor) for frames in (played, played + one.place.duration))
                played += one.place.duration
                new = self._lasting(one, max(1, end - start))
            parts.append(Part(new, one.place))
        return parts

    def _lasting(self, one: MediaSegment, frames: int) -> MediaSegment:
        ratio = Fraction(frames, one.place.duration)
        effects = within_length(tuple(effect.stretched(ratio) for effect in one.effects), frames)
        return replace(one, place=TimeRange(0, frames), effects=effects, keep_pitch=self.keep_pitch)

    @classmethod
    def standings(cls, draft: Draft, facts: Facts, owner: AnySegment | None) -> list[Standing]:
        if not isinstance(owner, MediaSegment) or owner.role != "clip" or owner.is_still:
            return []
        length = {"fit_duration_s": seconds(draft, owner.place.duration), "keep_pitch": owner.keep_pitch}
        params = {"factor": min(1000.0, float(draft.speed(owner))), **length}
        return [Standing(kind=cls, owner=owner.id, params=params, names=tuple(params))]

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        left = {"keep_pitch": params["keep_pitch"]}
        return left | new if set(new) & {"factor", "fit_duration_s"} else left | {"factor": params["factor"]} | new

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        """Against the file: a clip at twice the speed that is set to 2 stays as it is."""
        if (self.factor is None) == (self.fit_duration_s is None):
            raise BadParameter(op=self.op, field="factor", why="give either factor or fit_duration_s")
        parts: list[Part] = []
        for one in draft.clips:
            new = one
            if one.id == standing.owner:
                own_s = SOURCE.seconds(one.source.duration)
                wanted = Fraction(self.factor) if self.factor else own_s / Fraction(self.fit_duration_s or 1)
                factor = min(max(wanted, SLOWEST), FASTEST)
                new = self._lasting(one, max(1, draft.timebase.ticks(own_s / factor)))
            parts.append(Part(new, one.place))
        return rebuild(draft, parts)

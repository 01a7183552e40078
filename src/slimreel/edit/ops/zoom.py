"""Goes closer to the picture, or further away, at once or slowly.

before  [ the whole picture ]
after   [ its middle, larger ]
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.affect import target_of, with_effect, within
from slimreel.edit.draft import Draft, Effect, Focus, MediaSegment, Point, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Stretch
from slimreel.edit.placing import stretch_of
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting
from slimreel.edit.targets import find_clips

Factor = Annotated[float, Meta(ge=0.1, le=10)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoomed(Effect):
    """The picture at `factor` times its size around `focus`; `animate` goes there evenly over the span."""

    kind: ClassVar[str] = "zoomed"
    slot: ClassVar[Slot] = "picture"

    factor: Factor
    focus: Focus | Point = "center"
    animate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom(Lasting):
    """Below 1 the picture gets smaller, with bars around it."""

    op: ClassVar[str] = "zoom"
    said: ClassVar[Said] = Said(
        cues=(
            "zoomin",
            "zoomin TIMES|PERCENT",
            "zoomin TIMES|PERCENT slowly",
            "zoomin slowly",
            "zoomout !smaller",
            "zoomout TIMES|PERCENT !smaller",
            "zoomout TIMES|PERCENT slowly",
            "zoomout slowly",
            "zoomout frame_word TIMES|PERCENT?",
            "slowly zoomin RANGE|FIRST",
        ),
        words="zoomin zoomout grain slowdown until",
        en=("punch in 1.3x", "slow zoom on the face from 5s to 9s", "zoom out to 90%"),
        zh=("放大1.3倍", "5到9秒慢慢推近", "画面缩小到90%"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Zoomed,)
    said_as: ClassVar[dict[str, str]] = {"size": "factor"}

    factor: Annotated[Factor, Meta(description="times as large; 0.9 is to 90 %")] = 1.3
    focus: Annotated[Focus | Point, Meta(description="what stays in the middle: a side, or x and y from 0 to 1")] = (
        "center"
    )
    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None
    animate: Annotated[bool, Meta(description="move there slowly instead of at once")] = False
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        where = stretch_of(draft, *self.range_s) if self.range_s else TimeRange(0, draft.length)
        zoomed = Zoomed(factor=self.factor, focus=self.focus, animate=self.animate)
        clips = tuple(clip for clip in find_clips(draft, self.clip) if where.meet(clip.place))
        after = draft.with_segments(with_effect(clip, replace(zoomed, span=within(clip, where))) for clip in clips)
        return after, (self.change(target_of(clips), factor=self.factor),)

    @classmethod
    def neutral(cls, owner: MediaSegment, found: tuple[Effect, ...], facts: Facts) -> Effect | None:
        return None if found or owner.role in ("music", "voiceover") else Zoomed(factor=1.0)

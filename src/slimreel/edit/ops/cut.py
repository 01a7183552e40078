"""Removes stretches and closes the gaps.

before  |----A----####----B----|
after   |----A----|----B----|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Length, Operation, Stretch
from slimreel.edit.ripple import keep_of, take_out
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip, seconds, stretch_in
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Operation):
    """All times are of the timeline as it is before the cut. At least one of the three has to be given."""

    op: ClassVar[str] = "cut"
    said: ClassVar[Said] = Said(
        cues=(
            "nothing_word RANGE|FIRST|LAST",
            "remove part_word",
            "part_word cutting",
            "both_ends cutting|remove? TIME",
            "both_ends TIME|FOR cutting|remove",
            "TIME t_off t_start|t_end",
            "remove TIME t_start|t_end",
            "remove RANGE|FIRST|LAST",
            "cutting RANGE|FIRST|LAST",
            "trimming FIRST|LAST",
            "remove AT FOR|TIME !FIRST|LAST|freeze",
            "cutting !QUOTE !SIZE !TIMES",
            "trimming small_amount",
            "remove video|clip_noun|part_word !CLIP",
            "FIRST|LAST silence? remove",
            "remove t_start|t_end",
            "cutting t_start|t_end",
        ),
        words=(
            "remove cutting trimming part_word talking silence to_front to_back t_start t_end t_first t_last opening "
            "both_ends"
        ),
        en=(
            "remove 0:20-0:25",
            "cut the first 4 sec",
            "drop the last ten seconds",
            "take out 1:10 to 1:14 and 1:40 to 1:42",
            "delete everything after 50s",
        ),
        zh=("删掉20到25秒", "前4秒去掉", "结尾10秒砍了", "把1:10到1:14剪掉", "50秒以后都不要"),
    )

    first_s: Annotated[Length | None, Meta(description="seconds to remove from the beginning")] = None
    last_s: Annotated[Length | None, Meta(description="seconds to remove from the end")] = None
    ranges_s: Annotated[
        Annotated[tuple[Stretch, ...], Meta(max_length=1000)],
        Meta(description="stretches to remove, each a start and an end in seconds; the end may be `end`"),
    ] = ()
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clip = find_clip(draft, self.clip)
        whole = TimeRange(0, clip.place.duration if clip else draft.length)
        kept = whole.without(self._gone(draft, clip, whole))
        if clip is None:
            after = take_out(draft, whole.without(kept))
        else:
            after = keep_of(draft, clip, kept)
        removed_s = seconds(draft, whole.duration - sum(stretch.duration for stretch in kept))
        target = clip.id if clip else ""
        return after, (self.change(target, removed_s=removed_s, length_s=seconds(after, after.length)),)

    def _gone(self, draft: Draft, clip: MediaSegment | None, whole: TimeRange) -> list[TimeRange]:
        gone = [stretch_in(draft, clip, start, end) for start, end in self.ranges_s]
        if self.first_s is not None:
            gone.append(TimeRange(0, draft.timebase.ticks(self.first_s)))
        if self.last_s is not None:
            frames = draft.timebase.ticks(self.last_s)
            gone.append(TimeRange.between(max(0, whole.end - frames), whole.end))
        if not gone:
            raise BadParameter(op=self.op, field="ranges_s", why="say what to remove: first_s, last_s or ranges_s")
        return gone

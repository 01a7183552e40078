"""Keeps one stretch of the timeline, or of a clip, and drops the rest.

before  |----A----|----B----|
after       |--A--|--B--|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Moment, Operation, Seconds
from slimreel.edit.ripple import keep_of, take_out
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip, seconds, stretch_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim(Operation):
    """What is beyond the end is clamped to it."""

    op: ClassVar[str] = "trim"
    said: ClassVar[Said] = Said(
        cues=(
            "keep part_word",
            "RANGE rest remove",
            "RANGE rest",
            "KEPT",
            "TRIMMED",
            "trim_to FIRST|RANGE",
            "RANGE|FIRST|LAST keep",
            "keep RANGE rest",
            "starting? START|AT UNTIL",
            "keep RANGE|FIRST|LAST rest remove",
            "keep RANGE|FIRST|LAST|UNTIL|START",
            "trimming RANGE",
            "trimming|cutting going_to RANGE|FIRST|LAST|FOR|TIME",
            "START UNTIL|AT",
            "starting? AT stopping AT",
            "starting AT !adding|QUOTE|music|text|image|subtitles|n_title|logo",
            "starting it|video AT !music|text|image|subtitles|n_title|logo|SOUNDFILE|QUOTE|speedup|slowdown",
            "START !adding",
            "UNTIL stopping|cutting|trimming",
            "stopping AT !music|sound|text|image|subtitles|n_title|logo",
            "stopping UNTIL",
            "trimming FOR|TIME",
            "trimming !FIRST !LAST !QUOTE",
            "shorter",
            "keep AT stopping?",
            "trimming AT AT",
            "keep TIME",
            "longer !QUOTE",
            "keep clip_noun|video t_of?",
        ),
        words=(
            "remove keep trimming cutting clip_noun part_word starting stopping rest talking to_front to_back "
            "t_first t_last both_ends"
        ),
        en=(
            "trim to 0:10-0:45",
            "only the part between 5 and 20 seconds",
            "use 1:00 through 1:30",
            "keep the first minute",
            "start at 12s, stop at 47s",
        ),
        zh=("保留10秒到45秒", "只要前一分钟", "从第5秒到第20秒", "截取1:00-1:30", "从12秒开始，47秒结束"),
    )

    start_s: Annotated[Seconds, Meta(description="where the stretch that stays begins, seconds")] = 0.0
    end_s: Annotated[Moment, Meta(description="where it ends, seconds or `end`")] = "end"
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clip = find_clip(draft, self.clip)
        kept = stretch_in(draft, clip, self.start_s, self.end_s)
        if clip is None:
            after = take_out(draft, TimeRange(0, draft.length).without([kept]))
        else:
            after = keep_of(draft, clip, [kept])
        start_s, end_s = seconds(draft, kept.start), seconds(draft, kept.end)
        target = clip.id if clip else ""
        return after, (self.change(target, start_s=start_s, end_s=end_s, length_s=seconds(after, after.length)),)

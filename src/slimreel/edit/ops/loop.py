"""Repeats the timeline, or a clip.

before  |--A--|
after   |--A--|--A--|--A--|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Length, Operation
from slimreel.edit.ripple import MOST_PARTS, Part, as_it_is, rebuild, take_out
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip, seconds
from slimreel.errors import BadParameter, EditRefused, OutsideRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Operation):
    """One of `count` and `until_s` has to be given."""

    op: ClassVar[str] = "loop"
    said: ClassVar[Said] = Said(
        cues=(
            "play_word COUNT",
            "loop COUNT",
            "loop twice|thrice",
            "play_word twice|thrice",
            "play_word NUMBER|TIMES times",
            "loop NUMBER|TIMES times",
            "loop TIMES|twice|thrice",
            "loop UNTIL",
            "loop until TIME|AT|FOR",
            "loop",
            "loop NUMBER",
            "loop FOR|TIME",
        ),
        words="loop times keep until play_word speed",
        en=("loop it 3 times", "repeat until 30 seconds", "make it play twice"),
        zh=("循环三遍", "重复到30秒", "播放两次"),
    )

    count: Annotated[
        Annotated[int, Meta(ge=2, le=1000)] | None, Meta(description="how often it plays in all; 2 is once more")
    ] = None
    until_s: Annotated[Length | None, Meta(description="it repeats until it is so long, seconds")] = None
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if (self.count is None) == (self.until_s is None):
            raise BadParameter(op=self.op, field="count", why="give either count or until_s")
        clip = find_clip(draft, self.clip)
        once = (clip,) if clip else draft.clips
        length = clip.place.duration if clip else draft.length
        wanted = length * self.count if self.count else draft.timebase.ticks(self.until_s or 0)
        if wanted <= length:
            first, last = f"{seconds(draft, length + 1):g} s", "360000 s"
            what = clip.id if clip else "what a loop can reach"
            raise OutsideRange(asked=f"{self.until_s:g} s", target=what, first=first, last=last)
        times = ceil(wanted / length)
        if len(once) * times > MOST_PARTS:
            raise EditRefused(detail=f"that would make more than {MOST_PARTS} clips")
        after = rebuild(draft, _repeated(draft, once, times))
        end = after.length - (draft.length - once[-1].place.end)  # where the last repetition ends
        beyond = length * times - wanted
        if beyond:
            after = take_out(after, [TimeRange(end - beyond, beyond)])
        return after, (self.change(clip.id if clip else "", count=times, length_s=seconds(after, after.length)),)


def _repeated(draft: Draft, once: tuple[MediaSegment, ...], times: int) -> list[Part]:
    again = [Part(replace(one, enter=one.enter if number else None), None) for number, one in enumerate(once)]
    at = draft.clips.index(once[-1]) + 1
    parts = as_it_is(draft.clips)
    return [*parts[:at], *again * (times - 1), *parts[at:]]

"""Divides clips and removes nothing, so that the parts can be treated apart.

before  |--------A--------|
after   |----A----|---A'---|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Operation, Seconds
from slimreel.edit.ripple import divide
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clip, seconds
from slimreel.errors import OutsideRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Operation):
    """A time at which there is a cut already changes nothing; one outside is refused."""

    op: ClassVar[str] = "split"
    said: ClassVar[Said] = Said(
        cues=(
            "splitting AT|TIMES_AT|TIME|START|halfway",
            "splitting NUMBER",
            "splitting !parts !each",
            "splitting LINES?",
        ),
        words="splitting parts cutting halfway part_word transition",
        en=("split at 0:30", "make a cut at 12 and 40", "slice the clip in the middle", "blade at 1:05"),
        zh=("30秒处分割", "在12秒和40秒切开", "从中间切一刀", "1分05秒断开"),
    )

    at_s: Annotated[
        Annotated[tuple[Seconds, ...], Meta(min_length=1, max_length=1000)],
        Meta(description="where to divide, a list of seconds"),
    ]
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clip = find_clip(draft, self.clip)
        first, last = (clip.place.start, clip.place.end) if clip else (0, draft.length)
        frames = [first + draft.timebase.ticks(at) for at in self.at_s]
        for frame, at in zip(frames, self.at_s, strict=True):
            if not first < frame < last:
                length = f"{seconds(draft, last - first):g} s"
                raise OutsideRange(
                    asked=f"{at:g} s", target=clip.id if clip else "the timeline", first="0 s", last=length
                )
        after = divide(draft, frames)
        return after, (self.change(count=len(after.clips), at=", ".join(f"{at:g} s" for at in self.at_s)),)

"""Writes the output as several files.

before  |------------A------------|
after   |--A1--|  |--A2--|  |--A3--|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.draft import Draft, Output
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Count, Edited, Length, Operation, Stage
from slimreel.edit.said import Said
from slimreel.edit.wanted import with_output
from slimreel.errors import BadParameter

MOST_PARTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Output):
    """Either parts that end before these frames, or as many as a size makes necessary."""

    kind: ClassVar[str] = "parts"

    ends: tuple[int, ...] = ()  # frames of the timeline; empty where a size decides
    max_size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitParts(Operation):
    """One of the three has to be given."""

    op: ClassVar[str] = "split_parts"
    said: ClassVar[Said] = Said(
        cues=(
            "splitting SIZE|SCALE",
            "NUMBER parts equal_word",
            "NUMBER equal_word",
            "equal_word parts",
            "splitting fitting TIME",
            "splitting going_to|changing? TIME one_word|each|parts",
            "TIME fitting splitting",
            "parts TIME|FOR",
            "splitting parts TIME|FOR",
            "splitting FOR",
            "splitting into_word>NUMBER",
            "splitting both",
            "splitting parts",
            "splitting NUMBER parts",
            "splitting each TIME|FOR|AT|SIZE|SCALE",
            "parts each TIME|SIZE|AT|FOR|SCALE",
            "splitting parts each TIME|FOR|AT|SIZE|SCALE",
            "parts SIZE|SCALE !out:under|going_to|shrink_to",
            "each SIZE|SCALE !shrink_to !out:compress !out:under",
            "parts each SIZE|SCALE",
            "each TIME splitting|cutting parts?",
            "splitting TIME parts",
            "cutting parts TIME|NUMBER|each",
            "each parts TIME",
            "parts TIME|SIZE|SCALE splitting",
            "each TIME|FOR",
            "splitting NUMBER parts each?",
            "splitting each TIME parts",
            "splitting halve",
        ),
        words="parts each splitting cutting adding t_long saving export trimming equal_word",
        en=(
            "chop into 15 sec pieces",
            "split into 4 equal parts",
            "parts no bigger than 25MB each",
            "one file per minute",
        ),
        zh=("每15秒切一段", "平均分成四份", "每段不超过25M", "一分钟一个文件"),
    )
    stage: ClassVar[Stage] = "output"

    max_duration_s: Annotated[Length | None, Meta(description="no part is longer, seconds")] = None
    parts: Annotated[Annotated[int, Meta(ge=2, le=1000)] | None, Meta(description="how many, of equal length")] = None
    max_size_bytes: Annotated[Count | None, Meta(description="no part is larger, bytes")] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        given = [self.max_duration_s, self.parts, self.max_size_bytes]
        if sum(value is not None for value in given) != 1:
            why = "give one of max_duration_s, parts and max_size_bytes"
            raise BadParameter(op=self.op, field="parts", why=why)
        ends = self._ends(draft)
        after = with_output(draft, Parts(ends=ends, max_size_bytes=self.max_size_bytes))
        return after, (self.change(count=str(len(ends) or "?")),)

    def _ends(self, draft: Draft) -> tuple[int, ...]:
        if self.max_size_bytes is not None:
            return ()
        if self.parts is not None:
            count = min(self.parts, draft.length)
            return tuple(draft.length * number // count for number in range(1, count + 1))
        step = max(1, int(self.max_duration_s / draft.timebase.tick_s)) if self.max_duration_s else draft.length
        if draft.length > step * MOST_PARTS:
            why = f"that makes more than {MOST_PARTS} parts"
            raise BadParameter(op=self.op, field="max_duration_s", why=why)
        return (*range(step, draft.length, step), draft.length)

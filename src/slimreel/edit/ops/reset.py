"""Starts again from the files as they came. It can be undone like any other turn.

before  trim · title · music
after   the clips as they were
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from slimreel.edit.begin import begin
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Operation
from slimreel.edit.said import Said
from slimreel.edit.targets import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(Operation):
    """Files that came later are left out until they are joined again."""

    op: ClassVar[str] = "reset"
    said: ClassVar[Said] = Said(
        cues=(
            "remove|undo|reset edits_word all_word",
            "reset|undo|remove all_word edits_word",
            "back_word original_word",
            "undo edits_word !previous",
            "reset original_word",
            "reset",
            "reset all_word",
            "remove all_word",
            "undo all_word",
        ),
        words="edits_word original_word back_word reset undo all_word remove changing trimming",
        en=("start from scratch",),
        zh=("全部清空重来",),
    )

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        after = replace(begin(facts, draft.log.start), log=draft.log)
        return after, (self.change(length_s=seconds(after, after.length)),)

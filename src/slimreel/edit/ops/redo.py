"""Does again what was undone.

before  trim · title
after   trim · title · music
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slimreel.edit import history
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Operation, Stage
from slimreel.edit.ops.undo import Steps
from slimreel.edit.said import Said
from slimreel.edit.summary import changes
from slimreel.edit.targets import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo(Operation):
    """After a new edit there is nothing to do again."""

    op: ClassVar[str] = "redo"
    said: ClassVar[Said] = Said(
        cues=(
            "back_word undo",
            "undo|remove redo",
            "redo again_word",
            "back_word again_word",
            "undo redo",
            "redo",
            "redo it",
        ),
        words="back_word edits_word redo undo it previous",
        en=("redo",),
        zh=("重做",),
    )
    stage: ClassVar[Stage] = "history"

    steps: Steps = 1

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        after, count = history.redo(draft, self.steps, facts)
        told = self.change(count=count, length_s=seconds(after, after.length))
        return after, (told, *changes(draft, after))

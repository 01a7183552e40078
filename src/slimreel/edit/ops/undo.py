"""Takes the last turns back, each with all that it asked for.

before  trim · title · music
after   trim · title
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit import history
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Operation, Stage
from slimreel.edit.said import Said
from slimreel.edit.summary import changes
from slimreel.edit.targets import seconds

Steps = Annotated[Annotated[int, Meta(ge=1, le=1000)], Meta(description="how many turns; all where there are fewer")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Operation):
    """With `turn` one turn in the middle is taken back, if nothing that came later builds on it."""

    op: ClassVar[str] = "undo"
    said: ClassVar[Said] = Said(
        cues=(
            "better_before",
            "NUMBER step_word>back_word",
            "cancel undo previous?",
            "cancel undo",
            "cancel previous",
            "cancel previous edits_word",
            "undo>speedup|slowdown|crop|rotate|mute|music|reverse|loop|zoomin|blurregion|fade|transition",
            "back_word it|previous",
            "undo edits_word",
            "back_word previous",
            "remove previous edits_word",
            "undo",
            "undo NUMBER|TIMES step_word",
            "undo previous",
            "undo it",
            "undo twice|thrice",
        ),
        words="back_word edits_word undo it previous step_word changing",
        en=("undo", "revert the last change", "go back one"),
        zh=("撤回", "上一步", "回退"),
    )
    stage: ClassVar[Stage] = "history"

    steps: Steps = 1
    turn: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="the number of a single turn to take back, from 1 on")
    ] = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if self.turn is not None:
            after, count = history.undo_turn(draft, self.turn, facts), 1
        else:
            after, count = history.undo(draft, self.steps, facts)
        told = self.change(count=count, length_s=seconds(after, after.length))
        return after, (told, *changes(draft, after))

"""Silences sound, all along or for a stretch.

before  ~~~~~~~~~~
after   ~~~    ~~~
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.affect import within
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Operation, Stretch
from slimreel.edit.ops.volume import Target, at_level, sounding
from slimreel.edit.placing import stretch_of
from slimreel.edit.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(Operation):
    """Where nothing is heard any more, the output has no sound at all."""

    op: ClassVar[str] = "mute"
    said: ClassVar[Said] = Said(
        cues=(
            "blurregion sound RANGE|FIRST|LAST",
            "without sound",
            "remove sound",
            "mute",
            "mute RANGE|FIRST|LAST",
            "mute music|voice|original_sound",
            "mute original_sound keep music",
            "remove|without sound|original_sound|voice",
            "remove|without original_sound keep music",
            "mute sound",
            "remove sound RANGE|FIRST|LAST",
        ),
        words="mute sound volume changing off_word talking",
        en=("mute it", "no audio", "silence 0:05-0:07", "mute the original, keep the music"),
        zh=("静音", "去掉声音", "5到7秒静音", "原声关了保留音乐"),
    )

    target: Annotated[Target, Meta(description="which sound")] = "all"
    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        heard = sounding(draft, facts, self.target, self.clip)
        where = stretch_of(draft, *self.range_s) if self.range_s else TimeRange(0, draft.length)
        silent = [at_level(one, 0.0, within(one, where)) for one in heard if where.meet(one.place)]
        return draft.with_segments(silent), (self.change(silent[0].id if len(silent) == 1 else "", what=self.target),)

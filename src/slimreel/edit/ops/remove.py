"""Takes an element off the timeline: a title, a picture, music, subtitles, or a clip.

before  |--------A--------|
           |-"Title"-|
after   |--------A--------|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.adding import name_of
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited, Name, Operation
from slimreel.edit.placing import take_off
from slimreel.edit.ripple import as_it_is, rebuild
from slimreel.edit.said import Said
from slimreel.edit.targets import find_element


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Operation):
    """A clip leaves no gap."""

    op: ClassVar[str] = "remove"
    said: ClassVar[Said] = Said(
        cues=(
            "@element except both|all_word remove",
            "@element untouched|keep rest|video_whole remove",
            "except @element both|all_word remove",
            "remove @any ORDINAL",
            "without @element",
            "remove @element",
            "remove @element @element2",
            "remove @it",
            "cancel @element !rendering|export|JOB|AT|UNTIL|TIME|RANGE|START|FOR",
            "@element remove",
            "@element dont>play_word",
            "remove @element keep|except",
        ),
        words="remove changing text image music subtitles n_title rest previous blurregion",
        en=("remove the title", "no more watermark", "take the subtitles off"),
        zh=("标题去掉", "水印不要了", "字幕删了"),
    )

    target: Annotated[Name, Meta(description="its id, such as t1, m1 or c2")]

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        gone = find_element(draft, self.target)
        ids = {segment.id for segment in gone}
        if any(clip.id in ids for clip in draft.clips):
            after = rebuild(draft, as_it_is(clip for clip in draft.clips if clip.id not in ids))
        else:
            after = take_off(draft, ids)
        return after, (self.change(gone[0].id, title=name_of(gone[0])),)

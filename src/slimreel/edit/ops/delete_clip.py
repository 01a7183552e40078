"""Removes a whole clip and closes the gap.

before  |--A--|--B--|--C--|
after   |--A--|--C--|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Clip, Edited, Operation
from slimreel.edit.ripple import as_it_is, rebuild
from slimreel.edit.said import Said
from slimreel.edit.targets import find_clips, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteClip(Operation):
    """The last clip cannot be removed; a timeline without any is no video."""

    op: ClassVar[str] = "delete_clip"
    said: ClassVar[Said] = Said(
        cues=(
            "remove|neg VIDEOFILE",
            "CLIP remove",
            "remove VIDEOFILE",
            "remove one_of|vague_clip",
            "one_of NUMBER? clip_noun remove",
            "remove CLIP",
            "remove one_of clip_noun|video",
            "remove FILE !add_image",
        ),
        words="neg remove",
        en=("remove the intro clip", "get rid of the second video", "delete b-roll.mp4", "drop the last clip"),
        zh=("删掉第二段", "片头不要了", "把b-roll.mp4移除", "最后一个片段删了"),
    )

    clip: Clip

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        gone = find_clips(draft, self.clip)
        ids = {clip.id for clip in gone}
        after = rebuild(draft, as_it_is(clip for clip in draft.clips if clip.id not in ids))
        title = ", ".join(clip.title for clip in gone)
        return after, (self.change(gone[0].id, title=title, length_s=seconds(after, after.length)),)

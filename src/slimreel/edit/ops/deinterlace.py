"""Makes whole pictures of the half pictures of old cameras and of television.

before  [=-=-=-]
after   [ whole ]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slimreel.edit.affect import Affecting
from slimreel.edit.draft import Effect, Slot
from slimreel.edit.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Deinterlaced(Effect):
    """Only pictures that are interlaced change."""

    kind: ClassVar[str] = "deinterlaced"
    slot: ClassVar[Slot] = "source"

    def keeps_hdr(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Deinterlace(Affecting):
    """A picture that is whole already stays as it is."""

    op: ClassVar[str] = "deinterlace"
    said: ClassVar[Said] = Said(
        cues=("deinterlace", "deinterlace remove|denoise"),
        words="deinterlace remove denoise vintage",
        en=("deinterlace", "get rid of the comb lines", "old dv tape, fix interlacing"),
        zh=("去隔行", "去掉拉丝横纹", "老DV拍的，去交错"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Deinterlaced,)

    def effect(self) -> Effect:
        return Deinterlaced()

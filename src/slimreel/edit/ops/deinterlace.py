"""Makes whole pictures of the half pictures of old cameras and of television.

before  [=-=-=-]
after   [ whole ]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slimreel.edit.affect import Affecting
from slimreel.edit.draft import Effect, Slot


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
    makes: ClassVar[tuple[type[Effect], ...]] = (Deinterlaced,)

    def effect(self) -> Effect:
        return Deinterlaced()

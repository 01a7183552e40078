"""Grades the picture with a table of colours from a file.

before  [ flat ]
after   [ graded ]
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.affect import target_of, with_effect
from slimreel.edit.draft import Draft, Effect, Share, Slot
from slimreel.edit.facts import Asset, Facts
from slimreel.edit.operation import AnyClip, Edited, Name
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Seat
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded(Effect):
    """Each colour looked up in the table `asset`, and mixed with the old one by `intensity`."""

    kind: ClassVar[str] = "graded"
    slot: ClassVar[Slot] = "picture"

    asset: str
    intensity: Share = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lut(Lasting):
    """A second table takes the place of the first."""

    op: ClassVar[str] = "lut"
    said: ClassVar[Said] = Said(
        cues=(
            "LUTFILE",
            "grade LUTFILE",
            "LUTFILE PERCENT",
            "lut",
            "lut FILE",
            "grade FILE",
            "lut intensity PERCENT",
            "lut grade",
        ),
        words="lut grade intensity look adding changing CLIP half_word",
        en=("apply film.cube", "use this LUT at 60%", "grade with my lut"),
        zh=("套用film.cube", "LUT强度60%", "用我的LUT调色"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Graded,)

    file: Annotated[Name, Meta(description="the table: id or name of a .cube file")]
    intensity: Annotated[Share, Meta(description="1 is all of it")] = 1.0
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        asset = self._table(facts)
        clips = find_clips(draft, self.clip)
        graded = Graded(asset=asset.id, intensity=self.intensity)
        after = draft.with_segments(with_effect(clip, graded) for clip in clips)
        return after, (self.change(target_of(clips), title=asset.title, percent=round(self.intensity * 100)),)

    @classmethod
    def params_of(cls, effect: Effect, seat: Seat) -> dict[str, Any]:
        return {"file": effect.asset, "intensity": effect.intensity} if isinstance(effect, Graded) else {}

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        table = self._table(seat.facts)
        return replace(effect, asset=table.id, intensity=self.intensity) if isinstance(effect, Graded) else None

    def _table(self, facts: Facts) -> Asset:
        asset = facts.asset(self.file)
        if asset.kind != "lut":
            raise BadParameter(op=self.op, field="file", why=f"{asset.name} is no table of colours")
        return asset

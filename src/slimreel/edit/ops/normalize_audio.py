"""Brings the whole sound to an even loudness.

before  ~ ~~~~ ~ ~~~~~~
after   ~~~ ~~~ ~~~ ~~~
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.draft import Draft, Effect, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Edited
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalized(Effect):
    """The mixed sound at an integrated loudness, its peaks below a limit."""

    kind: ClassVar[str] = "normalized"
    slot: ClassVar[Slot] = "sound"

    lufs: float
    true_peak_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizeAudio(Lasting):
    """-14 LUFS is what YouTube and most players aim at."""

    op: ClassVar[str] = "normalize_audio"
    said: ClassVar[Said] = Said(
        cues=(
            "normalize",
            "normalize sound|volume",
            "LUFS",
            "LUFS normalize",
            "normalize LUFS sound|volume",
            "normalize louder|quieter",
        ),
        words="both width_word normalize sound volume voice louder quieter changing out:preset",
        en=("normalize the audio", "make loudness consistent", "-14 lufs for youtube", "even out the volume"),
        zh=("响度标准化", "音量统一一下", "调到-14 LUFS", "声音忽大忽小，弄均匀"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Normalized,)

    lufs: Annotated[Annotated[float, Meta(ge=-70, le=-5)], Meta(description="loudness of the whole, LUFS")] = -14.0
    true_peak_db: Annotated[Annotated[float, Meta(ge=-9, le=0)], Meta(description="highest peak, dBTP")] = -1.0

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        others = tuple(effect for effect in draft.effects if not isinstance(effect, Normalized))
        normalized = Normalized(lufs=self.lufs, true_peak_db=self.true_peak_db)
        return replace(draft, effects=(*others, normalized)), (self.change(lufs=self.lufs),)

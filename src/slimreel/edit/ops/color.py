"""Changes brightness, contrast and colours, by amounts or by a look with a name.

before  [ grey ]
after   [ warm ]
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.edit.affect import target_of, with_effect
from slimreel.edit.draft import Draft, Effect, MediaSegment, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter

Percent = Annotated[float, Meta(ge=-100, le=100)]
Stops = Annotated[float, Meta(ge=-5, le=5)]
Gamma = Annotated[float, Meta(ge=0.1, le=10)]
Look = Literal["bw", "warm", "cool", "vivid", "cinematic", "vintage"]
_SUMS = ("brightness_pct", "contrast_pct", "saturation_pct", "temperature_pct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Colored(Effect):
    """Differences to the picture as it is, in percent; exposure in stops; the look is applied after them."""

    kind: ClassVar[str] = "colored"
    slot: ClassVar[Slot] = "picture"

    brightness_pct: Percent = 0.0
    contrast_pct: Percent = 0.0
    saturation_pct: Percent = 0.0
    temperature_pct: Percent = 0.0
    exposure_ev: Stops = 0.0
    gamma: Gamma = 1.0
    preset: Look | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Color(Lasting):
    """Amounts are added to those that were set before, and the sum is clamped to the range of one."""

    op: ClassVar[str] = "color"
    said: ClassVar[Said] = Said(
        cues=(
            "brightness|contrast|saturation|warmer|cooler|darker|desaturate|gamma",
            "brightness|contrast|saturation more|less",
            "brightness|contrast|saturation NUMBER|PERCENT",
            "brightness|contrast|saturation more|less NUMBER|PERCENT",
            "bw|vivid|cinematic|vintage",
            "bw|vivid|cinematic|vintage look",
            "warmer|cooler look",
            "toodark",
            "toodark brightness",
            "exposure EV|NUMBER",
            "exposure more|less EV|NUMBER",
            "desaturate NUMBER|PERCENT",
            "EV",
            "darker more",
            "saturation small_amount|large_amount",
            "look adding",
            "warmer|cooler small_amount|large_amount",
        ),
        words="look brightness adding grain",
        en=("brighter by 10", "more contrast", "warm it up", "desaturate 30", "cinematic look"),
        zh=("调亮10", "对比度高一点", "色调暖一点", "饱和度降30", "电影感"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Colored,)
    said_as: ClassVar[dict[str, str]] = {**{name.partition("_")[0]: name for name in _SUMS}, "exposure": "exposure_ev"}

    brightness_pct: Annotated[Percent, Meta(description="brighter or darker, percent")] = 0.0
    contrast_pct: Annotated[Percent, Meta(description="more or less contrast, percent")] = 0.0
    saturation_pct: Annotated[Percent, Meta(description="stronger or weaker colours, percent; -100 is grey")] = 0.0
    temperature_pct: Annotated[Percent, Meta(description="warmer or cooler, percent")] = 0.0
    exposure_ev: Annotated[Stops, Meta(description="light doubled for each, in stops")] = 0.0
    gamma: Annotated[Gamma, Meta(description="above 1 the middle tones get brighter")] = 1.0
    preset: Annotated[Look | None, Meta(description="a look with a name; it takes the place of another")] = None
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        said = records.said(self)
        if not set(said) - {"clip"}:
            raise BadParameter(op=self.op, field="preset", why="say what to change, or name a look")
        clips = tuple(self._colored(clip) for clip in find_clips(draft, self.clip))
        told = ", ".join(f"{name.partition('_')[0]} {value}" for name, value in said.items() if name != "clip")
        return draft.with_segments(clips), (self.change(target_of(clips), values=told),)

    @classmethod
    def neutral(cls, owner: MediaSegment, found: tuple[Effect, ...], facts: Facts) -> Effect | None:
        return None if found or owner.role in ("music", "voiceover") else Colored()

    def _colored(self, clip: MediaSegment) -> MediaSegment:
        now = next((one for one in clip.effects if isinstance(one, Colored) and one.span is None), Colored())
        sums = {name: max(-100.0, min(100.0, getattr(now, name) + getattr(self, name))) for name in _SUMS}
        colored = replace(
            now,
            **sums,
            exposure_ev=max(-5.0, min(5.0, now.exposure_ev + self.exposure_ev)),
            gamma=max(0.1, min(10.0, now.gamma * self.gamma)),
            preset=self.preset or now.preset,
        )
        return with_effect(clip, colored)

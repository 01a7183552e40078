"""Turns the picture by quarters, clockwise.

before  [ wide ]
after   [ high ]      at 90 degrees
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.affect import target_of
from slimreel.edit.draft import Draft, Effect, MediaSegment, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.said import Said
from slimreel.edit.shapes import follow_picture
from slimreel.edit.standing import Lasting, Seat
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated(Effect):
    """A turn of 90, 180 or 270 degrees clockwise, on top of what the file itself says."""

    kind: ClassVar[str] = "rotated"
    slot: ClassVar[Slot] = "source"

    degrees: int

    def keeps_hdr(self) -> bool:
        return True

    def resized(self, width: int, height: int) -> tuple[int, int]:
        return (width, height) if self.degrees % 180 == 0 else (height, width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate(Lasting):
    """Turns add up: four of 90 degrees are none."""

    op: ClassVar[str] = "rotate"
    said: ClassVar[Said] = Said(
        cues=(
            "rotate_weak NUMBER",
            "rotate_weak DEGREES|clockwise|counter|sideways|upside_down",
            "rotate_weak clockwise|counter SHARE",
            "rotate_weak DEGREES clockwise|counter",
            "clockwise|counter DEGREES",
            "rotate clockwise|counter SHARE",
            "rotate DEGREES|NUMBER",
            "rotate clockwise|counter",
            "sideways",
            "upside_down",
            "rotate",
            "rotate upside_down|sideways",
            "DEGREES !zoomin",
            "DEGREES clockwise|counter",
            "rotate DEGREES clockwise|counter",
            "sideways denoise",
        ),
        words="rotate sideways denoise grain clockwise video_whole SHARE rotate_weak",
        en=("rotate 90", "turn it clockwise", "it's sideways, fix", "rotate counterclockwise"),
        zh=("旋转90度", "转正", "逆时针转90", "画面倒了，转180度"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Rotated,)

    degrees: Annotated[
        Annotated[int, Meta(ge=-3600, le=3600)],
        Meta(description="clockwise, a multiple of 90; negative is counterclockwise"),
    ]
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        degrees = self._degrees()
        clips = find_clips(draft, self.clip)
        after = draft.with_segments(self._turned(clip) for clip in clips)
        if len(clips) == len(draft.clips):
            after = follow_picture(after, facts)
        return after, (self.change(target_of(clips), degrees=degrees),)

    def _degrees(self) -> int:
        if self.degrees % 90:
            raise BadParameter(op=self.op, field="degrees", why="it has to be a multiple of 90")
        return self.degrees % 360

    @classmethod
    def neutral(cls, owner: MediaSegment, found: tuple[Effect, ...], facts: Facts) -> Effect | None:
        return None if found or owner.role in ("music", "voiceover") else Rotated(degrees=0)

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        degrees = self._degrees()
        return replace(effect, degrees=degrees) if isinstance(effect, Rotated) and degrees else None

    def _turned(self, clip: MediaSegment) -> MediaSegment:
        effects, degrees = clip.effects, self.degrees % 360
        if effects and isinstance(effects[-1], Rotated):
            degrees = (degrees + effects[-1].degrees) % 360
            effects = effects[:-1]
        return replace(clip, effects=(*effects, Rotated(degrees=degrees)) if degrees else effects)

"""Lets picture and sound come out of black and silence, and go back into them.

before  |##########|
after   |.-######-.|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.affect import target_of
from slimreel.edit.draft import Color, Draft, Effect, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Change, Edited
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Seat
from slimreel.edit.targets import find_clips, seconds

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faded(Effect):
    """`frames` long, at the beginning or at the end of what it is on."""

    direction: Direction
    frames: int

    def part(self, kept: TimeRange, length: int) -> Effect | None:
        at_edge = kept.start == 0 if self.direction == "in" else kept.end == length
        return replace(self, frames=min(self.frames, kept.duration)) if at_edge else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFaded(Faded):
    """From or to a colour."""

    kind: ClassVar[str] = "picture_faded"
    slot: ClassVar[Slot] = "picture"

    color: Color = "#000000"

    def keeps_hdr(self) -> bool:
        return self.color == "#000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFaded(Faded):
    """From or to silence."""

    kind: ClassVar[str] = "sound_faded"
    slot: ClassVar[Slot] = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fade(Lasting):
    """Without `clip` it is the beginning and the end of the whole, whatever is cut or added later."""

    op: ClassVar[str] = "fade"
    said: ClassVar[Said] = Said(
        cues=(
            "fadein|fadeout LAST|FIRST",
            "fadeout toblack",
            "fade out_word",
            "fade sound out_word",
            "fadein|fadeout",
            "fade",
            "fade inandout",
            "inandout",
            "fadein|fadeout sound|video",
            "fade sound|music",
            "fadein fadeout",
            "fade toblack",
            "fadeout to_back|t_end|t_last",
            "fadein to_front|t_start",
            "fadeblack to_back|t_end|LAST|t_last",
            "fade t_start|t_end",
            "fadeout|fadein FIRST|LAST",
        ),
        words="grain fade fadein fadeout sound music adding toblack slowly look t_end t_start transition",
        en=("fade in and out", "2s fade to black at the end", "fade the sound in over 3 seconds"),
        zh=("淡入淡出", "结尾2秒渐黑", "声音3秒淡入"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (PictureFaded, SoundFaded)

    direction: Annotated[Literal["in", "out", "both"], Meta(description="at the beginning, the end, or both")] = "both"
    target: Annotated[Literal["video", "audio", "both"], Meta(description="what fades")] = "both"
    duration_s: Annotated[Annotated[float, Meta(gt=0, le=60)], Meta(description="how long, seconds")] = 1.0
    color: Annotated[Color, Meta(description="that the picture comes from or goes to")] = "#000000"
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        wanted = max(1, draft.timebase.ticks(self.duration_s))
        if self.clip is None or self.clip == "all":
            frames = self._room(wanted, draft.length)
            after = replace(draft, effects=with_fades(draft.effects, self._fades(frames)))
            return after, (self._told(draft, frames, ""),)
        clips = find_clips(draft, self.clip)
        frames = min(self._room(wanted, clip.place.duration) for clip in clips)
        faded = (replace(clip, effects=with_fades(clip.effects, self._fades(frames))) for clip in clips)
        return draft.with_segments(faded), (self._told(draft, frames, target_of(clips)),)

    @classmethod
    def words_of(cls, effect: Effect) -> tuple[str, ...]:
        way = effect.direction if isinstance(effect, Faded) else ""
        return way, "video" if isinstance(effect, PictureFaded) else "audio"

    @classmethod
    def params_of(cls, effect: Effect, seat: Seat) -> dict[str, Any]:
        length = {"duration_s": seconds(seat.draft, effect.frames)} if isinstance(effect, Faded) else {}
        return length | ({"color": effect.color} if isinstance(effect, PictureFaded) else {})

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        if not isinstance(effect, Faded):
            return effect
        room = seat.length - max((one.frames for one in _opposite(effect, seat)), default=0)
        frames = min(max(1, seat.draft.timebase.ticks(self.duration_s)), max(1, room))
        new = replace(effect, frames=frames)
        return replace(new, color=self.color.upper()) if isinstance(new, PictureFaded) else new

    def _room(self, wanted: int, length: int) -> int:
        return max(1, min(wanted, length // 2 if self.direction == "both" else length))

    def _fades(self, frames: int) -> list[Faded]:
        directions: list[Direction] = [one for one in ("in", "out") if self.direction in (one, "both")]
        pictures = [PictureFaded(direction=one, frames=frames, color=self.color.upper()) for one in directions]
        sounds = [SoundFaded(direction=one, frames=frames) for one in directions]
        return [
            *(pictures if self.target in ("video", "both") else ()),
            *(sounds if self.target in ("audio", "both") else ()),
        ]

    def _told(self, draft: Draft, frames: int, target: str) -> Change:
        return self.change(target, direction=self.direction, what=self.target, duration_s=seconds(draft, frames))


def with_fades(effects: tuple[Effect, ...], fades: list[Faded]) -> tuple[Effect, ...]:
    """The effects with these fades in the place of those of the same kind at the same end."""
    keys = {(type(fade), fade.direction) for fade in fades}
    others = (one for one in effects if not isinstance(one, Faded) or (type(one), one.direction) not in keys)
    return (*others, *fades)


def _opposite(fade: Faded, seat: Seat) -> list[Faded]:
    """The fades of the same sort at the other end."""
    effects = seat.owner.effects if seat.owner else seat.draft.effects
    of_kind = [one for one in effects if type(one) is type(fade) and isinstance(one, Faded)]
    return [one for one in of_kind if one.direction != fade.direction]

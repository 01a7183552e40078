"""Makes sound louder or quieter: all of it, or that of the clips, the music or the voice that was laid over.

before  ~~~~~~~~~~
after   ~~~~------
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log10
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core.timing import TimeRange
from slimreel.edit.affect import within
from slimreel.edit.draft import Draft, Effect, MediaSegment, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited, Stretch
from slimreel.edit.placing import stretch_of
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Seat
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter, EditRefused

LOUDEST = 2.0
Level = Annotated[float, Meta(ge=0, le=2)]
Gain = Annotated[float, Meta(ge=-60, le=30)]
Target = Literal["original", "music", "voiceover", "all"]
_ROLES = {"original": ("clip", "pip"), "music": ("music",), "voiceover": ("voiceover",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume(Effect):
    """1 is as loud as the file. Where several cover a frame, the last of them holds."""

    kind: ClassVar[str] = "volume"
    slot: ClassVar[Slot] = "sound"

    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVolume(Lasting):
    """One of `level` and `gain_db` has to be given; the result is clamped to twice as loud as the file."""

    op: ClassVar[str] = "volume"
    said: ClassVar[Said] = Said(
        cues=(
            "as_loud",
            "as_loud sound|volume|voice|music",
            "sound|volume|voice|music shrink_to PERCENT|SHARE",
            "sound up_word|down_word DB",
            "volume|sound|music|voice|original_sound up_word|down_word DB|PERCENT|TIMES|SHARE",
            "up_word|down_word DB",
            "volume|sound|music|voice|original_sound|voiceover PERCENT|DB|TIMES|SHARE",
            "louder|quieter DB|PERCENT|SHARE|TIMES",
            "louder|quieter sound|volume|music|voice|original_sound DB|PERCENT|TIMES|SHARE",
            "halve|double sound|volume|music|voice|original_sound",
            "changing volume|sound !subtitles",
            "halve louder|quieter sound|volume|voice|original_sound|music",
        ),
        words="rotate_weak sound volume louder quieter changing music voice",
        en=("turn it up 3 dB", "voice to 120%", "halve the original audio", "music volume 15%"),
        zh=("音量加3分贝", "人声调到120%", "原声减半", "音乐音量15%"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (Volume,)
    said_as: ClassVar[dict[str, str]] = {"volume": "level"}

    target: Annotated[Target, Meta(description="which sound")] = "all"
    level: Annotated[Level | None, Meta(description="0 is silent, 1 as loud as the file, 2 twice that")] = None
    gain_db: Annotated[Gain | None, Meta(description="louder than now, or quieter where negative; decibels")] = None
    range_s: Annotated[Stretch | None, Meta(description="only this stretch of the timeline, seconds")] = None
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if (self.level is None) == (self.gain_db is None):
            raise BadParameter(op=self.op, field="level", why="give either level or gain_db")
        heard = sounding(draft, facts, self.target, self.clip)
        where = stretch_of(draft, *self.range_s) if self.range_s else TimeRange(0, draft.length)
        changed = [self._changed(one, where) for one in heard if where.meet(one.place)]
        after = draft.with_segments(changed)
        level = max((level_at(one, max(0, where.start - one.place.start)) for one in changed), default=0.0)
        target = changed[0].id if len(changed) == 1 else ""
        return after, (self.change(target, what=self.target, percent=round(level * 100)),)

    def _changed(self, one: MediaSegment, where: TimeRange) -> MediaSegment:
        span = within(one, where)
        if self.level is not None:
            return at_level(one, self.level, span)
        factor = 10 ** ((self.gain_db or 0.0) / 20)
        if span is not None:
            return at_level(one, level_at(one, span.start) * factor, span)
        effects = tuple(
            replace(effect, level=_clamped(effect.level * factor)) if isinstance(effect, Volume) else effect
            for effect in one.effects
        )
        if any(isinstance(effect, Volume) and effect.span is None for effect in effects):
            return replace(one, effects=effects)
        return replace(one, effects=(Volume(level=_clamped(factor)), *effects))

    @classmethod
    def neutral(cls, owner: MediaSegment, found: tuple[Effect, ...], facts: Facts) -> Effect | None:
        is_set = owner.is_still or any(effect.span is None for effect in found)
        return None if is_set or not facts.asset(owner.asset).has_audio else Volume(level=1.0)

    @classmethod
    def params_of(cls, effect: Effect, seat: Seat) -> dict[str, Any]:
        level = effect.level if isinstance(effect, Volume) else 1.0
        return {"level": level, "gain_db": 20 * log10(level) if level else None}

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return new  # level and gain_db say the same thing

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        """Against the file, as everything that is set and not moved."""
        if (self.level is None) == (self.gain_db is None):
            raise BadParameter(op=self.op, field="level", why="give either level or gain_db")
        level = self.level if self.level is not None else 10 ** ((self.gain_db or 0.0) / 20)
        return replace(effect, level=_clamped(level)) if isinstance(effect, Volume) else effect


def sounding(draft: Draft, facts: Facts, target: Target, clip: str | int | None) -> list[MediaSegment]:
    """The segments whose sound is meant. Raises EditRefused where there is none of it."""
    roles = [role for name, of in _ROLES.items() if target in (name, "all") for role in of]
    among = find_clips(draft, clip) if clip is not None else draft.segments()
    found = [
        one
        for one in among
        if isinstance(one, MediaSegment) and one.role in roles and not one.is_still and facts.asset(one.asset).has_audio
    ]
    if not found:
        missing = {"music": "there is no music on the timeline", "voiceover": "no voice was laid over the video"}
        raise EditRefused(detail=missing.get(target, "there is no sound in it"))
    return found


def is_heard(draft: Draft, facts: Facts) -> bool:
    """Does anything sound anywhere? Where nothing does, the output has no sound track."""
    return any(
        isinstance(one, MediaSegment) and not one.is_still and facts.asset(one.asset).has_audio and sounds(one)
        for one in draft.segments()
    )


def sounds(one: MediaSegment) -> bool:
    """Is a segment with sound loud enough to be heard at any frame?"""
    return any(level_at(one, frame) > 0 for frame in (0, *_edges(one)))


def _edges(one: MediaSegment) -> list[int]:
    """The frames at which the volume of a segment can change."""
    spans = [effect.span for effect in one.effects if isinstance(effect, Volume) and effect.span]
    frames = {frame for span in spans for frame in (span.start, span.end)}
    return sorted(frame for frame in frames if frame < one.place.duration)


def level_at(one: MediaSegment, frame: int) -> float:
    """How loud a segment is at a frame from its start."""
    covering = [
        effect.level
        for effect in one.effects
        if isinstance(effect, Volume) and (effect.span is None or frame in effect.span)
    ]
    return covering[-1] if covering else 1.0


def at_level(one: MediaSegment, level: float, span: TimeRange | None = None) -> MediaSegment:
    """The segment at this level, on a span or all along, whatever was set there before."""
    hidden = [
        effect
        for effect in one.effects
        if isinstance(effect, Volume) and (span is None or (effect.span and span.meet(effect.span) == effect.span))
    ]
    effects = tuple(effect for effect in one.effects if effect not in hidden)
    return replace(one, effects=(*effects, Volume(level=_clamped(level), span=span)))


def _clamped(level: float) -> float:
    return round(min(max(level, 0.0), LOUDEST), 6)

"""Moves the sound of clips against their picture, where lips do not match.

before  picture |-----|   sound |-----|
after   picture |-----|   sound  |-----|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.core.timing import SOURCE
from slimreel.edit.affect import target_of
from slimreel.edit.draft import Draft, Effect, MediaSegment, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Seat
from slimreel.edit.targets import find_clips


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundShifted(Effect):
    """The sound later than the picture, earlier where negative, in ticks of core.timing.SOURCE."""

    kind: ClassVar[str] = "sound_shifted"
    slot: ClassVar[Slot] = "sound"

    offset_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSync(Lasting):
    """Asked for again, it is added to what was moved before."""

    op: ClassVar[str] = "audio_sync"
    said: ClassVar[Said] = Said(
        cues=(
            "sound moving TIME|FOR|AT",
            "sound sync|is_early|is_late|later|earlier TIME|FOR|AT|NUMBER",
            "sync later|earlier TIME|FOR|AT",
            "sync TIME|FOR|AT",
            "is_early|is_late later|earlier TIME|FOR|AT",
            "sync",
            "sound is_early|is_late later|earlier TIME|FOR|AT",
            "sound is_early|is_late",
            "sync sound later|earlier TIME|AT|FOR",
            "voice later|earlier TIME",
        ),
        words="sync sound moving voice grain denoise remove",
        en=("audio is 200ms early, delay it", "shift sound by +0.3s", "lips don't match, move audio back 120 ms"),
        zh=("声音快了200毫秒，往后挪", "音频延迟0.3秒", "嘴型对不上，声音提前120毫秒"),
    )
    makes: ClassVar[tuple[type[Effect], ...]] = (SoundShifted,)

    offset_s: Annotated[
        Annotated[float, Meta(ge=-60, le=60)], Meta(description="later, or earlier where negative; seconds")
    ]
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        clips = find_clips(draft, self.clip)
        after = draft.with_segments(self._shifted(clip) for clip in clips)
        return after, (self.change(target_of(clips), offset=f"{self.offset_s:+g} s"),)

    def _shifted(self, clip: MediaSegment) -> MediaSegment:
        before = sum(one.offset_ticks for one in clip.effects if isinstance(one, SoundShifted))
        others = tuple(one for one in clip.effects if not isinstance(one, SoundShifted))
        ticks = before + SOURCE.ticks(self.offset_s)
        return replace(clip, effects=(*others, SoundShifted(offset_ticks=ticks)) if ticks else others)

    @classmethod
    def params_of(cls, effect: Effect, seat: Seat) -> dict[str, Any]:
        return {"offset_s": float(SOURCE.seconds(effect.offset_ticks))} if isinstance(effect, SoundShifted) else {}

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        ticks = SOURCE.ticks(self.offset_s)
        return replace(effect, offset_ticks=ticks) if isinstance(effect, SoundShifted) and ticks else None

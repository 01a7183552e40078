"""Lays music under the video. It ends with the video, and never makes it longer.

before  |--------A--------|
after   |--------A--------|
        |~~~~~ music ~~~~~|
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.adding import Timed, find_file, times_asked
from slimreel.edit.draft import AnySegment, Draft, Effect, MediaSegment, Slot
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Change, Name
from slimreel.edit.ops.fade import Direction, SoundFaded
from slimreel.edit.ops.volume import Gain, Level, at_level, level_at
from slimreel.edit.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Ducked(Effect):
    """Quieter while somebody speaks in the clips."""

    kind: ClassVar[str] = "ducked"
    slot: ClassVar[Slot] = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMusic(Timed):
    """Without `loop` it is over when the file is."""

    op: ClassVar[str] = "add_music"
    said: ClassVar[Said] = Said(
        cues=(
            "another_song",
            "getting music",
            "SOUNDFILE RANGE|FIRST|LAST|START",
            "own_song under_word|music|adding",
            "own_song music adding|changing",
            "own_song changing !replace",
            "different_word|other music",
            "SOUNDFILE duck",
            "SOUNDFILE under_word",
            "SOUNDFILE under_word duck",
            "SOUNDFILE duck voice",
            "music adding",
            "adding music",
            "adding SOUNDFILE",
            "SOUNDFILE music",
            "adding SOUNDFILE music|under_word|quiet",
            "SOUNDFILE PERCENT",
            "music FILE",
            "adding music FILE",
            "music duck",
            "music PERCENT FILE",
            "music fadeout|fadein",
            "music loop",
            "adding FILE PERCENT",
            "FILE music PERCENT|quiet",
            "adding FILE loop|fadein|fadeout|duck",
            "FILE volume PERCENT",
            "music START|AT",
            "music quiet",
            "adding FILE under_word",
        ),
        words=(
            "own_song audioformat own_file upload getting "
            "music sound adding volume quiet under_word until original_sound loop video keep merging t_end t_start "
            "t_last t_first to_back quieter down_word"
        ),
        en=(
            "add bgm track.mp3 at 25%",
            "music in the background, quiet, fade out at the end",
            "lower the song when i speak",
            "loop the beat under everything",
            "start the music at 5s",
        ),
        zh=("加背景音乐，25%音量", "配乐小声点，结尾淡出", "说话的时候音乐自动变小", "音乐循环铺满", "第5秒开始放音乐"),
    )
    letter: ClassVar[str] = "m"

    file: Annotated[Name | None, Meta(description="id or name of a sound file; the only one there is without it")] = (
        None
    )
    volume: Annotated[Level, Meta(description="0 is silent, 1 as loud as the file")] = 0.3
    gain_db: Annotated[Gain | None, Meta(description="instead of `volume`: against the file, decibels")] = None
    duck: Annotated[bool, Meta(description="quieter while somebody speaks")] = False
    fade_in_s: Annotated[Annotated[float, Meta(ge=0, le=60)], Meta(description="how long it comes in, seconds")] = 0.0
    fade_out_s: Annotated[Annotated[float, Meta(ge=0, le=60)], Meta(description="how long it goes out, seconds")] = 0.0
    loop: Annotated[bool, Meta(description="again from the beginning when the file is over")] = True

    def element(self, element_id: str, draft: Draft, facts: Facts) -> MediaSegment:
        asset = find_file(self.op, facts, self.file, "audio")
        fades: list[tuple[Direction, float]] = [("in", self.fade_in_s), ("out", self.fade_out_s)]
        faded = [SoundFaded(direction=way, frames=max(1, draft.timebase.ticks(s))) for way, s in fades if s]
        music = self.media(element_id, asset, "music", draft)
        music = replace(music, repeats=self.loop, effects=(*faded, *((Ducked(),) if self.duck else ())))
        return at_level(music, self.volume if self.gain_db is None else 10 ** (self.gain_db / 20))

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, MediaSegment) or element.role != "music":
            return None
        faded = {one.direction: one.frames for one in element.effects if isinstance(one, SoundFaded)}
        return {
            "file": element.asset,
            "volume": level_at(element, element.place.duration),
            "duck": any(isinstance(one, Ducked) for one in element.effects),
            "fade_in_s": float(draft.timebase.seconds(faded.get("in", 0))),
            "fade_out_s": float(draft.timebase.seconds(faded.get("out", 0))),
            "loop": element.repeats,
            **times_asked(element, draft),
        }

    def placed(self, element: AnySegment, draft: Draft) -> Change:
        told = Timed.placed(self, element, draft)
        percent = round(level_at(element, element.place.duration) * 100) if isinstance(element, MediaSegment) else 100
        return self.change(element.id, **told.fields, percent=percent)

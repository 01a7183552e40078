"""The files that are made of a timeline beside a video: sound alone and single pictures, one row a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slimreel.core.media import AudioStream


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """A kind of sound file: its codec as core/codecs names it, FFmpeg's muxer, and the rate that is usual."""

    codec: str
    muxer: str
    suffix: str
    usual_bps: int | None  # None: it has no rate to choose
    holds: frozenset[str]  # codecs that can be copied into it

    def copies(self, track: AudioStream, bitrate_bps: int | None) -> bool:
        """Can the track go into it as it is? A rate that was asked for is a ceiling, with 2 % for what is measured."""
        return track.codec in self.holds and (bitrate_bps is None or track.bitrate_bps <= bitrate_bps * 1.02)


SOUND_FORMATS: Mapping[str, SoundFormat] = {
    "mp3": SoundFormat("mp3", "mp3", ".mp3", 192_000, frozenset({"mp3"})),
    "m4a": SoundFormat("aac", "ipod", ".m4a", 160_000, frozenset({"aac", "alac"})),
    "opus": SoundFormat("opus", "opus", ".opus", 128_000, frozenset({"opus"})),
    "flac": SoundFormat("flac", "flac", ".flac", None, frozenset({"flac"})),
    "wav": SoundFormat("pcm", "wav", ".wav", None, frozenset({"pcm_s16le", "pcm_s24le"})),
}

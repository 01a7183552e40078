"""The files that are made of a timeline beside a video: sound alone and single pictures, one row a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """A kind of sound file: its codec as core/codecs names it, FFmpeg's muxer, and the rate that is usual."""

    codec: str
    muxer: str
    suffix: str
    usual_bps: int | None  # None: it has no rate to choose


SOUND_FORMATS: Mapping[str, SoundFormat] = {
    "mp3": SoundFormat("mp3", "mp3", ".mp3", 192_000),
    "m4a": SoundFormat("aac", "ipod", ".m4a", 160_000),
    "opus": SoundFormat("opus", "opus", ".opus", 128_000),
    "flac": SoundFormat("flac", "flac", ".flac", None),
    "wav": SoundFormat("pcm", "wav", ".wav", None),
}

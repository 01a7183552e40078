"""Decides what happens to each sound track: copy, encode at which rate, or drop.

It knows containers and goals, but neither pictures nor how sound is encoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slimreel.core.containers import Container
from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.core.media import AudioStream, MediaInfo

# Per channel pair, bits per second: where AAC-LC and Opus are held transparent by most listeners.
_PAIR_BPS = {"aac": 128_000, "opus": 112_000}
_FLOOR_BPS = {"aac": 24_000, "opus": 16_000}
# Asked for 4 kbit/s, FFmpeg's AAC makes 22 of stereo speech at 48 kHz, 15 of mono, and 8 to 9 of mono at 8 and 16 kHz;
# silence takes 2.3 whatever is asked. So to ask for less saves nothing; at low sampling rates the floor is lower.
_LOW_SAMPLING_HZ, _LOW_SAMPLING_SHARE = 16_000, 2 / 3
# Sound may take this share of a size before it is made smaller (compression.md §5.1: 10–15 %).
_SHARE_OF_SIZE = 0.12
# Where even the least rates of all tracks take more of a size than this, the secondary tracks go.
_MOST_OF_SIZE = 0.35
_COPY_CEILING_BPS = 330_000


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """What to do with one source track. `bitrate_bps` is nominal when encoding, measured when copying."""

    source_index: int
    action: Literal["copy", "encode"]
    codec: str
    bitrate_bps: int
    channels: int
    sample_rate_hz: int
    language: str | None
    title: str | None
    is_default: bool

    @property
    def packet_samples(self) -> int:
        """Samples of one packet: AAC-LC 1024, Opus at 20 ms 960 of 48 kHz."""
        return 960 if self.codec == "opus" else 1024


def plan_sound(
    source: MediaInfo, goal: Goal, container: Container, size_limit_bytes: int | None, *, may_copy: bool = True
) -> tuple[tuple[SoundTrack, ...], list[Reason]]:
    """One SoundTrack for each track that is kept, and why they are treated so.

    Without `may_copy` all are encoded: packets of a damaged file may be damaged themselves.
    """
    reasons: list[Reason] = []
    if goal.audio == "mute":
        return (), [Reason(id="muted")] if source.audio else []
    usable = [track for track in source.audio if track.packets and track.channels and track.sample_rate_hz]
    usable = _affordable(usable, container.default_audio, size_limit_bytes, source.duration_s)
    share_bps = _share_bps(source, usable, size_limit_bytes)
    tracks = []
    for track in usable:
        kept = _plan_track(track, goal, container, share_bps, may_copy=may_copy)
        tracks.append(kept)
        fields: dict[str, str | int | float] = {"codec": kept.codec, "bitrate": kept.bitrate_bps}
        if kept.action == "copy":
            reasons.append(Reason(id="copied_audio", fields=fields))
        else:
            fields["before"] = round(track.bitrate_bps)
            raised = 0 < round(track.bitrate_bps) < kept.bitrate_bps
            reasons.append(Reason(id="audio_least" if raised else "audio_encoded", fields=fields))
        if kept.channels < track.channels:
            mixed: dict[str, str | int | float] = {"before": track.channels, "after": kept.channels}
            reasons.append(Reason(id="audio_downmixed", fields=mixed))
    if len(usable) < len(source.audio):
        dropped = len(source.audio) - len(usable)
        reasons.append(Reason(id="audio_tracks_dropped", fields={"count": dropped}))
    return tuple(tracks), reasons


def _affordable(
    tracks: list[AudioStream], codec: str, size_limit_bytes: int | None, duration_s: float
) -> list[AudioStream]:
    """The tracks whose least rates leave most of a size to the pictures; the default one always."""
    if size_limit_bytes is None:
        return tracks
    kept = list(tracks)
    while len(kept) > 1:
        least_bps = sum(_floor_bps(codec, min(track.channels, 2), track.sample_rate_hz) for track in kept)
        if least_bps * duration_s / 8 <= size_limit_bytes * _MOST_OF_SIZE:
            break
        kept.remove(next((track for track in reversed(kept) if not track.is_default), kept[-1]))
    return kept


def _share_bps(source: MediaInfo, usable: list[AudioStream], size_limit_bytes: int | None) -> float | None:
    """The rate that each track may have inside a size, or None where no size binds.

    Sound gets its share, and besides what the pictures could not use: they take no more than they had.
    """
    if size_limit_bytes is None or not usable or source.duration_s <= 0:
        return None
    pictures = max((video.bytes for video in source.video), default=0)
    spare = size_limit_bytes * 0.97 - pictures * 1.02 - 15 * sum(video.packets for video in source.video) - 3000
    allowed = max(size_limit_bytes * _SHARE_OF_SIZE, spare)
    return allowed * 8 / source.duration_s / len(usable)


def _plan_track(
    track: AudioStream, goal: Goal, container: Container, share_bps: float | None, *, may_copy: bool
) -> SoundTrack:
    codec, channels = container.default_audio, track.channels
    if share_bps is not None and channels > 2 and share_bps < _floor_bps(codec, channels, track.sample_rate_hz):
        channels = 2
    least = _floor_bps(codec, channels, track.sample_rate_hz)
    natural = _natural_bps(codec, channels, track.sample_rate_hz)
    wanted = goal.audio_bitrate_bps or natural
    ceiling = goal.audio_bitrate_bps or max(_COPY_CEILING_BPS, round(natural * 1.3))
    if share_bps is not None:
        ceiling = min(ceiling, max(round(share_bps), least))
        wanted = min(wanted, ceiling)
    if may_copy and track.codec in container.audio and 0 < track.bitrate_bps <= ceiling * 1.02:
        return _track(track, "copy", track.codec, round(track.bitrate_bps), track.channels)
    # A source has nothing above its own rate to give. What has less than the floor and cannot be copied, such as a
    # silent Vorbis track of 400 bit/s, gets the floor: speech at less is not heard, and silence stays as small.
    if track.bitrate_bps > 0:
        wanted = min(wanted, round(track.bitrate_bps))
    return _track(track, "encode", codec, max(wanted, least), channels)


def _track(
    track: AudioStream, action: Literal["copy", "encode"], codec: str, bitrate_bps: int, channels: int
) -> SoundTrack:
    return SoundTrack(
        source_index=track.index,
        action=action,
        codec=codec,
        bitrate_bps=bitrate_bps,
        channels=channels,
        sample_rate_hz=track.sample_rate_hz,
        language=track.language,
        title=track.title,
        is_default=track.is_default,
    )


def _natural_bps(codec: str, channels: int, sample_rate_hz: int) -> int:
    pairs = max(0.625, channels / 2)
    low_rate = min(1.0, sample_rate_hz / 44_100)
    return round(_PAIR_BPS[codec] * pairs * max(low_rate, 0.4))


def _floor_bps(codec: str, channels: int, sample_rate_hz: int) -> int:
    """The least that still sounds like something."""
    share = _LOW_SAMPLING_SHARE if sample_rate_hz <= _LOW_SAMPLING_HZ else 1
    return round(_FLOOR_BPS[codec] * share * max(0.5, channels / 2))

"""Sound: copied where it fits, never raised above its source, never starved, and the secondary tracks go first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.containers import CONTAINERS
from slimreel.core.goal import Goal
from slimreel.core.media import AudioStream
from slimreel.core.sound import SoundTrack, plan_sound
from tests.core.facts import audio, media, video

MP4 = CONTAINERS["mp4"]


def planned(
    *tracks: AudioStream, limit: int | None = None, container: str = "mp4", **wanted: Any
) -> tuple[tuple[SoundTrack, ...], set[str]]:
    row = next(row for row in CONTAINERS.values() if row.name == container)
    sound, reasons = plan_sound(media(video(), *tracks), Goal(**wanted), row, limit)
    return sound, {reason.id for reason in reasons}


@pytest.mark.parametrize(
    ("track", "container", "wanted", "action", "codec", "bps"),
    [
        (audio(128_000), "mp4", {}, "copy", "aac", 128_000),
        (audio(320_000), "mp4", {}, "copy", "aac", 320_000),
        (audio(448_000, codec="ac3", channels=6), "mp4", {}, "copy", "ac3", 448_000),
        (audio(600_000), "mp4", {}, "encode", "aac", 128_000),
        (audio(1_536_000, codec="pcm_s16le"), "mp4", {}, "encode", "aac", 128_000),
        (audio(1_536_000, codec="pcm_s16le"), "mp4", {"audio_bitrate_bps": 96_000}, "encode", "aac", 96_000),
        (audio(128_000), "mp4", {"audio_bitrate_bps": 96_000}, "encode", "aac", 96_000),
        (audio(97_000), "mp4", {"audio_bitrate_bps": 96_000}, "copy", "aac", 97_000),
        (audio(64_000), "mp4", {"audio_bitrate_bps": 320_000}, "copy", "aac", 64_000),
        (audio(128_000), "webm", {}, "encode", "opus", 112_000),
        (audio(64_000), "webm", {}, "encode", "opus", 64_000),
        (audio(96_000, codec="opus"), "webm", {}, "copy", "opus", 96_000),
        (audio(96_000, codec="vorbis"), "mp4", {}, "encode", "aac", 96_000),
        (audio(0, codec="aac", bytes=0), "mp4", {}, "encode", "aac", 128_000),
    ],
)
def test_one_track(
    track: AudioStream, container: str, wanted: dict[str, Any], action: str, codec: str, bps: int
) -> None:
    (sound,), why = planned(track, container=container, **wanted)
    assert (sound.action, sound.codec, sound.bitrate_bps) == (action, codec, bps)
    assert why == {"copied_audio" if action == "copy" else "audio_encoded"}


@pytest.mark.parametrize(
    ("track", "action", "bps"),
    [
        (audio(377, codec="vorbis"), "encode", 24_000),
        (audio(5_000, codec="amr_nb", channels=1, sample_rate_hz=8000), "encode", 8_000),
        (audio(10_000, codec="amr_nb", channels=1, sample_rate_hz=8000), "encode", 10_000),
        (audio(377), "copy", 377),
    ],
)
def test_a_track_below_the_floor_is_copied_or_gets_the_floor_and_it_is_told(
    track: AudioStream, action: str, bps: int
) -> None:
    (sound,), why = planned(track)
    assert (sound.action, sound.bitrate_bps) == (action, bps)
    raised = bps > round(track.bitrate_bps)
    assert why == {"copied_audio" if action == "copy" else "audio_least" if raised else "audio_encoded"}


def test_without_leave_to_copy_all_is_encoded() -> None:
    (track,), _ = plan_sound(media(), Goal(), MP4, None, may_copy=False)
    assert track.action == "encode"


def test_muted_sound_is_told_of_only_where_there_was_some() -> None:
    assert planned(audio(), audio="mute") == ((), {"muted"})
    assert planned(audio="mute") == ((), set())


def test_broken_tracks_are_dropped_and_told_of() -> None:
    sound, why = planned(audio(index=1, channels=0), audio(index=2, packets=0), audio(index=3))
    assert [track.source_index for track in sound] == [3]
    assert "audio_tracks_dropped" in why


def test_a_size_makes_sound_smaller_before_it_eats_the_pictures() -> None:
    (track,), _ = planned(audio(256_000), limit=4_000_000)
    # An eighth of 4 MB over a minute.
    assert track.action == "encode"
    assert 60_000 <= track.bitrate_bps <= 70_000


def test_sound_may_have_what_the_pictures_could_not_use() -> None:
    source = media(video(100_000), audio(256_000))
    (track,), _ = plan_sound(source, Goal(), MP4, 3_000_000)
    assert (track.action, track.bitrate_bps) == ("copy", 256_000)


def test_surround_becomes_stereo_only_where_there_is_no_room() -> None:
    surround = audio(448_000, codec="ac3", channels=6)
    (roomy,), _ = planned(surround, limit=40_000_000)
    assert roomy.channels == 6
    (tight,), why = planned(surround, limit=2_000_000)
    assert (tight.channels, tight.action) == (2, "encode")
    assert "audio_downmixed" in why


def test_a_tiny_size_keeps_the_default_track() -> None:
    tracks = [audio(index=number, is_default=number == 2) for number in (1, 2, 3)]
    sound, why = planned(*tracks, limit=300_000)
    assert [track.source_index for track in sound] == [2]
    assert "audio_tracks_dropped" in why
    sound, _ = planned(*tracks, limit=30_000_000)
    assert [track.source_index for track in sound] == [1, 2, 3]


@given(
    bps=st.integers(1000, 6_000_000),
    codec=st.sampled_from(["aac", "ac3", "opus", "pcm_s16le", "vorbis", "mp2"]),
    channels=st.integers(1, 8),
    rate_hz=st.sampled_from([8000, 22_050, 44_100, 48_000, 96_000]),
    asked=st.none() | st.integers(8_000, 512_000),
    limit=st.none() | st.integers(10_000, 10**9),
    container=st.sampled_from(["mp4", "mov", "mkv", "webm"]),
    count=st.integers(1, 4),
)
def test_any_sound(
    bps: int,
    codec: str,
    channels: int,
    rate_hz: int,
    asked: int | None,
    limit: int | None,
    container: str,
    count: int,
) -> None:
    tracks = [
        audio(bps, index=number, codec=codec, channels=channels, sample_rate_hz=rate_hz, is_default=number == 1)
        for number in range(1, count + 1)
    ]
    sound, _ = planned(*tracks, limit=limit, container=container, audio_bitrate_bps=asked)
    row = next(row for row in CONTAINERS.values() if row.name == container)
    assert sound and sound[0].source_index == 1
    for track in sound:
        # What FFmpeg's AAC makes at the least of speech, a channel: 8 kbit/s at 8 kHz, 12 at 48.
        low = rate_hz <= 16_000
        least = {"aac": 8_000 if low else 12_000, "opus": 5_333 if low else 8_000}[row.default_audio] * track.channels
        assert track.channels <= channels
        if track.action == "copy":
            assert (track.codec, track.bitrate_bps) == (codec, round(tracks[0].bitrate_bps))
            assert track.codec in row.audio
            assert asked is None or track.bitrate_bps <= asked * 1.02
        else:
            assert track.codec == row.default_audio
            assert least - 8 <= track.bitrate_bps <= max(least + 8, bps)
            assert asked is None or track.bitrate_bps <= max(asked, least + 8)

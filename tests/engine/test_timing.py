"""When pictures and sound are shown: every timestamp of the source stands, whatever its rhythm and its container."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine import witness
from tests.engine.conftest import Make, Shrink

# The clip, and what of it is unusual.
RHYTHMS = {
    "natural/flir_thermal_vfr.mp4": "true VFR, sound 0.19 s late",
    "screen/timeline_3026x1386_vfr.mp4": "irregular, and a last picture that stands for 1.5 s",
    "structure/delayed_start.mp4": "the first picture is late",
    "structure/edit_list_shift.mp4": "an edit list delays a track",
    "structure/shorter_audio.mp4": "the sound ends early",
    "structure/samsung_slowmo_sef.mp4": "slow motion",
    "structure/fragmented.mp4": "fragments",
    "structure/multi_sidx.mp4": "several indexes",
    "interlaced/sony_a7m3_1080i50.mts": "starts at 1.04 s; field pairs",
    "avi/mpeg4asp_mp3.avi": "AVI with B-frames",
    "avi/xvid_traffic_30s.avi": "packed B-frames",
    "structure/mobile_3gp.3gp": "AMR sound",
    "mkv/pgs_subs.mkv": "timestamps of milliseconds, 20 times too fast",
    "sar_odd/odd_1081x713_vp9.webm": "6.75 fps",
    "multi/mp3_and_ac3_51.mp4": "60 fps",
    "hdr/iphone_hlg_dv84_rot90_elst.mp4": "an edit list that hides pictures",
}
SLOW = {"screen/debugpy_2940x1912_vfr.webm": "1000 fps nominal", "talking/webcam_vfr_flv.flv": "FLV, milliseconds"}
CASES = [*RHYTHMS, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]


def assert_same_timing(source: Path, made: Path) -> None:
    before, after = witness.times(source), witness.times(made)
    assert len(after) == len(before)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.001


def assert_sound_in_step(source: Path, made: Path) -> None:
    shift = witness.sound_shift_s(source, made)
    assert shift is None or abs(shift) <= 0.002


@pytest.mark.parametrize("name", CASES)
def test_every_picture_and_the_sound_keep_their_time(name: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, resolution=240)
    assert_same_timing(source, made.path)
    if witness.of_kind(source, "audio"):
        assert_sound_in_step(source, made.path)
        ends = [witness.shown(path, "a:0")[-1].time_s - witness.shown(path)[0].time_s for path in (source, made.path)]
        # One packet of AAC at 44.1 kHz lasts 23 ms.
        assert ends[1] == pytest.approx(ends[0], abs=0.05)


@pytest.mark.parametrize("suffix", [".mkv", ".webm", ".mov"])
def test_other_containers_keep_irregular_times_too(suffix: str, media: Path, shrink: Shrink) -> None:
    source = media / "natural/flir_thermal_vfr.mp4"
    made = shrink(source, suffix, resolution=144, codec="vp9" if suffix == ".webm" else "h264")
    before, after = witness.times(source), witness.times(made.path)
    assert len(after) == len(before)
    # Matroska counts milliseconds.
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.0011
    assert_sound_in_step(source, made.path)


@pytest.mark.parametrize("name", ["natural/flir_thermal_vfr.mp4", "structure/edit_list_shift.mp4"])
def test_a_change_of_container_keeps_times(name: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, ".mov", reencode=False)
    assert made.result.strategy == "remux"
    assert_same_timing(source, made.path)
    assert_sound_in_step(source, made.path)


def test_a_last_picture_that_stands_keeps_standing(make: Make, shrink: Shrink) -> None:
    source = make(
        "standing.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2,setpts=N/25/TB+gt(N\\,48)*1/TB,settb=1/1000"),
        *("-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-c:v", "libx264", "-preset", "veryfast"),
    )
    made = shrink(source)
    assert_same_timing(source, made.path)


def test_sound_longer_and_shorter_than_the_picture(make: Make, shrink: Shrink) -> None:
    for name, seconds in (("long_sound.mp4", 3), ("short_sound.mp4", 1)):
        source = make(
            name,
            *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", f"sine=d={seconds}"),
            *("-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
        )
        made = shrink(source)
        assert_same_timing(source, made.path)
        sound = witness.shown(made.path, "a:0")
        assert sound[-1].time_s == pytest.approx(seconds, abs=0.06)
        assert made.result.duration_s == pytest.approx(max(2, seconds), abs=0.06)


def test_sound_that_starts_late_stays_late(make: Make, shrink: Shrink) -> None:
    source = make(
        "late.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2"),
        *("-itsoffset", "0.7", "-f", "lavfi", "-i", "anoisesrc=c=brown:d=1:seed=7"),
        *("-c:v", "libx264", "-preset", "veryfast", "-c:a", "libvorbis"),
    )
    made = shrink(source)
    assert "audio_encoded" in made.reasons
    assert_sound_in_step(source, made.path)


@pytest.mark.parametrize("fps", [10, 30])
def test_a_frame_rate_is_a_maximum(fps: int, plain: Path, shrink: Shrink) -> None:
    made = shrink(plain, fps=fps)
    assert len(witness.shown(made.path)) == min(fps, 25) * 2
    assert ("fps_limited" in made.reasons) == (fps < 25)


@pytest.mark.slow
def test_six_minutes_that_hardly_move(media: Path, shrink: Shrink) -> None:
    source = media / "long/black_1080p30_6min.mp4"
    made = shrink(source, resolution=144, target_size_bytes=700_000, reencode=True)
    assert made.path.stat().st_size <= 700_000
    assert made.result.duration_s == pytest.approx(362.77, abs=0.1)

"""When pictures and sound are shown: every timestamp of the source stands, whatever its rhythm and its container."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimreel.core.goal import Goal
from slimreel.core.plan import make_plan
from slimreel.engine.standing import of_encode as standing_options
from tests.core.facts import media as media_of
from tests.core.facts import video
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


def assert_same_length(source: Path, made: Path) -> None:
    """Of the picture's track and of the file; Matroska counts milliseconds, a packet of AAC lasts 23."""
    before, after = witness.lengths(source), witness.lengths(made)
    assert after[0] == pytest.approx(before[0], abs=0.0021)
    assert after[1] == pytest.approx(before[1], abs=0.024 if witness.of_kind(source, "audio") else 0.0021)


@pytest.fixture(scope="module")
def standing(make: Make) -> Path:
    """Two seconds at 25 fps; then one picture more, a second late, that stands for 1.5 s."""
    pictures = "testsrc2=s=320x180:r=25:d=2,setpts=N+gt(N\\,48)*25,settb=1/1000"
    stands = "setts=pts=PTS:dts=DTS:duration=if(eq(PTS\\,2960)\\,1500\\,40)"
    return make(
        "standing.mkv",
        *("-f", "lavfi", "-i", pictures, "-fps_mode", "passthrough", "-enc_time_base", "1:1000"),
        *("-c:v", "libx264", "-preset", "veryfast", "-bsf:v", stands),
    )


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


def test_a_late_last_picture_stays_late(standing: Path, shrink: Shrink) -> None:
    assert_same_timing(standing, shrink(standing).path)


@pytest.mark.parametrize(
    ("suffix", "wanted"),
    [
        (".mp4", {}),
        (".mov", {"codec": "hevc"}),
        (".mp4", {"codec": "av1"}),
        (".mkv", {}),
        (".webm", {"codec": "vp9"}),
        (".mp4", {"reencode": False}),
    ],
    ids=str,
)
def test_the_last_picture_stands_as_long_as_it_did(
    suffix: str, wanted: dict[str, Any], standing: Path, shrink: Shrink
) -> None:
    assert_same_length(standing, shrink(standing, suffix, **wanted).path)


@pytest.mark.parametrize(("suffix", "wanted"), [(".mp4", {}), (".mkv", {}), (".mov", {"reencode": False})], ids=str)
def test_what_was_made_can_be_made_again(suffix: str, wanted: dict[str, Any], standing: Path, shrink: Shrink) -> None:
    """MP4 knows when pictures are decoded; where B-frames come last, the last picture's own length is not in it."""
    made = shrink(standing).path
    assert_same_length(made, shrink(made, suffix, **wanted).path)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize(
    "name",
    [
        "screen/timeline_3026x1386_vfr.mp4",
        "image/anim.gif",
        "natural/flir_thermal_vfr.mp4",
        "natural/night_city_720p15.mp4",
        "multi/mp3_and_ac3_51.mp4",
    ],
)
def test_lengths_are_those_of_the_source(name: str, suffix: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, suffix, resolution=144).path
    assert_same_length(source, made)
    if witness.of_kind(source, "audio"):
        assert_sound_in_step(source, made)


@pytest.mark.parametrize(("suffix", "pictures"), [(".mp4", 50), (".mp4", 20), (".mkv", 50), (".mkv", 20)])
def test_a_picture_is_not_drawn_out_over_those_that_are_lost(suffix: str, pictures: int, tmp_path: Path) -> None:
    source = media_of(video(seconds=3, rate=25, packets=50, frames=50))
    plan = make_plan(Goal(quality="low", reencode=True), source, suffix[1:])
    made = tmp_path / f"made{suffix}"
    clip = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-frames:v", pictures)
    witness.ffmpeg(*clip, "-c:v", "libx264", "-preset", "veryfast", *standing_options(plan), made)
    assert witness.lengths(made)[1] == pytest.approx(3 if pictures == 50 else 0.8, abs=0.002)


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

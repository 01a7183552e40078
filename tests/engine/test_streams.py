"""What is beside the picture: sound tracks, subtitles, chapters, covers, timecodes, data; kept or told of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.engine import witness
from tests.engine.conftest import Make, Shrink

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2")


def tone(channels: str = "stereo", seconds: int = 2) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"anoisesrc=c=brown:d={seconds}:seed=3,aformat=channel_layouts={channels}")


@pytest.fixture(scope="session")
def talkative(make: Make) -> Path:
    """Three sound tracks with languages, a default that is not the first, and a title."""
    labels = []
    for number, (language, title) in enumerate((("eng", "Original"), ("deu", "Synchronfassung"), ("fra", ""))):
        labels += [f"-metadata:s:a:{number}", f"language={language}", f"-metadata:s:a:{number}", f"title={title}"]
    maps = [part for number in range(4) for part in ("-map", str(number))]
    return make(
        "talkative.mkv",
        *(*PICTURE, *tone(), *tone("mono"), *tone("5.1"), *maps, *labels),
        *("-disposition:a:0", "0", "-disposition:a:1", "default", "-disposition:a:2", "0"),
        *("-c:v", "libx264", "-preset", "veryfast", "-c:a:0", "aac", "-c:a:1", "libvorbis", "-c:a:2", "flac"),
    )


@pytest.mark.parametrize(
    ("suffix", "codecs"),
    [(".mp4", ["aac", "aac", "aac"]), (".mkv", ["aac", "vorbis", "aac"]), (".webm", ["opus", "vorbis", "opus"])],
)
def test_all_sound_tracks_are_kept(suffix: str, codecs: list[str], talkative: Path, shrink: Shrink) -> None:
    made = shrink(talkative, suffix, codec="vp9" if suffix == ".webm" else "h264")
    sound = witness.of_kind(made.path, "audio")
    assert [track.codec for track in sound] == codecs
    assert [track.language for track in sound] == ["eng", "deu", "fra"]
    assert ["default" in track.flags for track in sound] == [False, True, False]
    assert [track.details for track in sound] == ["stereo", "mono", "5.1"]
    assert "Synchronfassung" in witness.described(made.path)
    for number in range(3):
        samples = witness.sound_samples(made.path, f"a:{number}")
        rate = 48_000
        assert samples / rate == pytest.approx(2, abs=0.06)


def test_five_channels_stay_five(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "structure/fragmented_51.mp4", ".webm", resolution=90)
    (sound,) = witness.of_kind(made.path, "audio")
    assert (sound.codec, sound.details) == ("opus", "5.1")


def test_two_tracks_of_a_real_file(media: Path, shrink: Shrink) -> None:
    source = media / "multi/mp3_and_ac3_51.mp4"
    made = shrink(source)
    assert [track.codec for track in witness.of_kind(made.path, "audio")] == ["mp3", "ac3"]
    for stream in ("a:0", "a:1"):
        assert witness.packet_hashes(made.path, stream) == witness.packet_hashes(source, stream)


def test_sound_that_the_container_cannot_hold_is_encoded(media: Path, shrink: Shrink) -> None:
    for name in ("avi/kodak_mjpeg_pcm.avi", "structure/mobile_3gp.3gp"):
        made = shrink(media / name)
        (sound,) = witness.of_kind(made.path, "audio")
        assert sound.codec == "aac"
        assert "audio_encoded" in made.reasons


def test_muted_and_silent_files(media: Path, plain: Path, shrink: Shrink) -> None:
    muted = shrink(plain, audio="mute")
    assert not witness.of_kind(muted.path, "audio")
    assert "muted" in muted.reasons
    silent = shrink(media / "structure/video_only.mp4")
    assert not witness.of_kind(silent.path, "audio")
    assert "muted" not in silent.reasons


TEXT = ["mkv/srt_subs.mkv", "mkv/ass_subs.mkv", "multi/mov_text.mp4"]


def cues(path: Path) -> list[tuple[str, str]]:
    """(start, words) of each cue, as SubRip would have it, without its styles."""
    text = witness.pipe("-i", path, "-map", "0:s:0", "-f", "srt", "-").decode()
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    styles = re.compile(r"<[^>]*>|\{[^}]*\}")
    return [(block[1][:10], styles.sub("", " ".join(block[2:]))) for block in blocks if len(block) > 2]


@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mov"])
def test_text_subtitles_are_kept_everywhere(name: str, suffix: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, suffix, resolution=144)
    (before,), (after,) = (witness.of_kind(path, "subtitle") for path in (source, made.path))
    expected = {".mp4": "mov_text", ".mov": "mov_text", ".webm": "webvtt"}.get(suffix)
    assert after.codec == (expected or {"mov_text": "subrip"}.get(before.codec, before.codec))
    assert after.language in (before.language, "und", "")
    assert cues(made.path) == cues(source)


@pytest.mark.parametrize("name", ["mkv/pgs_subs.mkv", "mkv/vobsub.mkv"])
def test_drawn_subtitles_stay_in_mkv_and_are_told_of_elsewhere(name: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    dropped = shrink(source, resolution=144)
    assert not witness.of_kind(dropped.path, "subtitle")
    assert dropped.reasons["subtitles_dropped"]["count"] == 1
    kept = shrink(source, ".mkv", resolution=144)
    (before,), (after,) = (witness.of_kind(path, "subtitle") for path in (source, kept.path))
    assert after.codec == before.codec
    assert witness.packet_hashes(kept.path, "s:0") == witness.packet_hashes(source, "s:0")


@pytest.mark.parametrize("name", ["multi/chapters.mp4", "mkv/chapters.mkv"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_chapters_keep_times_and_titles(name: str, suffix: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, suffix, resolution=144)
    before, after = witness.chapters(source), witness.chapters(made.path)
    assert [title for _, title in after] == [title for _, title in before]
    assert [at for at, _ in after] == pytest.approx([at for at, _ in before], abs=0.01)
    assert before
    assert "text" not in str(made.reasons.get("data_dropped", ""))


def test_a_cover_is_never_the_picture(media: Path, make: Make, shrink: Shrink) -> None:
    made = shrink(media / "mkv/cover_png.mkv")
    assert (made.result.width, made.result.height) == (640, 360)
    assert "cover_dropped" in made.reasons
    large = make("large_cover.png", "-f", "lavfi", "-i", "color=red:s=1280x1280", "-frames:v", "1")
    video = make("small.mp4", *PICTURE, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
    maps = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic")
    source = make("covered.mp4", "-i", large, "-i", video, *maps)
    made = shrink(source)
    assert (made.result.width, made.result.height) == (160, 90)
    assert len(witness.of_kind(made.path, "video")) == 1


def test_one_of_two_pictures_is_kept(media: Path, shrink: Shrink) -> None:
    for name, size in (("mkv/two_video_two_audio.mkv", (848, 464)), ("multi/nasa_2v2a2s.mp4", (480, 270))):
        made = shrink(media / name)
        assert (made.result.width, made.result.height) == size
        assert made.reasons["extra_video_dropped"]["count"] == 1
        assert len(witness.of_kind(made.path, "video")) == 1
        assert len(witness.of_kind(made.path, "audio")) == 2


def test_attached_files_are_told_of(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "mkv/attachment_font.mkv", ".mkv")
    assert not witness.of_kind(made.path, "attachment")
    assert made.reasons["data_dropped"]["kinds"]


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
@pytest.mark.parametrize(
    ("name", "timecode"),
    [("mov/otio_sar_tmcd_pcm.mov", "01:00:00:00"), ("natural/gopro_hero7_tmcd_gpmd.mp4", "11:12:47:22")],
)
def test_a_timecode_is_kept(name: str, timecode: str, suffix: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / name, suffix, resolution=144)
    assert timecode in witness.described(made.path)
    assert "tmcd" not in str(made.reasons.get("data_dropped", ""))


def test_telemetry_is_dropped_and_told_of(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "natural/gopro_hero7_tmcd_gpmd.mp4", resolution=144)
    assert "gpmd" in str(made.reasons["data_dropped"]["kinds"])
    assert b"gpmd" not in made.path.read_bytes()
    made = shrink(media / "portrait/iphone_rot90_gps.mov")
    assert "mebx" in str(made.reasons["data_dropped"]["kinds"])
    assert b"mebx" not in made.path.read_bytes()
    assert not witness.of_kind(made.path, "data")

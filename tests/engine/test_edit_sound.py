"""Renders of what changes sound: levels, lengths, pitch and loudness as they come out of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import counting, do, level, loudness_lufs, pitch_hz, render, rendered

RATE = 48_000


def tone(make: Make, name: str, hertz: int, seconds: float = 1, volume: float = 0.8) -> Path:
    source = f"aevalsrc='{volume}*sin(2*PI*{hertz}*t)':s=48000:d={seconds}"
    return make(name, "-f", "lavfi", "-i", source)


def loud(make: Make) -> Path:
    """The counting clip with a tone of half the full scale."""
    return make(
        "loud.mp4", "-i", counting(make), "-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*440*t)':s=48000:d=2",
        "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "192k",
    )  # fmt: skip


def has_sound(path: Path) -> bool:
    return bool(witness.of_kind(path, "audio"))


def test_sound_is_as_long_as_the_pictures(make: Make, tmp_path: Path):
    path = render(tmp_path, [loud(make)], do("trim", start_s=0.2, end_s=1.4), out="out.mkv")
    assert abs(witness.sound_samples(path) - 1.2 * RATE) <= 1024
    assert level(path, 0.1, 1.1) == pytest.approx(0.5, abs=0.05)


def test_a_clip_without_sound_is_silent_and_keeps_its_length(make: Make, tmp_path: Path):
    silent = counting(make, "silent.mp4", silent=True)
    assert not has_sound(render(tmp_path, [silent]))
    path = render(tmp_path, [silent, loud(make)], out="b.mp4")
    assert level(path, 0.1, 1.9) < 0.01 and level(path, 2.1, 3.9) > 0.4


def test_volume_and_mute_of_stretches(make: Make, tmp_path: Path):
    path = render(tmp_path, [loud(make)], do("volume", level=0.5, range_s=[0.5, 1]), do("mute", range_s=[1.5, 2]))
    assert level(path, 0.1, 0.45) == pytest.approx(0.5, abs=0.05)
    assert level(path, 0.55, 0.95) == pytest.approx(0.25, abs=0.03)
    assert level(path, 1.55, 1.9) < 0.01
    halved = render(tmp_path, [loud(make)], do("volume", gain_db=-6), out="h.mp4")
    assert level(halved, 0.2, 1.8) == pytest.approx(0.25, abs=0.03)


def test_muted_all_over_there_is_no_sound_at_all(make: Make, tmp_path: Path):
    assert not has_sound(render(tmp_path, [loud(make)], do("mute")))


def test_louder_never_clips(make: Make, tmp_path: Path):
    path = render(tmp_path, [loud(make)], do("volume", level=2))
    assert 0.85 < level(path, 0.2, 1.8) <= 1


def test_music_is_mixed_in_at_its_level_and_ends_with_the_video(make: Make, tmp_path: Path):
    silent, song = counting(make, "silent.mp4", silent=True), tone(make, "song.wav", 1000, 0.7)
    path = render(tmp_path, [silent, song], do("add_music", volume=0.5))
    assert abs(witness.sound_samples(path) - 2 * RATE) <= 2048
    assert level(path, 0.1, 0.6) == pytest.approx(0.4, abs=0.04)
    assert level(path, 1.6, 1.9) == pytest.approx(0.4, abs=0.04)  # again and again
    once = render(tmp_path, [silent, song], do("add_music", volume=0.5, loop=False, start_s=0.5), out="o.mp4")
    assert level(once, 0, 0.45) < 0.01 and level(once, 0.6, 1.1) > 0.3 and level(once, 1.3, 1.9) < 0.01


def test_two_sounds_together_are_not_halved(make: Make, tmp_path: Path):
    path = render(tmp_path, [loud(make), tone(make, "song.wav", 1000, 2)], do("add_music", volume=0.3))
    assert level(path, 0.3, 1.7) == pytest.approx(0.5 + 0.24, abs=0.06)


def test_music_ducks_under_a_voice(make: Make, tmp_path: Path):
    voice = make(
        "voice.mp4", "-i", counting(make), "-f", "lavfi", "-i",
        "aevalsrc='if(gt(t,1),0.5*sin(2*PI*200*t),0)':s=48000:d=2",
        "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac",
    )  # fmt: skip
    song = tone(make, "high.wav", 3000, 2)
    ducked = render(tmp_path, [voice, song], do("add_music", volume=0.5, duck=True))
    before, under = (music_level(ducked, *where) for where in ((0.3, 0.9), (1.4, 1.9)))
    assert before > 0.3 and under < 0.5 * before


def music_level(path: Path, start_s: float, end_s: float) -> float:
    """Of what is above 2 kHz alone."""
    text = witness.ffmpeg(
        "-i",
        path,
        "-af",
        f"highpass=f=2000:p=2,highpass=f=2000:p=2,atrim={start_s}:{end_s},volumedetect",
        "-f",
        "null",
        "-",
    )
    return 10 ** (float(text.split("max_volume: ")[1].split(" dB")[0]) / 20)


def test_fades_of_music_and_of_the_whole(make: Make, tmp_path: Path):
    silent, song = counting(make, "silent.mp4", silent=True), tone(make, "song2.wav", 1000, 2)
    path = render(tmp_path, [silent, song], do("add_music", volume=1, fade_in_s=0.8, fade_out_s=0.8))
    assert level(path, 0.0, 0.1) < 0.2 and level(path, 0.85, 1.15) > 0.6 and level(path, 1.9, 2) < 0.2
    faded = render(tmp_path, [loud(make)], do("fade", target="audio", duration_s=0.8, direction="out"), out="f.mp4")
    assert level(faded, 0.1, 1.1) > 0.45 and level(faded, 1.9, 2) < 0.1


def test_another_voice_instead_of_the_own(make: Make, tmp_path: Path):
    path = render(tmp_path, [loud(make), tone(make, "words.wav", 1500, 1.5)], do("replace_audio"))
    assert pitch_hz(path, 0.2, 1.4) == pytest.approx(1500, rel=0.02)
    assert level(path, 1.6, 1.95) < 0.02


def test_sound_moves_against_its_picture(make: Make, tmp_path: Path):
    click = make(
        "click.mp4", "-i", counting(make), "-f", "lavfi", "-i",
        "aevalsrc='if(between(t,1,1.1),0.8*sin(2*PI*1000*t),0)':s=48000:d=2",
        "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac",
    )  # fmt: skip
    for offset_s in (0.3, -0.3):
        path = render(tmp_path, [click], do("audio_sync", offset_s=offset_s), out=f"s{offset_s}.mp4")
        assert level(path, 1.02 + offset_s, 1.08 + offset_s) > 0.5
        assert level(path, 0.4, 0.97 + offset_s) < 0.05 and level(path, 1.15 + offset_s, 1.95) < 0.05


@pytest.mark.parametrize("lufs", [-14.0, -23.0])
def test_loudness_is_within_half_a_unit(make: Make, tmp_path: Path, lufs: float):
    quiet = make(
        "quiet.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=5", "-f", "lavfi", "-i",
        "anoisesrc=d=5:c=pink:a=0.05:r=48000:seed=1",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k",
    )  # fmt: skip
    path = render(tmp_path, [quiet], do("normalize_audio", lufs=lufs))
    assert loudness_lufs(path) == pytest.approx(lufs, abs=0.5)
    assert "48000 Hz" in witness.described(path)


def test_denoise_takes_steady_noise_away(make: Make, tmp_path: Path):
    hiss = make(
        "hiss.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=3", "-f", "lavfi", "-i",
        "anoisesrc=d=3:c=white:a=0.01:r=48000:seed=1",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k",
    )  # fmt: skip
    clean = render(tmp_path, [hiss], do("denoise_audio", strength="high"))
    assert level(clean, 1.5, 2.8) < 0.6 * level(hiss, 1.5, 2.8)


def test_hard_cuts_do_not_click(make: Make, tmp_path: Path):
    """Two pieces of low tones that meet in the middle of a wave: softly, there is nothing high in it."""
    low = make(
        "low.mp4", "-i", counting(make), "-f", "lavfi", "-i", "aevalsrc='0.8*cos(2*PI*60*t)':s=48000:d=2",
        "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "256k",
    )  # fmt: skip
    path = render(tmp_path, [low], do("cut", ranges_s=[[0.52, 1.04]]))
    assert music_level(path, 0.4, 0.64) < 0.02


def test_files_beside_the_video(make: Make, tmp_path: Path):
    kinds = ("mp3", "m4a", "wav", "flac", "opus")
    made = rendered(tmp_path, [loud(make)], do("trim", end_s=1), *(do("extract_audio", format=kind) for kind in kinds))
    assert [Path(one.path).suffix for one in made.files] == [".mp3", ".m4a", ".wav", ".flac", ".opus"]
    for one in made.files:
        assert level(Path(one.path), 0.1, 0.9) == pytest.approx(0.5, abs=0.06)


COPIES = [("aac", "mp4", "m4a"), ("libmp3lame", "mkv", "mp3"), ("libopus", "webm", "opus"), ("pcm_s16le", "mov", "wav")]


@pytest.mark.parametrize(("codec", "ending", "kind"), COPIES)
def test_sound_that_nothing_was_done_to_is_copied(make: Make, tmp_path: Path, codec: str, ending: str, kind: str):
    video = "libvpx" if ending == "webm" else "libx264"
    coded = ("-c:v", video, "-b:v", "200k", "-c:a", codec, "-b:a", "96k", "-shortest")
    sine = ("-f", "lavfi", "-i", "sine=f=440:d=2:r=48000")
    clip = make(f"clip.{ending}", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=2", *sine, *coded)
    found = rendered(tmp_path, [clip], do("split", at_s=[1]), do("flip"), do("extract_audio", format=kind))
    made = next(one for one in found.files if one.kind == "sound_file")
    assert witness.packet_hashes(Path(made.path), "a:0") == witness.packet_hashes(clip, "a:0")
    assert [reason.id for reason in made.reasons] == ["copied_audio"]
    assert pcm_seconds(Path(made.path)) == pytest.approx(2, abs=0.1)


def pcm_seconds(path: Path) -> float:
    return len(witness.pipe("-i", path, "-ac", "1", "-ar", "8000", "-f", "s16le", "-")) / 16_000


TOUCHED = {
    "volume": [do("volume", level=0.5)],
    "shorter": [do("cut", first_s=0.5)],
    "order": [do("split", at_s=[1]), do("reorder", order=["c2", "c1"])],
    "fade": [do("fade")],
    "speed": [do("speed", factor=1.1)],
    "backwards": [do("reverse")],
    "twice": [do("loop", count=2)],
    "muted": [do("split", at_s=[1]), do("mute", clip="c2")],
    "rate": [do("extract_audio", format="m4a", audio_bitrate_bps=64_000)],
    "kind": [do("extract_audio", format="mp3")],
}


@pytest.mark.parametrize("case", sorted(TOUCHED))
def test_sound_that_something_was_done_to_is_encoded(make: Make, tmp_path: Path, case: str):
    clip = loud(make)
    asked = [] if case in ("rate", "kind") else [do("extract_audio", format="m4a")]
    found = rendered(tmp_path, [clip], *TOUCHED[case], *asked)
    made = next(one for one in found.files if one.kind == "sound_file")
    assert not made.reasons
    assert witness.packet_hashes(Path(made.path), "a:0") != witness.packet_hashes(clip, "a:0")

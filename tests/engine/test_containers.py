"""Every codec in every container that may hold it, the pairs that are refused, and unusual sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimreel.errors import ImpossiblePair, UsageError
from slimreel.workbench.compress import compress
from tests.engine import witness
from tests.engine.conftest import Make, Shrink, goal

ALLOWED = {
    ".mp4": ("h264", "hevc", "av1", "vp9"),
    ".mov": ("h264", "hevc"),
    ".mkv": ("h264", "hevc", "av1", "vp9"),
    ".webm": ("av1", "vp9"),
}
CODECS = ("h264", "hevc", "av1", "vp9")
PAIRS = [(suffix, codec) for suffix, codecs in ALLOWED.items() for codec in codecs]
IMPOSSIBLE = [(suffix, codec) for suffix in ALLOWED for codec in CODECS if codec not in ALLOWED[suffix]]


@pytest.mark.parametrize(("suffix", "codec"), PAIRS)
def test_every_allowed_pair(suffix: str, codec: str, plain: Path, shrink: Shrink) -> None:
    made = shrink(plain, suffix, codec=codec)
    picture, sound = witness.tracks(made.path)
    assert picture.codec == codec
    assert sound.codec == ("opus" if suffix == ".webm" else "aac")
    assert len(witness.shown(made.path)) == 50
    witness.decodes(made.path)
    assert made.result.strategy == "encode"
    assert made.result.bytes == made.path.stat().st_size
    if suffix in (".mp4", ".mov"):
        assert witness.is_faststart(made.path)
        if codec == "hevc":
            assert "(hvc1 / " in witness.video_line(made.path)


@pytest.mark.parametrize(("suffix", "codec"), IMPOSSIBLE)
def test_impossible_pairs_are_refused_by_name(suffix: str, codec: str, plain: Path, tmp_path: Path) -> None:
    with pytest.raises(ImpossiblePair) as caught:
        compress(plain, goal(codec=codec), tmp_path / f"out{suffix}")
    assert suffix[1:] in str(caught.value)
    assert codec in str(caught.value)
    assert all(name in str(caught.value) for name in ALLOWED[suffix])
    assert list(tmp_path.iterdir()) == []


def test_the_container_option_wins_over_the_name(plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "video.dat"
    compress(plain, goal(container="mkv"), out)
    assert "matroska" in witness.described(out)
    with pytest.raises(UsageError, match="--container"):
        compress(plain, goal(), tmp_path / "other.dat")


MADE_HERE = {
    "wmv2.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "mpeg2.mpg": ("-c:v", "mpeg2video", "-b:v", "2M", "-c:a", "mp2", "-f", "vob"),
    "mpeg1.mpg": ("-c:v", "mpeg1video", "-c:a", "mp2", "-f", "mpeg"),
    "h264.ts": ("-c:v", "libx264", "-preset", "veryfast", "-c:a", "ac3"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "flv1.flv": ("-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100"),
    "h264.flv": ("-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
    "theora.ogv": ("-c:v", "libtheora", "-c:a", "libvorbis"),
    "h263.3gp": ("-c:v", "h263", "-s", "352x288", "-c:a", "aac"),
    "ffv1.mkv": ("-c:v", "ffv1", "-c:a", "flac"),
    "dv.dv": ("-c:v", "dvvideo", "-s", "720x576", "-pix_fmt", "yuv420p", "-ar", "48000", "-ac", "2"),
    "prores.mov": ("-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "dnxhd.mxf": (
        *("-c:v", "dnxhd", "-s", "1280x720", "-b:v", "60M", "-pix_fmt", "yuv422p"),
        *("-c:a", "pcm_s16le", "-ar", "48000"),
    ),
    "raw.avi": ("-c:v", "rawvideo", "-c:a", "pcm_s16le"),
    "vp8.webm": ("-c:v", "libvpx", "-c:a", "libvorbis"),
    "picture.gif": ("-an",),
    "mjpeg.avi": ("-c:v", "mjpeg", "-c:a", "pcm_u8"),
}


@pytest.mark.parametrize("name", MADE_HERE)
def test_files_of_all_kinds(name: str, make: Make, shrink: Shrink) -> None:
    pictures = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1", "-f", "lavfi", "-i", "anoisesrc=c=brown:d=1:seed=5")
    source = make(name, *pictures, "-pix_fmt", "rgb24" if name.endswith(".gif") else "yuv420p", *MADE_HERE[name])
    made = shrink(source)
    before, after = witness.times(source), witness.times(made.path)
    assert len(after) == len(before)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 0.001
    if "-an" not in MADE_HERE[name]:
        shift = witness.sound_shift_s(source, made.path)
        assert shift is not None and abs(shift) <= 0.002
    witness.decodes(made.path)


REAL = [
    "structure/film_grain_av1_10bit.ivf",
    "avi/indeo4.avi",
    "avi/kodak_mjpeg_pcm.avi",
    "structure/empty_track.mp4",
    "structure/spherical_360.mp4",
    "mov/apple_mpeg4_20s.mov",
    "mov/prores_422_1080p_2frames.mov",
]


@pytest.mark.parametrize("name", REAL)
def test_unusual_real_files(name: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / name, resolution=240)
    witness.decodes(made.path)
    assert len(witness.shown(made.path)) == len(witness.shown(media / name))


@pytest.mark.parametrize("frames", [1, 2, 8])
@pytest.mark.parametrize(
    "wanted", [{}, {"video_bitrate_bps": 400_000}, {"target_size_bytes": 30_000, "reencode": True}]
)
def test_very_short_clips(frames: int, wanted: dict[str, int], make: Make, shrink: Shrink) -> None:
    source = make(
        f"short{frames}.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-frames:v", frames, "-c:v", "ffv1"),
    )
    made = shrink(source, **wanted)
    assert len(witness.shown(made.path)) == frames
    witness.decodes(made.path)
    assert made.path.stat().st_size <= wanted.get("target_size_bytes", 10**9)
    if wanted:
        assert "short_clip" in made.reasons
    if "video_bitrate_bps" in wanted:  # nothing so short is held to a rate, so none is missed
        assert (made.result.target, made.result.error_percent) == ({"kind": "bitrate", "bps": 400_000}, None)


def test_few_pictures_are_not_called_a_short_clip(make: Make, shrink: Shrink) -> None:
    source = make("slow.mkv", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=1", "-frames:v", "3", "-c:v", "ffv1")
    made = shrink(source, video_bitrate_bps=40_000)
    assert made.reasons["few_pictures"] == {"count": 3}
    assert "short_clip" not in made.reasons
    assert made.result.error_percent is None

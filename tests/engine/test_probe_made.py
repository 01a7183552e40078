"""Probing of clips that FFmpeg's own sources make: what no shared clip shows, and files cut short."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

from slimreel.core.media import VideoStream, main_video
from slimreel.engine.probe import probe
from slimreel.errors import DamagedInput, NotAVideo

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Runs ffmpeg with these words and the file's name; {} names a picture source of 160x120."""

    def run(name: str, *words: str, rate: str = "30", seconds: float = 2, size: str = "160x120") -> Path:
        source = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
        for word in words or ("{}",):
            command += source if word == "{}" else [word]
        target = tmp_path / name
        subprocess.run([*command, str(target)], check=True, capture_output=True)
        return target

    return run


SOUND = ("-f", "lavfi", "-i", "sine=d=2")


def picture(path: Path) -> VideoStream:
    info = probe(path)
    assert info.damage == ()
    return main_video(info)


@pytest.mark.parametrize("container", ["mp4", "mkv", "flv", "avi", "ts", "mov", "nut"])
@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "30", "60000/1001", "120", "12"])
def test_a_constant_rate_is_seen_through_every_clock(make: Make, container: str, rate: str) -> None:
    video = picture(make(f"clip.{container}", "{}", "-g", "20", rate=rate))
    assert video.frame_rate == Fraction(rate)
    assert not video.is_vfr
    assert video.frames == round(2 * Fraction(rate))
    # A container that counts milliseconds rounds every end of a frame.
    assert video.duration_s == pytest.approx(video.frames / Fraction(rate), abs=0.0011)


@pytest.mark.parametrize("container", ["mp4", "mkv", "webm"])
def test_a_variable_rate_keeps_the_usual_interval(make: Make, container: str) -> None:
    thinned = ("-vf", "select='lt(n,60)+not(mod(n,4))'", "-fps_mode", "vfr")
    coder = ("-c:v", "libvpx", "-b:v", "200k") if container == "webm" else ()
    video = picture(make(f"clip.{container}", "{}", *thinned, *coder, seconds=3))
    assert video.is_vfr
    assert video.frame_rate == 30
    assert video.average_rate < 26


def test_one_lost_frame_in_five_seconds_is_still_constant(make: Make) -> None:
    video = picture(make("clip.mkv", "{}", "-vf", "select='not(eq(n,70))'", "-fps_mode", "vfr", seconds=5))
    assert not video.is_vfr
    assert video.frame_rate == 30


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-display_rotation", "0"], (0, False)),
        (["-display_rotation", "90"], (270, False)),  # ffmpeg counts against the clock
        (["-display_rotation", "180"], (180, False)),
        (["-display_rotation", "270"], (90, False)),
        (["-display_hflip"], (0, True)),
        (["-display_vflip"], (180, True)),
    ],
)
@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_display_matrix(make: Make, options: list[str], expected: tuple[int, bool], container: str) -> None:
    plain = make("plain.mp4", seconds=0.2)
    turned = make(f"turned.{container}", *options, "-i", str(plain), "-c", "copy")
    if container == "mkv" and expected[1]:
        pytest.skip("Matroska has no place for a mirror")
    video = picture(turned)
    assert (video.rotation, video.flipped) == expected


@pytest.mark.parametrize("coder", ["mpeg2video", "libx264"])
def test_a_size_that_changes_on_the_way(make: Make, tmp_path: Path, coder: str) -> None:
    parts = [make(f"{size}.ts", "{}", "-c:v", coder, size=size) for size in ("160x120", "320x240")]
    joined = tmp_path / "joined.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert main_video(probe(joined)).changes_size
    assert not main_video(probe(parts[0])).changes_size


@pytest.mark.parametrize("order", ["tff", "bff"])
@pytest.mark.parametrize("coder", ["mpeg2video", "libx264"])
def test_interlaced(make: Make, order: str, coder: str) -> None:
    flags = ("-flags", "+ildct+ilme", "-vf", f"setfield={order}", "-c:v", coder)
    video = picture(make("clip.mkv", "{}", *flags, *(("-x264opts", order) if coder == "libx264" else ())))
    assert video.interlaced
    assert video.top_field_first == (order == "tff")
    assert video.frame_rate == 30
    assert video.frames == 60


@pytest.mark.parametrize(
    ("name", "coder", "pix_fmt", "has_alpha"),
    [
        ("a.webm", "libvpx-vp9", "yuva420p", True),
        ("a.mov", "prores_ks", "yuva444p10le", True),
        ("a.mov", "qtrle", "argb", True),
        ("a.mov", "qtrle", "rgb24", False),
        ("a.mkv", "ffv1", "gray", False),
    ],
)
def test_alpha(make: Make, name: str, coder: str, pix_fmt: str, has_alpha: bool) -> None:
    video = picture(make(name, "{}", "-pix_fmt", pix_fmt, "-c:v", coder, seconds=0.3))
    assert video.has_alpha == has_alpha


def test_hdr_only_in_the_bitstream(make: Make) -> None:
    display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    colours = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    params = f"log-level=none:{colours}:master-display={display}:max-cll=1000,400"
    words = (
        "{}",
        "-pix_fmt",
        "yuv420p10le",
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        params,
    )
    video = picture(make("clip.mp4", *words, seconds=0.2))
    assert (video.hdr, video.bit_depth, video.color_primaries) == ("pq", 10, "bt2020")
    assert (video.mastering_display, video.content_light) == (display, (1000, 400))


def test_an_edit_list_hides_pictures(make: Make) -> None:
    whole = make("whole.mp4", "{}", "-g", "60", seconds=4)
    video = picture(make("cut.mp4", "-ss", "3", "-i", str(whole), "-c", "copy"))
    assert video.packets > video.frames == 30
    assert video.start_s == 0
    assert video.duration_s == pytest.approx(1.0, abs=0.001)
    assert video.keyframes_s[0] < 0


def test_what_stands_around_the_picture(make: Make) -> None:
    tags = [
        "title=A\x01 name",
        "encoder=x",
        "comment=hello",
        "location=+48.8577+002.295/",
        "com.apple.quicktime.creationdate=2024-05-01T10:00:00+0200",
    ]
    words = ["{}", *SOUND, "-timecode", "01:02:03:04", "-metadata:s:a", "language=fra"]
    words += ["-movflags", "use_metadata_tags", *(word for tag in tags for word in ("-metadata", tag))]
    info = probe(make("clip.mov", *words))
    assert info.tags == {"title": "A name", "comment": "hello", "creation_time": "2024-05-01T10:00:00+0200"}
    assert info.has_location
    assert main_video(info).timecode == "01:02:03:04"
    assert info.other_streams == ("tmcd",)
    assert info.audio[0].language == "fra"


LEGITIMATE = [
    ("late.mp4", ("{}", "-itsoffset", "1.5", *SOUND)),
    ("fragments.mp4", ("{}", *SOUND, "-movflags", "frag_keyframe+empty_moov", "-g", "15")),
    ("live.mkv", ("{}", *SOUND, "-f", "matroska", "-live", "1")),
    ("live.webm", ("{}", "-c:v", "libvpx", "-b:v", "200k", "-f", "webm", "-live", "1")),
    ("unseekable.flv", ("{}", *SOUND, "-flvflags", "no_duration_filesize")),
    ("b_frames.avi", ("{}", "-c:v", "mpeg4", "-bf", "2")),
    ("plain.ts", ("{}", *SOUND)),
    ("one_frame.mp4", ("{}", "-frames:v", "1")),
    ("raw.h264", ("{}",)),
    ("raw.hevc", ("{}", "-c:v", "libx265", "-preset", "ultrafast")),
    ("raw.m2v", ("{}",)),
    ("raw.obu", ("{}", "-c:v", "libsvtav1", "-preset", "12")),
    ("still.mkv", ("{}", *SOUND, "-vf", "fps=1/2", "-shortest")),
    ("program.vob", ("{}", "-f", "vob")),
]


@pytest.mark.parametrize(("name", "words"), LEGITIMATE, ids=[name for name, _ in LEGITIMATE])
def test_unusual_but_whole(make: Make, name: str, words: tuple[str, ...]) -> None:
    info = probe(make(name, *words))
    assert info.damage == ()
    video = main_video(info)
    assert video.frames > 0
    assert video.duration_s == pytest.approx(video.frames / video.average_rate)
    assert info.duration_s >= 0.03 if name == "one_frame.mp4" else 1.9 < info.duration_s < 4.1


def is_told(path: Path) -> bool:
    try:
        return bool(probe(path).damage)
    except DamagedInput:
        return True


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.995])
@pytest.mark.parametrize("name", ["end.mp4", "start.mp4", "fragments.mp4", "clip.mkv", "clip.avi"])
def test_a_file_cut_short(make: Make, tmp_path: Path, name: str, share: float) -> None:
    flags = {"start.mp4": "+faststart", "fragments.mp4": "frag_keyframe+empty_moov"}.get(name)
    words = ("{}", *SOUND, "-g", "15", *(("-movflags", flags) if flags else ()))
    content = make(name, *words).read_bytes()
    cut = tmp_path / f"cut_{name}"
    cut.write_bytes(content[: round(len(content) * share)])
    assert is_told(cut)
    assert not probe(tmp_path / name).damage


def test_sound_and_stills_are_no_videos(make: Make) -> None:
    with pytest.raises(NotAVideo, match="sound"):
        probe(make("sound.mp4", *SOUND))
    with pytest.raises(NotAVideo, match="still picture"):
        probe(make("one.gif", "{}", "-frames:v", "1"))
    with pytest.raises(NotAVideo, match="still picture"):
        probe(make("one.webp", "{}", "-frames:v", "1", "-c:v", "libwebp"))


def test_a_codec_that_is_not_decoded_is_named(make: Make) -> None:
    with pytest.raises(NotAVideo, match="magicyuv"):
        probe(make("clip.mkv", "{}", "-c:v", "magicyuv"))


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def test_an_index_that_does_not_fit_into_memory(tmp_path: Path) -> None:
    """700 bytes that promise fifty million samples: without a limit they take 1.8 GB."""
    count = 50_000_000
    sample = _box(b"avc1", bytes(6), b"\0\1", bytes(16), struct.pack(">HH", 64, 64), bytes(50))
    table = _box(
        b"stbl",
        _box(b"stsd", bytes(4), struct.pack(">I", 1), sample),
        _box(b"stts", struct.pack(">4I", 0, 1, count, 1)),
        _box(b"stsc", struct.pack(">5I", 0, 1, 1, count, 1)),
        _box(b"stsz", struct.pack(">3I", 0, 1, count)),
        _box(b"stco", struct.pack(">3I", 0, 1, 600)),
    )
    media = _box(
        b"mdia",
        _box(b"mdhd", struct.pack(">6I", 0, 0, 0, 30, count, 0)),
        _box(b"hdlr", bytes(8), b"vide", bytes(13)),
        _box(b"minf", _box(b"vmhd", bytes(12)), table),
    )
    bomb = tmp_path / "bomb.mp4"
    bomb.write_bytes(
        _box(b"ftyp", b"isom", bytes(4), b"isom")
        + _box(b"moov", _box(b"mvhd", bytes(100)), _box(b"trak", _box(b"tkhd", bytes(84)), media))
        + _box(b"mdat", bytes(64))
    )
    with pytest.raises((NotAVideo, DamagedInput)):
        probe(bomb)

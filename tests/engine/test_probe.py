"""Probing of real clips: what the manifest says, what is special about each, and what is refused."""

from __future__ import annotations

import csv
import subprocess
from fractions import Fraction
from functools import cache
from pathlib import Path

import imageio_ffmpeg
import pytest

from slimreel.core.media import MediaInfo, VideoStream, main_video
from slimreel.engine.probe import probe
from slimreel.errors import BeyondSalvage, HostileInput, NotAVideo, SlimreelError
from tests.conftest import media_folder

pytestmark = pytest.mark.media

NO_VIDEO = ("audio", "image", "subtitle", "malformed")
SOUND_IN_MP4 = "multi/multi_aac_tracks.mp4"


def manifest() -> dict[str, dict[str, str]]:
    folder = media_folder()
    if folder is None:
        return {}
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as rows:
        return {row["file"]: row for row in csv.DictReader(rows, delimiter="\t")}


ROWS = manifest()
LEGITIMATE = [
    name
    for name in ROWS
    if (name.split("/")[0] not in NO_VIDEO and name != SOUND_IN_MP4)
    or name in ("image/anim.gif", "subtitle/burned_zh_720p.mp4")
]


@cache
def info_of(name: str) -> MediaInfo:
    folder = media_folder()
    assert folder is not None
    return probe(folder / name)


def picture_of(name: str) -> VideoStream:
    return main_video(info_of(name))


# The manifest's rates are nominal; these are what the packets of each clip say.
MEASURED_RATE = {
    "mkv/ass_subs.mkv": 30,
    "mkv/srt_subs.mkv": 30,
    "mkv/pgs_subs.mkv": 604,  # its timestamps really run 20 times too fast
    "mkv/vobsub.mkv": 604,
    "hdr/hdr10_hevc_1080p.mp4": 30,  # two gaps pull the average to 27.5
    "hdr/iphone_hlg_dv84_rot90_elst.mp4": 29.97,  # 28.03 counts nine pictures that the edit list hides
    "image/anim.gif": 29.98,  # 3, 3, 4 hundredths of a second
    "mov/iphone_bt601.mov": 29.97,
    "multi/nasa_2v2a2s.mp4": 29.97,  # the larger of its two pictures
    "natural/flir_thermal_vfr.mp4": 8.8,
    "screen/debugpy_2940x1912_vfr.webm": 90,  # 11 and 12 ms: constant, though its header says 1000
    "screen/timeline_3026x1386_vfr.mp4": 30.2,
    "structure/empty_track.mp4": 29.97,
    "structure/film_grain_av1_10bit.ivf": 30,
    "structure/samsung_slowmo_sef.mp4": 30,
    "talking/webcam_vfr_flv.flv": 30,  # 33, 33, 34 ms
}
# Everything else keeps a constant rate.
VARIABLE = {
    "avi/mpeg4asp_mp3.avi",  # two empty frames in 96: a hole in the times
    "hdr/hdr10_hevc_1080p.mp4",
    "mkv/cover_png.mkv",
    "natural/flir_thermal_vfr.mp4",
    "sar_odd/odd_1081x713_vp9.webm",  # every tenth interval is twice as long
    "screen/timeline_3026x1386_vfr.mp4",
}


@pytest.mark.parametrize("name", LEGITIMATE)
def test_agrees_with_the_manifest(name: str) -> None:
    row, info, picture = ROWS[name], info_of(name), picture_of(name)
    assert info.damage == ()
    assert info.size_bytes == int(row["bytes"])
    sizes = {f"{video.width}x{video.height}" for video in info.video}
    assert sizes <= set(row["WxH"].split(" + "))
    declared = row["codecs"].replace("png/pal8", "")
    for video in info.video:
        assert f"{video.codec}/{video.pix_fmt}" in declared
    assert [sound.codec for sound in info.audio] == [
        part.split("/")[0] for part in declared.split(" + ") if "Hz/" in part
    ]
    expected_rate = MEASURED_RATE.get(name) or float(row["fps"])
    assert float(picture.frame_rate) == pytest.approx(expected_rate, rel=0.004)
    if name not in (
        "mkv/pgs_subs.mkv",
        "mkv/vobsub.mkv",
        "mkv/ass_subs.mkv",
        "mkv/srt_subs.mkv",
    ):  # cues are longer
        end = info.start_s + info.duration_s if info.demuxer == "matroska" else info.duration_s
        assert end == pytest.approx(float(row["duration"]), abs=0.08)


@pytest.mark.parametrize("name", LEGITIMATE)
def test_tells_variable_from_constant_rates(name: str) -> None:
    assert picture_of(name).is_vfr == (name in VARIABLE)


@pytest.mark.parametrize("name", LEGITIMATE)
def test_frames_over_duration_is_the_average_rate(name: str) -> None:
    for video in info_of(name).video:
        assert float(video.average_rate) == pytest.approx(video.frames / video.duration_s, rel=1e-4)
        assert all(a < b for a, b in zip(video.keyframes_s, video.keyframes_s[1:], strict=False))
        assert video.keyframes_s


@pytest.mark.parametrize("name", LEGITIMATE)
def test_counts_the_bytes_that_a_copy_counts(name: str, media: Path) -> None:
    """FFmpeg's own demuxer, another version of it, must find the same bytes in each stream."""
    info = info_of(name)
    for stream in (*info.video, *info.audio):
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(media / name)]
        command += ["-map", f"0:{stream.index}", "-c", "copy", "-copyinkf", "-f", "framecrc", "-"]
        lines = subprocess.run(command, capture_output=True, check=True).stdout.decode().splitlines()
        sizes = [int(line.split(",")[4]) for line in lines if not line.startswith("#")]
        cut = 10 if name.endswith("_elst.mp4") else 2  # packets that an edit list hides are not copied
        assert stream.packets - cut <= len(sizes) <= stream.packets
        assert sum(sizes) == pytest.approx(stream.bytes, rel=0.0 if len(sizes) == stream.packets else 0.15)


SPECIAL: list[tuple[str, dict[str, object]]] = [
    ("portrait/cat_rot270_720p.mp4", {"rotation": 270, "flipped": False, "upright": (720, 1280)}),
    ("portrait/iphone_rot90_gps.mov", {"rotation": 90, "upright": (320, 568)}),
    (
        "natural/uhd_portrait_4k60_rot90.mp4",
        {"rotation": 90, "frame_rate": Fraction(60), "color_range": "pc"},
    ),
    ("sar_odd/sar_2by1_360p.mp4", {"sar": Fraction(2), "display_aspect": Fraction(32, 9)}),
    ("sar_odd/sar_2by3.mp4", {"sar": Fraction(2, 3)}),
    (
        "mov/otio_sar_tmcd_pcm.mov",
        {"sar": Fraction(3, 4), "display_aspect": Fraction(4, 3), "timecode": "01:00:00:00"},
    ),
    ("structure/mpeg2_mxf.mxf", {"sar": Fraction(16, 15), "color_primaries": "bt470bg"}),
    ("multi/mp3_and_ac3_51.mp4", {"sar": Fraction(4, 3)}),
    (
        "interlaced/sony_a7m3_1080i50.mts",
        {
            "interlaced": True,
            "top_field_first": True,
            "frame_rate": Fraction(25),
            "frames": 13,
            "start_s": 1.04,
        },
    ),
    (
        "mov/prores_422_1080p_2frames.mov",
        {"interlaced": True, "top_field_first": False, "chroma": "422", "bit_depth": 10},
    ),
    (
        "hdr/hdr10_hevc_1080p.mp4",
        {
            "hdr": "pq",
            "color_primaries": "bt2020",
            "color_matrix": "bt2020nc",
            "content_light": (1000, 200),
        },
    ),
    ("hdr/hdr10_av1_portrait.mp4", {"hdr": "pq", "bit_depth": 10, "color_transfer": "smpte2084"}),
    (
        "hdr/av1_mdcv_clli_1080p60.mp4",
        {
            "hdr": "pq",
            "content_light": (1100, 180),
            "mastering_display": "G(12250,35150)B(6899,2600)R(33899,16099)WP(15634,16449)L(10000000,0)",
        },
    ),
    (
        "hdr/hlg10_hevc_1080p.mp4",
        {"hdr": "hlg", "color_transfer": "arib-std-b67", "dolby_vision_profile": None},
    ),
    (
        "hdr/iphone_hlg_dv84_rot90_elst.mp4",
        {
            "hdr": "hlg",
            "dolby_vision_profile": 8,
            "rotation": 90,
            "packets": 86,
            "frames": 77,
            "start_s": 0.0,
        },
    ),
    (
        "hdr/h264_422_10bit_tmcd_720p.mp4",
        {"hdr": None, "chroma": "422", "bit_depth": 10, "timecode": "00:00:00:00"},
    ),
    (
        "natural/gopro_hero7_tmcd_gpmd.mp4",
        {"timecode": "11:12:47:22", "color_range": "pc", "pix_fmt": "yuvj420p"},
    ),
    ("webm/vp9_alpha_small.webm", {"has_alpha": True}),
    ("mov/prores_tiny.mov", {"has_alpha": False, "bit_depth": 12, "chroma": "444", "frames": 1}),
    ("structure/spherical_360.mp4", {"chroma": "444"}),
    ("avi/indeo4.avi", {"chroma": "410"}),
    ("mov/iphone_bt601.mov", {"color_matrix": "smpte170m"}),
    ("structure/delayed_start.mp4", {"start_s": 1.075}),
    ("structure/edit_list_shift.mp4", {"start_s": 1.0, "duration_s": 9.0}),
    ("structure/film_grain_av1_10bit.ivf", {"bit_depth": 10}),
    ("multi/nasa_2v2a2s.mp4", {"index": 3, "width": 480}),
    ("mkv/two_video_two_audio.mkv", {"index": 0, "width": 848}),
    ("image/anim.gif", {"packets": 156, "has_alpha": False}),
]


@pytest.mark.parametrize(("name", "expected"), SPECIAL, ids=[name for name, _ in SPECIAL])
def test_special_pictures(name: str, expected: dict[str, object]) -> None:
    picture = picture_of(name)
    for field, value in expected.items():
        found = getattr(picture, field)
        assert found == (pytest.approx(value) if isinstance(value, float) else value), field


ROTATED = {
    "portrait/cat_rot270_720p.mp4",
    "portrait/iphone_rot90_gps.mov",
    "natural/uhd_portrait_4k60_rot90.mp4",
    "hdr/iphone_hlg_dv84_rot90_elst.mp4",
}
WITH_ALPHA = {"webm/vp9_alpha_small.webm", "sar_odd/odd_1081x713_vp9.webm"}
INTERLACED = {"interlaced/sony_a7m3_1080i50.mts", "mov/prores_422_1080p_2frames.mov"}


@pytest.mark.parametrize("name", LEGITIMATE)
def test_nothing_else_is_special(name: str) -> None:
    for video in info_of(name).video:
        assert bool(video.rotation) == (name in ROTATED)
        assert video.has_alpha == (name in WITH_ALPHA)
        assert video.interlaced == (name in INTERLACED)
        assert not video.flipped
        assert not video.changes_size


def test_the_file_around_the_pictures() -> None:
    assert info_of("multi/chapters.mp4").chapters[1].title == "Chapter 2"
    assert len(info_of("multi/chapters.mp4").chapters) == 3
    assert [round(c.end_s, 3) for c in info_of("mkv/chapters.mkv").chapters] == [1.999, 4.999]
    assert info_of("mkv/cover_png.mkv").cover_indexes == (2,)
    assert len(info_of("mkv/cover_png.mkv").video) == 1
    assert info_of("structure/empty_track.mp4").other_streams == ("h264 without pictures",)
    assert info_of("natural/gopro_hero7_tmcd_gpmd.mp4").other_streams == ("tmcd", "gpmd", "fdsc")
    assert info_of("mkv/attachment_font.mkv").other_streams == ("test_attachment.txt",)
    assert info_of("portrait/iphone_rot90_gps.mov").has_location
    assert not info_of("natural/sam2_juggle_720p24.mp4").has_location
    assert "location" not in " ".join(info_of("portrait/iphone_rot90_gps.mov").tags)
    assert set(info_of("animation/bbb_1080p60_10s_51.mp4").tags) == {"title", "artist", "comment", "genre"}
    subtitles = {
        name: info_of(name).subtitles[0] for name in ("mkv/srt_subs.mkv", "mkv/pgs_subs.mkv", "multi/mov_text.mp4")
    }
    assert [subtitle.is_text for subtitle in subtitles.values()] == [True, False, True]
    assert (subtitles["mkv/srt_subs.mkv"].language, subtitles["mkv/srt_subs.mkv"].title) == (
        "eng",
        "Subs Label",
    )
    assert info_of("natural/flir_thermal_vfr.mp4").audio[0].start_s == pytest.approx(0.187, abs=0.001)
    assert info_of("structure/shorter_audio.mp4").audio[0].duration_s == pytest.approx(0.766, abs=0.001)


@pytest.mark.parametrize("name", [n for n in LEGITIMATE if "moov" in ROWS[n]["special property"]])
def test_faststart_is_where_the_index_lies(name: str) -> None:
    assert info_of(name).faststart == ("moov first" in ROWS[name]["special property"])


@pytest.mark.parametrize("name", LEGITIMATE)
def test_fragments_are_seen(name: str) -> None:
    fragmented = {"structure/fragmented.mp4", "structure/fragmented_51.mp4", "structure/multi_sidx.mp4",
                  "natural/lake_wave_1080p25_8s.mp4"}  # fmt: skip
    assert info_of(name).fragmented == (name in fragmented)


@pytest.mark.parametrize("name", [n for n in ROWS if n not in LEGITIMATE and not n.startswith("malformed")])
def test_sound_pictures_and_subtitles_are_no_videos(name: str, media: Path) -> None:
    words = {
        "audio": "a sound file",
        "image": "a still picture|an animated WebP",
        "subtitle": "subtitle|text",
        "multi": "a sound file",
    }
    with pytest.raises(NotAVideo, match=words[name.split("/", maxsplit=1)[0]]):
        probe(media / name)


# What each malformed file should meet: an error with a word of its sentence, or a word of its damage, or
# None where it is a usable video. Why, where it is not plain from the words:
MALFORMED: dict[str, tuple[type[SlimreelError], str] | str | None] = {
    "bad_container.mkv": None,  # Ogg under another name: content decides
    "bad_free_box.mp4": (NotAVideo, "cannot be read"),  # a box of impossible length comes before the index
    "bad_keyframes.mp4": None,  # wrong flags only cost a seek; every picture decodes
    "bento4_crash_1.mp4": (NotAVideo, "sound"),
    "corrupted_frames.mp4": None,  # whole as a container; the decoder meets it during the encode, not here
    "duplicate_audio_dts.ts": None,  # a copy would have to mend times, an encode does
    "empty_stsc.mp4": (BeyondSalvage, "no picture"),
    "exploit.gif": (HostileInput, "program"),
    "failing_audio.mp4": None,  # the picture is whole; the sound fails when it is decoded
    "ffmpeg_hang_1.mp4": "index",  # pictures of a few fragments can be read; the times are nonsense
    "ffmpeg_slow_01.bin": "index",
    "fuzz_mopt_42.mp4": (NotAVideo, "sound"),
    "fuzz_mopt_7.mp4": (NotAVideo, "sound"),
    "gpac_crash_1.mp4": (BeyondSalvage, "index"),
    "hls_in_avi_read_passwd.avi": (HostileInput, "playlist"),
    "hls_ssrf.avi": (HostileInput, "playlist"),
    "jpeg_named.mp4": (NotAVideo, "still picture"),
    "lfs_pointer.mp4": (NotAVideo, "LFS"),
    "mdat_too_long.mp4": "8 bytes",  # every packet is there, yet the file is shorter than it says
    "missing_stsd.mp4": None,  # the sound has no description and is listed as unknown; the picture is whole
    "movenc_fpe_1.wav": (NotAVideo, "sound"),
    "no_duration.webm": None,  # what browsers record
    "ssrf_image.svg": (HostileInput, "SVG"),
    "truncated_1132s.mkv": "1132.0 s",
    "truncated_header_231s.mp4": (BeyondSalvage, "none of its 5544 pictures"),
    "zero_length.mp4": (NotAVideo, "empty"),
}


@pytest.mark.parametrize("name", [name for name in ROWS if name.startswith("malformed/")])
def test_malformed_files_get_a_sentence(name: str, media: Path) -> None:
    expected = MALFORMED[name.removeprefix("malformed/")]
    if isinstance(expected, tuple):
        with pytest.raises(expected[0], match=expected[1]) as caught:
            probe(media / name)
        assert type(caught.value) is expected[0]
        return
    damage = " ".join(probe(media / name).damage)
    assert (expected in damage) if expected else not damage


def test_a_sound_of_an_unknown_kind_is_named(media: Path) -> None:
    assert probe(media / "malformed/missing_stsd.mp4").other_streams == ("audio of an unknown kind",)


def test_a_browsers_alpha_mode_alone_is_no_alpha(media: Path) -> None:
    assert not main_video(probe(media / "malformed/no_duration.webm")).has_alpha


CUT = """natural/flower_540p_cc0.mp4 mkv/bbb_h264_opus_12s.mkv structure/fragmented_51.mp4
avi/xvid_traffic_30s.avi talking/webcam_vfr_flv.flv"""


@pytest.mark.parametrize("name", CUT.split())
@pytest.mark.parametrize("share", [0.98, 0.5, 0.1])
def test_a_cut_file_is_told(name: str, share: float, media: Path, tmp_path: Path) -> None:
    """The first part of a download, cut in the middle of a packet."""
    content = (media / name).read_bytes()
    cut = tmp_path / Path(name).name
    cut.write_bytes(content[: round(len(content) * share)])
    assert probe(cut).damage

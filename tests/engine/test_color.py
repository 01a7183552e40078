"""Colours as a viewer sees them: tags and range kept, HDR kept whole or turned into true SDR, transparency told."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import av
import pytest

from slimreel.errors import UsageError
from tests.engine import witness
from tests.engine.conftest import Make, Shrink

HDR10 = "hdr/hdr10_av1_portrait.mp4"
HDR10_BOXES = "hdr/av1_mdcv_clli_1080p60.mp4"
HDR10_HEVC = "hdr/hdr10_hevc_1080p.mp4"
HLG = "hdr/hlg10_hevc_1080p.mp4"
HDR_SIDE_DATA = (
    *("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"),
    *("DOVI_METADATA", "DOVI_RPU_BUFFER", "DYNAMIC_HDR_PLUS"),
)
DOLBY = "hdr/iphone_hlg_dv84_rot90_elst.mp4"


def colour_tags(path: Path) -> tuple[int, int, int, int]:
    """(primaries, transfer, matrix, range) of the first decoded picture, as numbers of H.273."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        return int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace), int(frame.color_range)


def hdr_side_data(path: Path) -> dict[str, bytes]:
    with av.open(str(path)) as container:
        frame: Any = next(container.decode(video=0))
        return {side.type.name: bytes(side) for side in frame.side_data if side.type.name in HDR_SIDE_DATA}


def pix_fmt(path: Path) -> str:
    with av.open(str(path)) as container:
        return str(next(container.decode(video=0)).format.name)


def assert_same_colour(before: tuple[float, ...], after: tuple[float, ...], tolerance: float = 4.0) -> None:
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= tolerance, (before, after)


ORANGE = "color=0xd06020:s=320x180:d=1"


def swatch(make: Make, name: str, matrix: str, pixel_format: str, colour_range: str, codec: tuple[str, ...]) -> Path:
    """A strong colour with exact tags: red-orange shows a wrong matrix at once."""
    graph = f"{ORANGE}:r=25,noise=alls=24:allf=t,scale=out_color_matrix={matrix}:out_range={colour_range}"
    tags = ("-colorspace", matrix, "-color_primaries", matrix, "-color_trc", "bt709", "-color_range", colour_range)
    source = ("-f", "lavfi", "-i", f"{graph},format={pixel_format}")
    return make(name, *source, *codec, "-pix_fmt", pixel_format, *tags)


X264 = ("-c:v", "libx264", "-crf", "10")


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9"])
@pytest.mark.parametrize("matrix", ["bt709", "smpte170m"])
def test_matrix_and_colour_stay(codec: str, matrix: str, make: Make, shrink: Shrink) -> None:
    source = swatch(make, f"{matrix}.mp4", matrix, "yuv420p", "tv", X264)
    made = shrink(source, codec=codec, quality="high", reencode=True)
    # VP9 writes the matrix and the range, its container the rest.
    assert colour_tags(made.path)[2:] == colour_tags(source)[2:]
    assert_same_colour(witness.mean_rgb(source), witness.mean_rgb(made.path))


def test_untagged_pictures_get_a_tag_and_no_other_colour(make: Make, shrink: Shrink) -> None:
    """Large ones mean BT.709. The tag alone made FFmpeg convert them from BT.601: this one by 8 steps."""
    source = make("untagged.mp4", "-f", "lavfi", "-i", "color=0xd06020:s=1280x720:r=25:d=1,format=yuv420p", *X264)
    made = shrink(source, resolution=360)
    assert colour_tags(made.path)[2] == 1  # BT.709, ITU-T H.273 table 4
    assert planes(made.path) == pytest.approx(planes(source), abs=1)


def planes(path: Path) -> list[float]:
    """Means of luma and both chromas as they are stored, whatever they mean, in the first line."""
    with av.open(str(path)) as container:
        frame: Any = next(container.decode(video=0))
        lines = [bytes(plane)[: plane.width] for plane in frame.planes]
    return [sum(line) / len(line) for line in lines]


def test_phone_video_of_full_range_stays_full(media: Path, shrink: Shrink) -> None:
    source = media / "structure/shorter_audio.mp4"
    made = shrink(source, quality="high", reencode=True)
    assert colour_tags(made.path)[3] == 2
    low, high, mean = witness.luma_range(source)
    made_low, made_high, made_mean = witness.luma_range(made.path)
    assert (made_low, made_high, made_mean) == pytest.approx((low, high, mean), abs=6)
    assert_same_colour(witness.mean_rgb(source), witness.mean_rgb(made.path))


def test_full_range_survives_scaling(make: Make, shrink: Shrink) -> None:
    source = swatch(make, "full.mp4", "bt709", "yuvj420p", "pc", X264)
    made = shrink(source, resolution=90)
    assert colour_tags(made.path)[3] == 2
    assert_same_colour(witness.mean_rgb(source), witness.mean_rgb(made.path))


DEEP = {
    "422 of 10 bits": ("yuv422p10le", X264),
    "444 of 8 bits": ("yuv444p", X264),
    "444 of 10 bits": ("yuv444p10le", X264),
    "gbr": ("gbrp", ("-c:v", "libx264rgb", "-crf", "0")),
    "411": ("yuv411p", ("-c:v", "ffv1")),
    "gray": ("gray", ("-c:v", "ffv1")),
    "16 bits": ("yuv420p16le", ("-c:v", "ffv1")),
}


@pytest.mark.parametrize("name", DEEP)
def test_other_samplings_play_everywhere_as_h264(name: str, make: Make, shrink: Shrink) -> None:
    pixel_format, codec = DEEP[name]
    if pixel_format == "gbrp":
        source = make("gbr.mkv", "-f", "lavfi", "-i", f"{ORANGE},noise=alls=24:allf=t", *codec, "-pix_fmt", "bgr24")
    else:
        source = swatch(make, f"{pixel_format}.mkv", "bt709", pixel_format, "tv", codec)
    made = shrink(source, quality="high", reencode=True)
    # FFmpeg takes gray for full range.
    assert pix_fmt(made.path) == ("yuvj420p" if pixel_format == "gray" else "yuv420p")
    assert_same_colour(witness.mean_rgb(source), witness.mean_rgb(made.path))
    assert ("depth_reduced" in made.reasons) == ("1" in pixel_format[-4:] and "411" not in pixel_format)


@pytest.mark.parametrize("codec", ["hevc", "av1"])
def test_ten_bits_stay_ten_where_the_codec_has_them(codec: str, make: Make, shrink: Shrink) -> None:
    source = swatch(make, "yuv422p10le.mkv", "bt709", "yuv422p10le", "tv", X264)
    made = shrink(source, codec=codec)
    assert pix_fmt(made.path) == "yuv420p10le"
    assert_same_colour(witness.mean_rgb(source), witness.mean_rgb(made.path))


def test_a_picture_with_holes_keeps_its_colours(make: Make, shrink: Shrink) -> None:
    half = "color=0xd06020:s=200x120:r=10:d=1,format=rgba,noise=c0s=10:allf=t,colorchannelmixer=aa=0.5"
    source = make("half.mkv", "-f", "lavfi", "-i", half, "-c:v", "ffv1", "-pix_fmt", "bgra")
    made = shrink(source, quality="high", reencode=True)
    assert "alpha_flattened" in made.reasons
    # Half of 0xd06020 on black.
    assert_same_colour((0x68, 0x30, 0x10), witness.mean_rgb(made.path))


def test_a_gif_keeps_its_colours(media: Path, shrink: Shrink) -> None:
    source = media / "image/anim.gif"
    made = shrink(source, quality="high", reencode=True, resolution=200)
    assert pix_fmt(made.path) == "yuv420p"
    assert_same_colour(witness.mean_rgb(source), witness.mean_rgb(made.path))
    assert len(witness.shown(made.path)) == len(witness.shown(source))
    assert "alpha_flattened" not in made.reasons


# HDR


@pytest.mark.parametrize("codec", ["hevc", "av1"])
@pytest.mark.parametrize(("name", "transfer"), [(HDR10, 16), (HLG, 18), (HDR10_HEVC, 16)])
def test_hdr_is_kept_by_codecs_that_can(name: str, transfer: int, codec: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / name, codec=codec, resolution=240)
    assert pix_fmt(made.path) == "yuv420p10le"
    assert colour_tags(made.path)[:3] == (9, transfer, 9)
    assert "hdr_kept" in made.reasons


@pytest.mark.parametrize("codec", ["hevc", "av1"])
def test_what_hdr_was_mastered_on_is_kept(codec: str, media: Path, shrink: Shrink) -> None:
    source = media / HDR10_BOXES
    before, after = hdr_side_data(source), hdr_side_data(shrink(source, codec=codec, resolution=240).path)
    assert after["CONTENT_LIGHT_LEVEL"] == before["CONTENT_LIGHT_LEVEL"]
    assert mastering(after) == pytest.approx(mastering(before), rel=0.01, abs=0.0005)


def mastering(side_data: dict[str, bytes]) -> list[float]:
    numbers = struct.unpack("=20i", side_data["MASTERING_DISPLAY_METADATA"][:80])
    return [top / bottom for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)]


@pytest.mark.parametrize("name", [HDR10, HDR10_BOXES, HDR10_HEVC, HLG, DOLBY])
def test_hdr_becomes_true_sdr_in_h264(name: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / name, resolution=240)
    assert colour_tags(made.path) == (1, 1, 1, 1)
    assert pix_fmt(made.path) == "yuv420p"
    assert hdr_side_data(made.path) == {}
    words = witness.described(made.path)
    assert not any(name in words for name in ("Mastering", "Content Light", "DOVI", "Ambient"))
    assert "tone_mapped" in made.reasons
    assert 12 < sum(witness.mean_rgb(made.path)) / 3 < 200
    low, high, _ = witness.luma_range(made.path)
    assert 12 <= low < high <= 244


@pytest.mark.parametrize(("transfer", "code"), [("smpte2084", 0.5807), ("arib-std-b67", 0.75)])
def test_reference_white_of_hdr_is_bright_in_sdr(transfer: str, code: float, make: Make, shrink: Shrink) -> None:
    """203 cd/m² in PQ and 75 % in HLG are a sheet of white paper (ITU-R BT.2408)."""
    luma = round(64 + code * (940 - 64))
    graph = f"color=black:s=160x90:r=25:d=1,format=yuv420p10le,lutyuv=y={luma}:u=512:v=512,noise=c0s=20:c0f=t"
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
    source = make(
        f"white_{transfer}.mkv",
        *("-f", "lavfi", "-i", graph, "-c:v", "libx265", "-x265-params", f"log-level=error:{tags}", "-crf", "10"),
        *("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"),
    )
    red, green, blue = witness.mean_rgb(shrink(source).path)
    assert max(red, green, blue) - min(red, green, blue) < 4
    assert 150 < green < 250


def test_hdr_cannot_be_kept_in_h264(media: Path, shrink: Shrink) -> None:
    with pytest.raises(UsageError, match="hevc"):
        shrink(media / HLG, hdr="keep", codec="h264")


def test_hdr_may_be_turned_into_sdr_for_hevc(media: Path, shrink: Shrink) -> None:
    made = shrink(media / HLG, codec="hevc", hdr="tonemap", resolution=240)
    assert colour_tags(made.path)[:3] == (1, 1, 1)
    assert hdr_side_data(made.path) == {}


# Transparency


def test_transparency_is_flattened_onto_black_for_h264(media: Path, shrink: Shrink) -> None:
    source = media / "webm/vp9_alpha_small.webm"
    made = shrink(source, crf=18)
    assert "alpha_flattened" in made.reasons
    graph = "format=yuva444p,premultiply=inplace=1,scale=64:64:flags=area,format=rgb24"
    chosen = ["-c:v", "libvpx-vp9", "-i", source, "-vf", graph, "-frames:v", "1", "-f", "rawvideo", "-"]
    data = witness.pipe(*chosen)
    expected = tuple(sum(data[channel::3]) / 4096 for channel in range(3))
    assert_same_colour(expected, witness.mean_rgb(made.path), 6)


@pytest.mark.parametrize("suffix", [".webm", ".mkv"])
def test_transparency_is_kept_by_vp9(suffix: str, media: Path, shrink: Shrink) -> None:
    source = media / "webm/vp9_alpha_small.webm"
    made = shrink(source, suffix, codec="vp9")

    def alpha(path: Path) -> bytes:
        graph = "alphaextract,scale=32:32:flags=area,format=gray"
        return witness.pipe("-c:v", "libvpx-vp9", "-i", path, "-vf", graph, "-frames:v", "1", "-f", "rawvideo", "-")

    before, after = alpha(source), alpha(made.path)
    assert min(before) < 255
    assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) / len(before) < 8

"""The shape of the picture: turned upright once, never stretched, even, and no larger than it was."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.engine import witness
from tests.engine.conftest import Make, Shrink

# width × height and display aspect that a viewer sees, from the source's coded size, aspect and matrix.
DISPLAYED = {
    "portrait/cat_rot270_720p.mp4": (720, 1280, 720 / 1280),
    "portrait/iphone_rot90_gps.mov": (320, 568, 320 / 568),
    "sar_odd/sar_2by1_360p.mp4": (640, 360, 2 * 640 / 360),
    "sar_odd/sar_2by3.mp4": (640, 360, 2 / 3 * 640 / 360),
    "mov/otio_sar_tmcd_pcm.mov": (1920, 1080, 4 / 3),
    "structure/mpeg2_mxf.mxf": (720, 576, 4 / 3),
    "multi/mp3_and_ac3_51.mp4": (320, 240, 16 / 9),
    "sar_odd/odd_161x121_vp9.webm": (160, 120, 161 / 121),
    "mov/iphone_bt601.mov": (640, 428, 640 / 428),
}


def size_and_aspect(path: Path) -> tuple[int, int, float]:
    line = witness.video_line(path)
    size = re.search(r", (\d+)x(\d+)", line)
    assert size, line
    width, height = int(size[1]), int(size[2])
    sar = re.search(r"\[?SAR (\d+):(\d+)", line)
    return width, height, width / height * (int(sar[1]) / int(sar[2]) if sar else 1)


def has_matrix(path: Path) -> bool:
    return "display matrix" in witness.described(path).lower()


@pytest.mark.parametrize("name", DISPLAYED)
def test_size_and_aspect_stay(name: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / name, keep_resolution=True)
    width, height, aspect = size_and_aspect(made.path)
    assert (width, height) == DISPLAYED[name][:2]
    # A pixel cut from 121 rows is 0.8 %; everything else keeps its shape within 0.3 %.
    assert aspect == pytest.approx(DISPLAYED[name][2], rel=0.003)
    assert not has_matrix(made.path)


@pytest.mark.parametrize("suffix", [".mkv", ".webm", ".mov"])
def test_the_sample_aspect_lives_in_every_container(suffix: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / "sar_odd/sar_2by3.mp4", suffix)
    assert size_and_aspect(made.path)[2] == pytest.approx(2 / 3 * 640 / 360, rel=0.003)


def test_odd_sides_are_made_even(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "sar_odd/odd_1081x713_vp9.webm", keep_resolution=True)
    width, height, aspect = size_and_aspect(made.path)
    assert (width, height) == (1080, 712)
    assert aspect == pytest.approx(1081 / 713, rel=0.003)
    assert made.reasons["odd_size"] == {"before": "1081x713", "after": "1080x712"}


TURNS = {
    "right": ("90", False),
    "left": ("270", False),
    "over": ("180", False),
    "mirrored": ("0", True),
    "right_mirrored": ("90", True),
}


def turned(name: str, make: Make) -> Path:
    """A picture whose four corners differ in colour, with a display matrix."""
    degrees, flipped = TURNS[name]
    corners = make(
        "corners.mp4",
        *("-f", "lavfi", "-i", "color=red:s=160x90:r=25:d=0.6,drawbox=x=80:y=0:w=80:h=45:c=lime:t=fill"),
        *("-vf", "drawbox=x=0:y=45:w=80:h=45:c=blue:t=fill", "-c:v", "libx264", "-pix_fmt", "yuv420p"),
    )
    flip = ["-display_hflip"] if flipped else []
    options = ["-display_rotation", degrees, *flip]
    return make(f"turned_{name}.mp4", *options, "-i", corners, "-c", "copy")


def corner_colours(path: Path) -> list[str]:
    """The strongest channel at the middle of each quarter as a player shows it."""
    graph = "scale=4:4:flags=area,format=rgb24"
    data = witness.pipe("-i", path, "-vf", graph, "-frames:v", "1", "-f", "rawvideo", "-")
    names: dict[tuple[int, ...], str] = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue"}
    pixels = [data[3 * (4 * y + x) : 3 * (4 * y + x) + 3] for y in (0, 3) for x in (0, 3)]
    return [names.get(tuple(int(value > 128) for value in pixel), "other") for pixel in pixels]


@pytest.mark.parametrize("name", TURNS)
def test_turned_and_mirrored_pictures_look_the_same(name: str, make: Make, shrink: Shrink) -> None:
    source = turned(name, make)
    assert has_matrix(source)
    made = shrink(source)
    assert not has_matrix(made.path)
    assert corner_colours(made.path) == corner_colours(source)
    assert size_and_aspect(made.path)[:2] == ((90, 160) if TURNS[name][0] in ("90", "270") else (160, 90))


@pytest.mark.parametrize("name", ["right", "right_mirrored"])
@pytest.mark.parametrize("suffix", [".mov", ".mkv"])
def test_a_copied_picture_keeps_its_matrix(name: str, suffix: str, make: Make, shrink: Shrink) -> None:
    source = turned(name, make)
    made = shrink(source, suffix, reencode=False)
    assert made.result.strategy == "remux"
    assert has_matrix(made.path)
    assert corner_colours(made.path) == corner_colours(source)


def test_webm_copies_are_shown_as_before(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "sar_odd/odd_161x121_vp9.webm", ".mkv", reencode=False)
    assert size_and_aspect(made.path)[:2] == (161, 121)


@pytest.mark.slow
def test_4k_becomes_1080p_by_default(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "natural/uhd_portrait_4k60_rot90.mp4")
    assert size_and_aspect(made.path)[:2] == (1080, 1920)
    assert made.reasons["scaled_default"]["after"] == "1080x1920"
    assert not has_matrix(made.path)


SIZES: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "a name is a maximum of the short side": ({"resolution": 120}, (214, 120)),
    "never upscaled": ({"resolution": 720}, (320, 180)),
    "WxH fits inside": ({"width_px": 200, "height_px": 200}, (200, 112)),
    "WxH of the same shape": ({"width_px": 160, "height_px": 90}, (160, 90)),
    "kept": ({"keep_resolution": True}, (320, 180)),
}


@pytest.mark.parametrize("case", SIZES)
def test_sizes_that_are_asked_for(case: str, plain: Path, shrink: Shrink) -> None:
    wanted, size = SIZES[case]
    assert size_and_aspect(shrink(plain, **wanted).path)[:2] == size


def test_a_box_larger_than_the_picture_does_not_enlarge_it(plain: Path, shrink: Shrink) -> None:
    made = shrink(plain, width_px=1280, height_px=720)
    assert size_and_aspect(made.path)[:2] == (320, 180)
    assert "not_upscaled" in made.reasons


def test_interlaced_pictures_come_out_whole(media: Path, shrink: Shrink) -> None:
    source = media / "interlaced/sony_a7m3_1080i50.mts"
    made = shrink(source, keep_resolution=True)
    assert "deinterlaced" in made.reasons
    assert "progressive" in witness.video_line(made.path)
    assert len(witness.shown(made.path)) == len(witness.shown(source)) == 13
    text = witness.ffmpeg("-i", made.path, "-vf", "idet", "-f", "null", "-")
    single = re.findall(r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)", text)[-1]
    assert int(single[0]) + int(single[1]) == 0


def test_a_picture_that_changes_its_size_on_the_way(make: Make, shrink: Shrink) -> None:
    parts = [
        make(
            f"part_{start}.ts",
            *("-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d=1", "-c:v", "libx264", "-bf", "0"),
            *("-output_ts_offset", start),
        )
        for start, size in ((0, "320x180"), (1, "160x90"))
    ]
    source = parts[0].with_name("changing.ts")
    source.write_bytes(b"".join(part.read_bytes() for part in parts))
    made = shrink(source)
    assert size_and_aspect(made.path)[:2] == (320, 180)
    assert len(witness.shown(made.path)) == 50
    witness.decodes(made.path)


def test_very_small_pictures(make: Make, shrink: Shrink, media: Path) -> None:
    made = shrink(media / "mov/prores_tiny.mov")
    assert size_and_aspect(made.path)[:2] == (32, 24)
    slit = make("slit.mkv", "-f", "lavfi", "-i", "testsrc2=s=16x16:r=10:d=1", "-c:v", "ffv1")
    for codec in ("h264", "hevc", "av1", "vp9"):
        witness.decodes(shrink(slit, codec=codec).path)

"""The picture that is encoded: its size is a maximum, its shape is kept, and each encoder gets what it can hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from slimreel.core.choices import Codec
from slimreel.core.codecs import ENCODERS
from slimreel.core.goal import Goal
from slimreel.core.media import VideoStream
from slimreel.core.picture import Picture, plan_picture, rungs_below
from slimreel.errors import UsageError
from tests.core.facts import video

SIDES = st.integers(16, 8192)


def planned(source: VideoStream, codec: Codec = "h264", **wanted: Any) -> tuple[Picture, dict[str, dict[str, Any]]]:
    picture, reasons = plan_picture(source, Goal(**wanted), ENCODERS[codec])
    return picture, {reason.id: dict(reason.fields) for reason in reasons}


def names(picture: Picture) -> list[str]:
    return [step.name for step in picture.chain().filters]


@pytest.mark.parametrize(
    ("size", "rotation", "wanted", "made", "why"),
    [
        ((1920, 1080), 0, {}, (1920, 1080), None),
        ((3840, 2160), 0, {}, (1920, 1080), "scaled_default"),
        ((3840, 2160), 90, {}, (1080, 1920), "scaled_default"),
        ((3840, 2160), 0, {"keep_resolution": True}, (3840, 2160), "kept_resolution"),
        ((3840, 2160), 0, {"min_resolution": 1440}, (2560, 1440), "scaled_default"),
        ((3840, 2160), 0, {"resolution": 2160}, (3840, 2160), None),
        ((3840, 2160), 0, {"resolution": 1440}, (2560, 1440), "scaled_asked"),
        ((1920, 1080), 0, {"resolution": 720}, (1280, 720), "scaled_asked"),
        ((1080, 1920), 0, {"resolution": 720}, (720, 1280), "scaled_asked"),
        ((640, 360), 0, {"resolution": 1080}, (640, 360), None),
        ((640, 360), 0, {"width_px": 1280, "height_px": 720}, (640, 360), "not_upscaled"),
        ((1920, 1080), 0, {"width_px": 640, "height_px": 640}, (640, 360), "scaled_asked"),
        ((1920, 1080), 270, {"width_px": 640, "height_px": 640}, (360, 640), "scaled_asked"),
        ((1920, 1080), 0, {"width_px": 1920, "height_px": 1080}, (1920, 1080), None),
        ((853, 481), 0, {}, (852, 480), "odd_size"),
        ((1, 1), 0, {}, (2, 2), "odd_size"),
    ],
)
def test_sizes(
    size: tuple[int, int], rotation: int, wanted: dict[str, Any], made: tuple[int, int], why: str | None
) -> None:
    picture, reasons = planned(video(width=size[0], height=size[1], rotation=rotation), **wanted)
    assert (picture.width, picture.height) == made
    assert reasons.keys() - {"rotation_baked"} == ({why} if why else set())


def off(size: tuple[int, int], whole: tuple[int, int]) -> float:
    """By how much the shape differs."""
    return abs(size[0] * whole[1] / (size[1] * whole[0]) - 1)


@given(width=SIDES, height=SIDES, resolution=st.none() | st.integers(16, 8640), keep=st.booleans())
@example(1920, 1080, 17, False)
@example(1079, 1079, 1081, False)
def test_a_resolution_is_a_maximum_of_the_short_side(
    width: int, height: int, resolution: int | None, keep: bool
) -> None:
    picture, _ = planned(video(width=width, height=height), resolution=resolution, keep_resolution=keep)
    most = resolution or (min(width, height) if keep else 1080)
    made = (picture.width, picture.height)
    assert made[0] <= width and made[1] <= height
    assert made[0] % 2 == made[1] % 2 == 0
    assert min(made) <= most
    assert min(made) >= min(most, width, height) - 1
    # One side is even already; the other is within a pixel, or was odd itself.
    assert off(made, (width, height)) <= 1.01 / min(made) + 1 / min(width, height)


@given(width=SIDES, height=SIDES, box=st.tuples(SIDES, SIDES))
def test_a_box_is_never_left(width: int, height: int, box: tuple[int, int]) -> None:
    picture, _ = planned(video(width=width, height=height), width_px=box[0], height_px=box[1])
    assert picture.width <= max(2, min(width, box[0]))
    assert picture.height <= max(2, min(height, box[1]))
    assert picture.width % 2 == picture.height % 2 == 0


@given(width=st.integers(64, 8192), height=st.integers(64, 8192), least=st.integers(100, 500))
def test_rungs_keep_the_shape(width: int, height: int, least: int) -> None:
    assume(1 / 4 <= width / height <= 4)
    picture, _ = planned(video(width=width, height=height), keep_resolution=True)
    rungs = rungs_below(replace(picture, least_short_side=least))
    whole = (picture.width, picture.height)
    assert rungs == sorted(rungs, reverse=True)
    for before, rung in zip([whole, *rungs], rungs, strict=False):
        assert rung[0] < before[0] and rung[1] < before[1]
        assert rung[0] % 2 == rung[1] % 2 == 0
        assert off(rung, whole) <= 0.01
        assert min(rung) >= least
    known = any(least <= side < min(whole) for side in (1440, 1080, 720, 540, 432, 360, 270, 216, 144))
    assert bool(rungs) == (known or 144 < least < min(whole) - 1)


HDR: dict[str, Any] = {"hdr": "pq", "bit_depth": 10, "pix_fmt": "yuv420p10le", "color_primaries": "bt2020"}


@pytest.mark.parametrize(
    ("codec", "source", "wanted", "pix_fmt", "why"),
    [
        ("h264", {}, {}, "yuv420p", set()),
        ("h264", {"bit_depth": 10}, {}, "yuv420p", {"depth_reduced"}),
        ("vp9", {"bit_depth": 10}, {}, "yuv420p", {"depth_reduced"}),
        ("hevc", {"bit_depth": 10}, {}, "yuv420p10le", set()),
        ("av1", {"bit_depth": 12}, {}, "yuv420p10le", set()),
        ("h264", HDR, {}, "yuv420p", {"tone_mapped"}),
        ("vp9", HDR, {}, "yuv420p", {"tone_mapped"}),
        ("hevc", HDR, {}, "yuv420p10le", {"hdr_kept"}),
        ("av1", HDR | {"hdr": "hlg"}, {}, "yuv420p10le", {"hdr_kept"}),
        ("hevc", HDR, {"hdr": "keep"}, "yuv420p10le", {"hdr_kept"}),
        ("hevc", HDR, {"hdr": "tonemap"}, "yuv420p", {"tone_mapped"}),
        ("h264", {"has_alpha": True}, {}, "yuv420p", {"alpha_flattened"}),
        ("vp9", {"has_alpha": True}, {}, "yuva420p", set()),
        ("h264", {"interlaced": True}, {}, "yuv420p", {"deinterlaced"}),
        ("hevc", {"chroma": "rgb"}, {}, "yuv420p", set()),
        ("av1", {"is_vfr": True}, {}, "yuv420p", {"vfr_kept"}),
        ("h264", {"rotation": 90}, {}, "yuv420p", {"rotation_baked"}),
        ("h264", {"flipped": True}, {}, "yuv420p", {"rotation_baked"}),
    ],
)
def test_each_encoder_gets_what_it_can_hold(
    codec: Codec, source: dict[str, Any], wanted: dict[str, Any], pix_fmt: str, why: set[str]
) -> None:
    picture, reasons = planned(video(**source), codec, **wanted)
    assert (picture.pix_fmt, set(reasons)) == (pix_fmt, why)
    assert names(picture)[-1] in ("format", "sidedata")
    if "tone_mapped" in why:
        assert (picture.colors.transfer, picture.colors.primaries) == ("bt709", "bt709")
        assert {"tonemap", "zscale", "sidedata"} <= set(names(picture))


@pytest.mark.parametrize("codec", ["h264", "vp9"])
def test_hdr_cannot_be_kept_where_there_are_8_bits(codec: Codec) -> None:
    with pytest.raises(UsageError, match="hevc or av1"):
        planned(video(**HDR), codec, hdr="keep")
    assert planned(video(), codec, hdr="keep")[0].pix_fmt == "yuv420p"


def test_fields_and_transparency_are_settled_before_scaling() -> None:
    picture, _ = planned(video(width=3840, height=2160, interlaced=True, has_alpha=True, chroma="rgb"))
    assert names(picture) == ["bwdif", "format", "premultiply", "scale", "setsar", "scale", "format"]
    assert picture.before_scale.filters[1].options == {"pix_fmts": "gbrap"}
    assert picture.colors.matrix == "bt709"


@pytest.mark.parametrize(
    ("rate", "asked", "made"),
    [
        (60, 30, 30),
        (30, 30, None),
        (Fraction(30000, 1001), 30, None),
        (30, 29.97, None),
        (30, 29.9, Fraction(299, 10)),
        (24, 60, None),
    ],
)
def test_frame_rates_are_only_lowered(rate: Fraction, asked: float, made: Fraction | None) -> None:
    picture, reasons = planned(video(rate=rate), fps=asked)
    assert picture.rate_cap == made
    assert ("fps_limited" in reasons) == (made is not None)
    assert ("fps" in names(picture)) == (made is not None)


@pytest.mark.parametrize(
    ("facts", "fps", "alone"), [({}, None, True), ({"interlaced": True}, None, False), ({}, 20, False)]
)
def test_pictures_that_depend_on_their_neighbours_are_known(facts: dict, fps: float | None, alone: bool) -> None:
    assert planned(video(rate=30, **facts), fps=fps)[0].frame_by_frame is alone


def test_an_odd_size_is_cropped_not_scaled() -> None:
    picture, _ = planned(video(width=853, height=481))
    assert names(picture) == ["crop", "setsar", "format"]
    assert "scale" in names(planned(video(width=853, height=481, changes_size=True))[0])


@pytest.mark.parametrize(("sar", "rotation", "made"), [("4/3", 0, "4/3"), ("4/3", 90, "3/4"), ("100/1", 0, "1")])
def test_sample_aspect_turns_with_the_picture(sar: str, rotation: int, made: str) -> None:
    picture, _ = planned(video(sar=Fraction(sar), rotation=rotation))
    assert picture.sar == Fraction(made)


def test_small_untagged_pictures_say_what_their_large_source_meant() -> None:
    small = planned(video(), resolution=360)[0]
    assert small.colors.matrix == "bt709"
    assert "setparams=colorspace=bt709" in str(small.chain())
    assert planned(video(color_matrix="smpte170m"), resolution=360)[0].colors.matrix == "smpte170m"
    assert planned(video())[0].colors.matrix is None
    tags = planned(video(color_range="pc", color_matrix="bt709"))[0].colors.options()
    assert tags == ["-colorspace", "bt709", "-color_range", "pc"]


@pytest.mark.parametrize(
    ("least", "sides"), [(None, [720, 540, 432, 360, 270, 216, 144]), (480, [720, 540, 480]), (720, [720]), (1079, [])]
)
def test_the_picture_is_not_made_smaller_than_was_asked(least: int | None, sides: list[int]) -> None:
    picture, _ = planned(video(width=1920, height=1080), min_resolution=least)
    assert [min(size) for size in rungs_below(picture)] == sides

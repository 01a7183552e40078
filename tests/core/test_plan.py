"""What is decided before encoding: copy, remux or encode, the number to land on, and the reasons that are given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.choices import Codec, Quality
from slimreel.core.codecs import ENCODERS
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo
from slimreel.core.perception import QUALITIES, Wanted
from slimreel.core.plan import FITS, EncodePlan, Target, make_plan, size_limit
from slimreel.errors import ImpossiblePair, UsageError
from tests.core.facts import audio, media, video

CLIP = media()  # 1080p, 4 Mbit/s of pictures, a minute
UHD = media(video(1_070_000, 600, width=3840, height=2160), audio(seconds=600))
PLACED = media(has_location=True, location="+48.1+011.5/")


def reasons(plan: EncodePlan) -> set[str]:
    return {reason.id for reason in plan.reasons}


def target(plan: EncodePlan) -> Target:
    assert plan.target is not None
    return plan.target


LEFT_ALONE: list[tuple[str, MediaInfo, dict[str, Any], str, set[str]]] = [
    ("a size it fits", CLIP, {"target_size_bytes": 100_000_000}, "copy", {"already_fits"}),
    ("exactly its size", CLIP, {"target_size_bytes": CLIP.size_bytes}, "copy", {"already_fits"}),
    ("its whole size", CLIP, {"size_ratio": 1.0}, "copy", {"already_fits"}),
    ("its total rate", CLIP, {"total_bitrate_bps": 5_000_000}, "copy", {"already_fits"}),
    ("a rate it fits", CLIP, {"video_bitrate_bps": 8_000_000}, "copy", {"source_is_smaller_rate"}),
    ("a rate one percent below", CLIP, {"video_bitrate_bps": 3_965_000}, "copy", {"source_is_smaller_rate"}),
    ("a ceiling it fits", CLIP, {"max_bitrate_bps": 4_000_000}, "copy", {"source_is_smaller_rate"}),
    ("its own codec", CLIP, {"codec": "h264", "max_bitrate_bps": 5_000_000}, "copy", {"source_is_smaller_rate"}),
    ("a location", PLACED, {"target_size_bytes": 100_000_000}, "remux", {"already_fits", "location_dropped"}),
    ("a location kept", PLACED, {"target_size_bytes": 100_000_000, "keep_location": True}, "copy", {"already_fits"}),
    ("no tags", CLIP, {"size_ratio": 1.0, "strip_metadata": True}, "remux", {"already_fits", "metadata_stripped"}),
    ("no sound", CLIP, {"size_ratio": 1.0, "audio": "mute"}, "remux", {"already_fits", "muted"}),
    ("less sound", CLIP, {"size_ratio": 1.0, "audio_bitrate_bps": 64_000}, "remux", {"picture_moved", "audio_encoded"}),
    ("another container", CLIP, {"container": "mkv", "video_bitrate_bps": 8_000_000}, "remux", {"remuxed"}),
    ("only repacked", CLIP, {"container": "mkv", "reencode": False}, "remux", {"copied_video", "remuxed"}),
    ("only repacked, at 4K", UHD, {"reencode": False}, "copy", {"copied_video"}),
    ("4K as it is", UHD, {"video_bitrate_bps": 8_000_000, "keep_resolution": True}, "copy", set()),
    ("index last", media(faststart=False), {"size_ratio": 1.0}, "remux", {"already_fits", "rewrapped"}),
    ("fragmented", media(fragmented=True), {"size_ratio": 1.0}, "remux", {"already_fits", "rewrapped"}),
    ("wrong ending", media(path="clip.mkv"), {"size_ratio": 1.0}, "remux", {"already_fits", "remuxed"}),
]


@pytest.mark.parametrize(("source", "wanted", "strategy", "why"), [row[1:] for row in LEFT_ALONE], ids=lambda v: "")
def test_what_fits_is_left_alone(source: MediaInfo, wanted: dict[str, Any], strategy: str, why: set[str]) -> None:
    plan = make_plan(Goal(**wanted), source)
    assert plan.strategy == strategy
    assert (plan.encoder, plan.picture, plan.target) == (None, None, None)
    assert why <= reasons(plan)
    assert "default_goal" not in reasons(plan)


def test_excess_of_sound_alone_leaves_the_pictures() -> None:
    source = media(video(500_000), audio(1_536_000, codec="pcm_s16le"))
    plan = make_plan(Goal(size_ratio=0.5), source)
    assert plan.strategy == "remux"
    assert [track.action for track in plan.sound] == ["encode"]


ENCODED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"video_bitrate_bps": 2_000_000}, {"rate_bps": 2_000_000, "asked": True, "crf": None}),
    (
        {"video_bitrate_bps": 2_000_000, "max_bitrate_bps": 1_500_000},
        {"rate_bps": 1_500_000, "ceiling_bps": 1_500_000, "asked": False},
    ),
    (
        {"video_bitrate_bps": 2_000_000, "quality": "visually_lossless"},
        {"rate_bps": None, "ceiling_bps": 2_000_000, "wanted": QUALITIES["visually_lossless"]},
    ),
    (
        {"max_bitrate_bps": 3_000_000},
        {"rate_bps": None, "ceiling_bps": 3_000_000, "wanted": QUALITIES["medium"], "asked": False},
    ),
    ({"quality": "low"}, {"ceiling_bps": 4_000_000, "wanted": QUALITIES["low"], "size_limit_bytes": None}),
    ({"vmaf_min": 96}, {"wanted": Wanted(96), "judged_at_source": True}),
    ({"vmaf_min": 93, "quality": "visually_lossless"}, {"wanted": QUALITIES["visually_lossless"]}),
    ({"vmaf_min": 97, "quality": "visually_lossless"}, {"wanted": Wanted(97, 89)}),
    ({"vmaf_min": 93, "video_bitrate_bps": 2_000_000}, {"rate_bps": None, "ceiling_bps": 2_000_000}),
    ({"vmaf_min": 93, "target_size_bytes": 9_000_000}, {"wanted": Wanted(93), "size_limit_bytes": 9_000_000}),
    ({"quality": "low", "target_size_bytes": 9_000_000}, {"wanted": QUALITIES["low"]}),
    ({"quality": "high", "target_size_bytes": 9_000_000}, {"wanted": None, "size_limit_bytes": 9_000_000}),
    ({"quality": "high", "video_bitrate_bps": 2_000_000}, {"wanted": None, "rate_bps": 2_000_000}),
    ({"target_size_bytes": 10_000_000}, {"size_limit_bytes": 10_000_000, "rate_bps": None, "crf": None}),
    ({"size_ratio": 0.5}, {"size_limit_bytes": CLIP.size_bytes // 2}),
    ({"total_bitrate_bps": 1_000_000}, {"size_limit_bytes": 7_500_000}),
    ({"size_ratio": 0.5, "target_size_bytes": 9_000_000}, {"size_limit_bytes": 9_000_000}),
    ({"crf": 30}, {"crf": 30, "ceiling_bps": None}),
    ({"reencode": True, "video_bitrate_bps": 9_000_000}, {"rate_bps": 4_000_000, "asked": False}),
    ({"reencode": True, "size_ratio": 1.0}, {"size_limit_bytes": CLIP.size_bytes, "ceiling_bps": 4_000_000}),
    ({"codec": "hevc", "video_bitrate_bps": 9_000_000}, {"rate_bps": 4_000_000, "asked": False}),
    ({"quality": "lossless", "target_size_bytes": 10_000_000}, {"size_limit_bytes": 10_000_000}),
    ({"quality": "lossless", "video_bitrate_bps": 2_000_000}, {"ceiling_bps": 2_000_000}),
    ({"video_bitrate_bps": 1_000_000, "keep_resolution": True}, {"may_shrink": False}),
    ({"video_bitrate_bps": 1_000_000, "width_px": 1280, "height_px": 720}, {"may_shrink": False}),
    ({"video_bitrate_bps": 1_000_000, "resolution": 720}, {"may_shrink": True}),
]


@pytest.mark.parametrize(("wanted", "expected"), ENCODED, ids=lambda v: "")
def test_what_does_not_fit_gets_a_target(wanted: dict[str, Any], expected: dict[str, Any]) -> None:
    plan = make_plan(Goal(**wanted), CLIP)
    assert plan.strategy == "encode"
    assert {name: getattr(plan if name == "size_limit_bytes" else target(plan), name) for name in expected} == expected


def test_8_mbps_of_4k_at_1_mbps_is_1080p_without_growth() -> None:
    plan = make_plan(Goal(video_bitrate_bps=8_000_000), UHD)
    assert plan.picture is not None
    assert plan.strategy == "encode"
    assert (plan.picture.width, plan.picture.height) == (1920, 1080)
    assert target(plan).rate_bps == 1_070_000
    assert not target(plan).asked
    assert {"source_is_smaller_rate", "scaled_default"} <= reasons(plan)


RATES = st.integers(1_000, 200_000_000)


@given(
    asked=RATES,
    source_bps=RATES,
    most=st.none() | RATES,
    quality=st.sampled_from([None, "medium", "visually_lossless", "lossless"]),
    size_ratio=st.sampled_from([None, 0.25, 1.0]),
    codec=st.sampled_from([None, *ENCODERS]),
    reencode=st.sampled_from([None, True]),
    short=st.sampled_from([360, 1080, 2160]),
)
def test_no_rate_is_ever_raised(
    asked: int,
    source_bps: int,
    most: int | None,
    short: int,
    codec: Codec | None,
    quality: Quality | None,
    size_ratio: float | None,
    reencode: bool | None,
) -> None:
    source = media(video(source_bps, width=short * 16 // 9, height=short), audio())
    wanted = Goal(video_bitrate_bps=asked, max_bitrate_bps=most, codec=codec)
    goal = replace(wanted, quality=quality, size_ratio=size_ratio, reencode=reencode)
    plan = make_plan(goal, source)
    bounds = [asked, *filter(None, [most])]
    if plan.strategy != "encode":
        assert source.video[0].bitrate_bps <= min(bounds) * FITS
        return
    if goal.quality != "lossless":
        bounds.append(round(source.video[0].bitrate_bps))
    planned = target(plan)
    leading = planned.rate_bps or planned.ceiling_bps
    assert leading is not None
    assert leading <= max(1000, min(bounds))


def test_a_ceiling_below_the_source_is_obeyed_beside_a_rate_above_it() -> None:
    plan = make_plan(Goal(video_bitrate_bps=8_000_000, max_bitrate_bps=1_000_000), CLIP)
    assert plan.strategy == "encode"
    assert target(plan).rate_bps == 1_000_000


@given(
    size=st.integers(1, 10**9) | st.none(),
    ratio=st.floats(0.01, 1) | st.none(),
    total=st.integers(1000, 10**8) | st.none(),
)
def test_the_size_limit_is_the_least_of_all_asked(size: int | None, ratio: float | None, total: int | None) -> None:
    limit = size_limit(Goal(target_size_bytes=size, size_ratio=ratio, total_bitrate_bps=total), CLIP)
    asked = [
        *([size] if size else []),
        *([ratio * CLIP.size_bytes] if ratio else []),
        *([total * CLIP.duration_s / 8] if total else []),
    ]
    assert (limit is None) == (not asked)
    if limit is not None:
        assert min(asked) - 1 < limit <= min(asked)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (CLIP, {"container": "webm", "reencode": False}),
        (CLIP, {"container": "webm", "codec": "h264"}),
        (CLIP, {"container": "webm", "codec": "hevc", "reencode": False}),
        (CLIP, {"container": "mov", "codec": "vp9", "video_bitrate_bps": 8_000_000}),
        (media(video(codec="theora")), {"reencode": False}),
        (media(video(changes_size=True)), {"reencode": False}),
    ],
)
def test_impossible_pairs_are_refused_by_name(source: MediaInfo, wanted: dict[str, Any]) -> None:
    with pytest.raises(ImpossiblePair, match=str(wanted.get("codec", source.video[0].codec))):
        make_plan(Goal(**wanted), source)


def test_a_crf_beyond_the_scale_is_refused() -> None:
    with pytest.raises(UsageError, match="0 to 51"):
        make_plan(Goal(crf=60), CLIP)
    assert target(make_plan(Goal(crf=60, codec="av1"), CLIP)).crf == 60


def test_the_container_of_the_name_counts_unless_one_is_asked_for() -> None:
    assert make_plan(Goal(quality="low"), CLIP, "mkv").container.name == "mkv"
    assert make_plan(Goal(quality="low", container="webm"), CLIP, "mkv").container.name == "webm"
    assert make_plan(Goal(quality="low"), CLIP, None).container.name == "mp4"
    webm = make_plan(Goal(quality="low"), CLIP, "webm")
    assert webm.encoder is ENCODERS["vp9"]

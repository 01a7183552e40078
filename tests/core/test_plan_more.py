"""Further decisions of a plan: damage, sources in other codecs, and where keyframes go."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.core.choices import Codec
from slimreel.core.goal import Goal
from slimreel.core.plan import keyint_for, make_plan
from tests.core.facts import audio, media, video


@pytest.mark.parametrize(("codec", "encodes"), [("h264", False), ("hevc", False), ("vp9", False), ("mpeg4", True)])
def test_codecs_that_are_not_written_are_not_left_alone_unless_asked(codec: Codec, encodes: bool) -> None:
    source = media(video(codec=codec), audio())
    assert (make_plan(Goal(size_ratio=1.0), source).strategy == "encode") == encodes
    assert make_plan(Goal(reencode=False), source).strategy == "copy"


@pytest.mark.parametrize(("codec", "warned"), [("av1", True), ("hevc", True), ("h264", False), ("mpeg2video", False)])
def test_an_older_codec_than_the_sources_is_warned_of(codec: str, warned: bool) -> None:
    plan = make_plan(Goal(codec="h264", video_bitrate_bps=2_000_000, reencode=True), media(video(codec=codec)))
    assert ("codec_newer" in {reason.id for reason in plan.reasons}) == warned


def test_nothing_of_a_damaged_source_is_copied_unless_encoding_is_forbidden() -> None:
    source = media(damage=("it ends early",))
    plan = make_plan(Goal(size_ratio=1.0), source, salvage=True)
    assert plan.strategy == "encode"
    assert [track.action for track in plan.sound] == ["encode"]
    assert make_plan(Goal(reencode=False), source, salvage=True).strategy != "encode"


def test_the_largest_default_picture_is_meant_and_the_others_are_told_of() -> None:
    source = media(
        video(index=0, width=640, height=360, is_default=False),
        video(index=1),
        video(index=2, packets=0, is_default=False, width=3840, height=2160),
    )
    plan = make_plan(Goal(size_ratio=1.0), source)
    assert plan.video.index == 1
    assert plan.strategy == "remux"
    assert [reason.fields for reason in plan.reasons if reason.id == "extra_video_dropped"] == [{"count": 1}]


def test_without_a_target_the_default_is_told() -> None:
    assert "default_goal" in {reason.id for reason in make_plan(Goal(), media()).reasons}


@given(frames=st.integers(0, 2_000_000), rate=st.floats(0, 1000))
@example(601, 60.0)
@example(890, 60.0)
@example(62_501, 25.0)
@example(247, 24.0)
@example(97, 0.3)
@example(37, 0.5)
@example(421, 0.41)
def test_keyframes(frames: int, rate: float) -> None:
    keyint = keyint_for(frames, rate, 10)
    assert 1 <= keyint <= 600
    tail = frames % keyint
    wanted = max(1.0, min(600.0, 10 * rate))
    assert tail == 0 or 2 * tail >= keyint or frames < keyint or keyint - 1 < min(frames, wanted) / 2
    assert keyint <= 1.5 * wanted + 1
    if frames >= 2:
        assert keyint >= min(frames, wanted) / 2


def test_keyframes_follow_the_rate_that_is_made() -> None:
    source = media(video(seconds=60, rate=60))
    assert make_plan(Goal(quality="low", fps=10), source).keyint == 100
    assert make_plan(Goal(quality="low"), source).keyint == 600


@pytest.mark.parametrize(("container", "told"), [("mp4", True), ("webm", False), ("mkv", False)])
@pytest.mark.parametrize("has_alpha", [True, False])
def test_transparency_that_a_container_cannot_hold_is_told_of(container: str, told: bool, has_alpha: bool) -> None:
    source = media(video(codec="vp9", has_alpha=has_alpha), path="clip.avi", demuxer="matroska")
    plan = make_plan(Goal(video_bitrate_bps=8_000_000), source, container)
    assert plan.strategy == "remux"
    assert ("alpha_dropped" in {reason.id for reason in plan.reasons}) == (told and has_alpha)

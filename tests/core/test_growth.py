"""How much a picture may take: what it has, and more only where a conversion to a hungrier codec was asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.codecs import EFFICIENCY, ENCODERS
from slimreel.core.goal import Goal
from slimreel.core.growth import like_for_like_bps, source_bps
from slimreel.core.perception import QUALITIES
from slimreel.core.picture import plan_picture
from slimreel.core.plan import EncodePlan, Target, make_plan
from tests.core.facts import audio, media, video

MODERN = ["hevc", "av1", "vp9"]
RATES = st.integers(1000, 100_000_000)


def target(plan: EncodePlan) -> Target:
    assert plan.target is not None
    return plan.target


def reasons(plan: EncodePlan) -> dict[str, dict[str, Any]]:
    return {reason.id: dict(reason.fields) for reason in plan.reasons}


@given(bps=RATES, source=st.sampled_from([*EFFICIENCY, "theora"]), to=st.sampled_from([*ENCODERS]))
def test_a_codec_gets_what_it_needs_and_never_less_than_there_was(bps: int, source: str, to: Any) -> None:
    clip, encoder = video(bps, codec=source), ENCODERS[to]
    picture, _ = plan_picture(clip, Goal(), encoder)
    ratio = EFFICIENCY[to] / EFFICIENCY.get(source, EFFICIENCY[to])
    allowed = like_for_like_bps(clip, encoder, picture)
    assert allowed == source_bps(clip) if ratio <= 1 else allowed >= round(source_bps(clip) * ratio)
    # Idle frames of 1080p at 30 frames a second take 16 kbit/s.
    assert allowed <= max(1, ratio) * source_bps(clip) + 17_000


def test_a_smaller_picture_needs_less() -> None:
    clip = video(codec="av1", width=3840, height=2160)
    full, _ = plan_picture(clip, Goal(keep_resolution=True), ENCODERS["h264"])
    small = full.at(1280, 720)
    assert like_for_like_bps(clip, ENCODERS["h264"], full) == pytest.approx(8_000_000, rel=0.02)
    assert like_for_like_bps(clip, ENCODERS["h264"], small) == 4_000_000


@pytest.mark.parametrize("codec", MODERN)
@pytest.mark.parametrize("wanted", [{}, {"video_bitrate_bps": 80_000_000}, {"max_bitrate_bps": 80_000_000}])
def test_who_converts_to_h264_without_a_lower_rate_keeps_the_look(codec: str, wanted: dict[str, Any]) -> None:
    plan = make_plan(Goal(codec="h264", **wanted), media(video(codec=codec), audio()))
    planned = target(plan)
    assert planned.ceiling_bps == pytest.approx(4_000_000 / EFFICIENCY[codec], rel=0.01)
    assert planned.wanted == QUALITIES["visually_lossless"]
    assert not planned.may_shrink
    assert reasons(plan)["codec_needs_more"] == {
        "codec": codec,
        "target": "h264",
        "rate": planned.ceiling_bps,
        "bitrate": 4_000_000,
    }
    assert not {"source_is_smaller_rate", "codec_newer", "default_goal"} & reasons(plan).keys()


def test_a_size_with_room_does_not_make_the_picture_of_a_conversion_smaller() -> None:
    clip = media(video(codec="av1"), audio())
    planned = target(make_plan(Goal(codec="h264", target_size_bytes=2 * clip.size_bytes), clip))
    assert planned.ceiling_bps == pytest.approx(8_000_000, rel=0.01)
    assert not planned.may_shrink


@pytest.mark.parametrize("codec", MODERN)
@pytest.mark.parametrize("wanted", [{"reencode": True}, {"resolution": 720}, {"fps": 15}, {"resolution": 480}])
def test_without_a_conversion_asked_nothing_grows(codec: str, wanted: dict[str, Any]) -> None:
    plan = make_plan(Goal(video_bitrate_bps=80_000_000, **wanted), media(video(codec=codec), audio()))
    assert (plan.strategy, target(plan).ceiling_bps) == ("encode", 4_000_000)
    assert "source_is_smaller_rate" in reasons(plan)


def test_a_container_that_cannot_hold_the_codec_asks_for_a_conversion() -> None:
    plan = make_plan(Goal(), media(video(codec="av1"), audio()), "mov")
    assert "codec_needs_more" in reasons(plan)


@given(
    bps=RATES,
    source=st.sampled_from([*EFFICIENCY]),
    codec=st.sampled_from([None, *ENCODERS]),
    rate=st.none() | RATES,
    most=st.none() | RATES,
    size=st.none() | st.integers(100_000, 10**9),
)
def test_growth_is_asked_for_bounded_and_told_of(
    bps: int, source: str, codec: Any, rate: int | None, most: int | None, size: int | None
) -> None:
    clip = media(video(bps, codec=source), audio())
    plan = make_plan(Goal(codec=codec, video_bitrate_bps=rate, max_bitrate_bps=most, target_size_bytes=size), clip)
    if plan.strategy != "encode":
        return
    planned = target(plan)
    leading = planned.rate_bps or planned.ceiling_bps
    assert leading is not None
    assert leading <= min(filter(None, (rate, most)), default=leading)
    assert plan.size_limit_bytes == size
    fits = size is None or size > clip.size_bytes
    if leading > source_bps(clip.video[0]):
        assert codec not in (None, source)
        assert fits == ("codec_needs_more" in reasons(plan))


def test_a_size_below_the_sources_is_only_warned_of() -> None:
    clip = media(video(codec="av1"), audio())
    plan = make_plan(Goal(codec="h264", target_size_bytes=clip.size_bytes // 2), clip)
    assert plan.size_limit_bytes == clip.size_bytes // 2
    assert "codec_newer" in reasons(plan)
    assert target(plan).may_shrink

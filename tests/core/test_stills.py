"""When stills are stored once: for sources that mostly stand, told by packets, and an encoder that knows times."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core import stills
from slimreel.core.codecs import ENCODERS
from slimreel.core.goal import Goal
from slimreel.core.picture import plan_picture
from slimreel.core.plan import make_plan
from tests.core.facts import media, video

H264 = ENCODERS["h264"]


@pytest.mark.parametrize(
    ("changed", "drops"),
    [
        ({"still_packets": 1200}, True),
        ({"still_packets": 890}, False),
        ({"still_packets": 1200, "codec": "hevc"}, True),
        ({"still_packets": 1200, "codec": "av1"}, False),  # shows decoded frames by packets as small
        ({"still_packets": 1200, "codec": "vp9"}, False),
        ({"still_packets": 1200, "interlaced": True}, False),
        ({"still_packets": 1200, "has_alpha": True}, False),
        ({"still_packets": 1200, "changes_size": True}, False),
    ],
)
def test_what_stands(changed: dict[str, Any], drops: bool) -> None:
    source = video(2_000_000, 60, **changed)
    assert stills.may_drop(source, H264) is drops
    picture, reasons = plan_picture(source, Goal(), H264)
    assert picture.drops_stills is drops
    assert ("mpdecimate" in str(picture.chain())) is drops
    assert [reason.fields["percent"] for reason in reasons if reason.id == "stills_once"] == ([67] if drops else [])


@pytest.mark.parametrize("codec", [codec for codec in ENCODERS if codec != "h264"])
def test_only_an_encoder_that_knows_times(codec: str) -> None:
    source = video(2_000_000, 60, still_packets=1700)
    assert not stills.may_drop(source, ENCODERS[codec])  # type: ignore[index]


def test_a_frame_rate_asked_for_decides_instead() -> None:
    source = media(video(2_000_000, 60, still_packets=1700))
    picture = make_plan(Goal(fps=15, video_bitrate_bps=500_000), source).picture
    assert picture is not None
    assert not picture.drops_stills


@given(frames=st.integers(1, 10**6), rate=st.fractions(Fraction(1, 2), 240))
def test_a_still_is_stored_again_after_a_second(frames: int, rate: Fraction) -> None:
    least = stills.least_frames(frames, rate)
    assert 1 <= least <= frames
    # Of so many consecutive frames one is let through at least.
    most = int(str(stills.filters(rate)).rsplit("max=", 1)[1])
    assert most / rate <= stills.LONGEST_S or most == 1
    assert least == max(1, frames // (most + 1))

"""Which sources stand still, told by their packets, and how far apart their keyframes may be."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.core import stills
from slimreel.core.goal import Goal
from slimreel.core.plan import make_plan
from tests.core.facts import media, video


@pytest.mark.parametrize(
    ("changed", "standing"),
    [
        ({"still_packets": 1200}, True),
        ({"still_packets": 890}, False),
        ({"still_packets": 1200, "codec": "hevc"}, True),
        ({"still_packets": 1200, "codec": "av1"}, False),  # shows decoded frames by packets as small
        ({"still_packets": 1200, "codec": "vp9"}, False),
    ],
)
def test_what_stands(changed: dict[str, Any], standing: bool) -> None:
    source = video(2_000_000, 60, **changed)
    assert stills.stands(source) is standing
    plan = make_plan(Goal(video_bitrate_bps=500_000), media(source))
    assert plan.keyint == (900 if standing else 300)

"""What a render call wants: its numbers before the wish of the draft, its quality only where the draft has none."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.goal import Goal
from slimreel.edit.begin import begin
from slimreel.edit.facts import Facts
from slimreel.edit.ops.export import Exported
from slimreel.errors.service import BadRequest, NothingToRender
from slimreel.services.wanted import prepared
from tests.edit.facts import ASSETS

PLAIN = begin(Facts(assets=ASSETS), [next(asset.id for asset in ASSETS if asset.kind == "video")])
WISH = replace(PLAIN, goal=Goal(target_size_bytes=10_000_000, codec="hevc"))


def goal(draft, output):
    found = prepared(draft, output).goal
    assert found is not None
    return found


def test_no_wish_at_all_is_what_plays_everywhere():
    for output in ({}, {"format": "mp4"}, {"quality": "so so"}):
        assert goal(PLAIN, output) == Goal(codec="h264", resolution=1080)


def test_a_habit_does_not_outdo_a_wish():
    assert prepared(WISH, {"format": "mp4", "quality": "high"}).goal == WISH.goal


def test_an_empty_timeline_gives_no_file():
    with pytest.raises(NothingToRender):
        prepared(replace(PLAIN, tracks=(replace(PLAIN.tracks[0], segments=()),)), {})


def test_quality_counts_where_there_is_no_wish():
    assert goal(PLAIN, {"quality": "high"}) == Goal(quality="high", codec="h264", resolution=1080)


@pytest.mark.parametrize(
    ("output", "field", "value"),
    [
        ({"bitrate": "8M"}, "video_bitrate_bps", 8_000_000),
        ({"bitrate": 8_000_000}, "video_bitrate_bps", 8_000_000),
        ({"size": "25MB"}, "target_size_bytes", 25_000_000),
        ({"size": 25_000_000}, "target_size_bytes", 25_000_000),
        ({"crf": 23}, "crf", 23.0),
        ({"crf": "23"}, "crf", 23.0),
        ({"resolution": "720p"}, "resolution", 720),
        ({"resolution": 720}, "resolution", 720),
        ({"resolution": "1280x720"}, "width_px", 1280),
        ({"fps": "24"}, "fps", 24.0),
        ({"codec": "H.265"}, "codec", "hevc"),
        ({"format": "webm"}, "container", "webm"),
    ],
)
def test_numbers_come_first(output, field, value):
    for draft in (PLAIN, WISH):
        assert getattr(goal(draft, output), field) == value
    if field in ("video_bitrate_bps", "crf"):
        assert goal(WISH, output).target_size_bytes is None
    if field in ("resolution", "fps"):
        assert goal(WISH, output).target_size_bytes == 10_000_000


@pytest.mark.parametrize(
    "output",
    [
        {"bitrate": "much"}, {"bitrate": -1}, {"size": "big"}, {"crf": 99}, {"crf": "x"}, {"fps": 0}, {"codec": "divx"},
        {"resolution": "wide"}, {"format": "exe"}, {"clip": "c9"}, {"bitrate": {"a": 1}}, {"bitrate": True},
        {"fps": float("inf")}, {"size": float("nan")}, {"bitrate": 10**400}, {"resolution": "9x9"},
    ],
)  # fmt: skip
def test_nonsense_is_refused(output):
    with pytest.raises(BadRequest):
        prepared(PLAIN, output)


def test_other_files():
    assert prepared(PLAIN, {"format": "gif"}).outputs == (Exported(format="gif"),)
    assert prepared(PLAIN, {"clip": "c1"}).outputs == (Exported(clip="c1"),)


KEYS = ["bitrate", "size", "crf", "resolution", "fps", "codec", "format", "quality", "clip", "more"]
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.lists(st.integers(), max_size=2)
)


@given(output=st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_anything_gives_a_draft_or_a_refusal(output):
    with contextlib.suppress(BadRequest):
        prepared(PLAIN, output)

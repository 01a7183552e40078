"""Two things of which only one can hold are found in a goal, whoever made it; a preset beside a wish is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.contradictions import contradiction
from slimreel.core.goal import Goal
from slimreel.core.presets import all_presets, with_preset
from slimreel.data.tables import LANGUAGES, error_table
from slimreel.errors import Contradiction
from slimreel.workbench.compress import read_goal

SIZES = {"target_size_bytes": 1, "size_ratio": 0.5, "total_bitrate_bps": 1000}
FULL: dict[str, Any] = {
    **SIZES, "video_bitrate_bps": 1000, "max_bitrate_bps": 1000, "crf": 0, "quality": "lossless", "resolution": 720,
    "min_resolution": 1080, "width_px": 64, "height_px": 36, "keep_resolution": True, "fps": 30,
    "audio_bitrate_bps": 64_000, "audio": "mute", "reencode": False, "strip_metadata": True, "keep_location": True,
    "codec": "hevc", "container": "mkv", "encode_speed": "best", "hdr": "keep",
}  # fmt: skip
CLASHES = [
    ("target_size_bytes", "size_ratio"), ("target_size_bytes", "total_bitrate_bps"),
    ("size_ratio", "total_bitrate_bps"),
    ("crf", "video_bitrate_bps"), ("crf", "quality"), ("resolution", "width_px"), ("resolution", "keep_resolution"),
    ("min_resolution", "resolution"), ("min_resolution", "height_px"),
    ("width_px", "keep_resolution"), ("audio_bitrate_bps", "audio"), ("quality", "video_bitrate_bps"),
    ("quality", "target_size_bytes"), ("reencode", "crf"), ("reencode", "size_ratio"), ("reencode", "fps"),
    ("strip_metadata", "keep_location"),
]  # fmt: skip


@pytest.mark.parametrize("pair", CLASHES, ids="-".join)
def test_a_clash_is_refused_by_the_library_too(pair: tuple[str, str]) -> None:
    goal = Goal(**{name: FULL[name] for name in pair})
    found = contradiction(goal)
    assert isinstance(found, Contradiction)
    with pytest.raises(Contradiction) as caught:
        read_goal(goal)
    assert (caught.value.exit_code, caught.value.fields) == (2, found.fields)
    for language in LANGUAGES:
        assert set(found.fields.values()) <= error_table(language)["things"].keys()


@given(st.sets(st.sampled_from(sorted(FULL))))
def test_more_said_never_settles_a_clash(names: set[str]) -> None:
    found = contradiction(Goal(**{name: FULL[name] for name in names}))
    if any(set(pair) <= names for pair in CLASHES):
        assert found is not None
    if len(names) < 2:
        assert found is None


@pytest.mark.parametrize("preset", sorted(all_presets()))
@pytest.mark.parametrize(
    "wanted", [{}, {"size_ratio": 0.5}, {"video_bitrate_bps": 1000}, {"width_px": 64}, {"crf": 30}]
)
def test_a_preset_beside_a_wish_is_no_clash_however_often_it_is_read(preset: str, wanted: dict[str, Any]) -> None:
    goal = read_goal(Goal(preset=preset, **wanted))
    assert goal == with_preset(Goal(preset=preset, **wanted))
    assert read_goal(goal) == goal

"""What English sentences tell beside what they ask for: what it weighs now, what is only noise, who should see what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent.asking import BARE, CLIP, said, title

THREE = {"clips": [{**CLIP, "id": f"c{n}", "name": f"clip{n}.mp4"} for n in (1, 2, 3)]}
SIGN = title("OPEN SUNDAYS")


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("Shrink the file please, but the quality should stay good", "high"),
        ("smaller, but quality has to remain high", "high"),
        ("make it smaller while the quality stays good", "high"),
        ("the quality must stay high but make it smaller", "high"),
        ("less quality is fine", "low"),
        ("quality stays, just smaller", "visually_lossless"),
        ("make it smaller but no one may see a difference", "visually_lossless"),
        ("compress it, viewers must not notice a difference", "visually_lossless"),
        ("shrink this; nobody should be able to spot the difference", "visually_lossless"),
    ],
)
def test_a_smaller_file_is_no_smaller_quality(text: str, quality: str):
    assert said(text) == [("compress", {"quality": quality})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("hevc, capped at 3500k", {"codec": "hevc", "max_bitrate_bps": 3_500_000}),
        ("max 1800k in h264", {"codec": "h264", "max_bitrate_bps": 1_800_000}),
        ("1080p, at most 5000k", {"resolution": "1080p", "max_bitrate_bps": 5_000_000}),
        ("webm under 256k", {"container": "webm", "target_size_bytes": 256_000}),
        ("2 GB max, you can take as long as you like", {"target_size_bytes": 2_000_000_000, "encode_speed": "best"}),
        ("under 90 MB, take all the time you need", {"target_size_bytes": 90_000_000, "encode_speed": "best"}),
    ],
)
def test_rates_and_patience(text: str, wanted: dict[str, Any]):
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    "text",
    [
        "the film has 2.1 GB, I want that it has 400 MB",
        "I have 2.1 GB, I need 400 MB",
        "it has 2.1 GB, please 400 MB",
        "I want that it has 400 MB, now it has 2.1 GB",
        "right now it has 2.1 GB but it should have 400 MB",
    ],
)
def test_what_it_weighs_now_is_not_what_is_wanted(text: str):
    assert said(text) == [("compress", {"target_size_bytes": 400_000_000})]


@pytest.mark.parametrize(
    "text",
    [
        "could this video be a little lighter, it fills up my phone",
        "make the clip a bit smaller, it eats my whole disk",
    ],
)
def test_what_fills_a_phone_is_a_file(text: str):
    assert said(text) == [("compress", {})]


def test_what_fills_a_screen_is_a_picture():
    assert said("make the picture lighter, it fills the phone screen") == [("color", {"brightness_pct": 20})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("switch clips 2 and 3", [("reorder", {"order": ["c1", "c3", "c2"]})]),
        ("swap videos number 1 & 3", [("reorder", {"order": ["c3", "c2", "c1"]})]),
        ("move clip 1 to the end", [("reorder", {"order": ["c2", "c3", "c1"]})]),
        ("put clip 1 at the end and clip 3 at the start", [("reorder", {"order": ["c3", "c2", "c1"]})]),
        ("mute clips 1 and 3", [("mute", {"clip": "c1"}), ("mute", {"clip": "c3"})]),
        ("crossfade between clips 1 and 2", [("transition", {"type": "dissolve", "at": ["c1", "c2"]})]),
        ("merge clips 3, 2 and 1", [("concat", {"clips": ["c3", "c2", "c1"]})]),
        (
            "720p for clips 1 and 2",
            [("compress", {"resolution": "720p", "clip": "c1"}), ("compress", {"resolution": "720p", "clip": "c2"})],
        ),
    ],
)
def test_clips_that_are_named_by_their_numbers(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text, THREE) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "drop clip 1, then put clip 3 before clip 2",
            [("delete_clip", {"clip": "c1"}), ("reorder", {"order": ["c3", "c2"]})],
        ),
        (
            "lose the last clip and reverse the order",
            [("delete_clip", {"clip": "c3"}), ("reorder", {"order": ["c2", "c1"]})],
        ),
        (
            "put the third clip first and delete the second",
            [("reorder", {"order": ["c3", "c1", "c2"]}), ("delete_clip", {"clip": "c2"})],
        ),
    ],
)
def test_an_order_is_one_of_clips_that_are_there(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text, THREE) == wanted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("change that to CLOSED MONDAYS please", "CLOSED MONDAYS"),
        ("make it OPEN TILL LATE", "OPEN TILL LATE"),
        ("it should read Open All Week", "Open All Week"),
        ("change the text to OPEN ALL WEEK", "OPEN ALL WEEK"),
    ],
)
def test_a_title_is_to_say_other_words(text: str, shown: str):
    assert said(text, SIGN) == [("update", {"target": "t1", "set": {"text": shown}})]


@pytest.mark.parametrize(
    "text", ["change it to HEVC", "make it Much Bigger", "change it to Slow Motion", "set it to Full HD"]
)
def test_no_words_of_a_title(text: str):
    assert all("text" not in params.get("set", {}) for _, params in said(text, SIGN))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The audio is only wind. Mute it", [("mute", {})]),
        (
            "there's just traffic noise on it, so no sound and under 8 MB",
            [("compress", {"audio": "mute", "target_size_bytes": 8_000_000})],
        ),
        ("remove the hum and mute 0:05-0:07", [("denoise_audio", {}), ("mute", {"range_s": [5.0, 7.0]})]),
        ("denoise it, it's so grainy", [("denoise_video", {})]),
        ("the room was dark and it came out grainy, denoise the video", [("denoise_video", {})]),
        ("denoise it, there's a loud hum", [("denoise_audio", {})]),
        ("denoise the sound and clean up the grainy picture", [("denoise_audio", {}), ("denoise_video", {})]),
    ],
)
def test_noise_that_is_told_and_noise_that_is_meant(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text) == wanted


@pytest.mark.parametrize("text", ["it has to be below 25, can you do it", "the form says it must be under 50"])
def test_a_limit_without_a_unit_is_asked_about(text: str):
    assert said(text) == [("clarify", {"about": "unit"})]


@pytest.mark.parametrize(
    "text",
    [
        "I have no idea what to type, help me",
        "could you help me out here",
        "not sure what to write. can you help?",
        "I don't understand what I have to do, can you help me?",
    ],
)
def test_who_does_not_know_what_to_write_asks_for_help(text: str):
    assert said(text) == [("help", {})]


def test_help_with_a_wish_is_the_wish():
    assert said("can you help me make it smaller", BARE) == [("compress", {})]

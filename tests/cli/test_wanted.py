"""Flags and words become one goal, or a sentence that says why they cannot."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.cli.batch import spoken_language
from slimreel.cli.wanted import read_wanted
from slimreel.core import records
from slimreel.errors import SlimreelError, UsageError, WishNotUnderstood


@pytest.mark.parametrize(
    ("wish", "flags", "fields"),
    [
        (None, {}, {}),
        (None, {"--bitrate": "8M"}, {"video_bitrate_bps": 8_000_000}),
        (None, {"--size": "25MiB"}, {"target_size_bytes": 25 * 2**20}),
        (None, {"--percent": "50"}, {"size_ratio": 0.5}),
        (None, {"--resolution": "720p"}, {"resolution": 720}),
        (None, {"--resolution": "640x360"}, {"width_px": 640, "height_px": 360}),
        (None, {"--for": "discord"}, {"preset": "discord"}),
        (None, {"--mute": True, "--overwrite": None}, {"audio": "mute"}),
        (None, {"--reencode": False}, {"reencode": False}),
        (None, {"--mute": False, "--codec": None}, {}),
        ("8 Mbps", {"--codec": "hevc"}, {"video_bitrate_bps": 8_000_000, "codec": "hevc"}),
        ("8 Mbps", {"--bitrate": "8000k"}, {"video_bitrate_bps": 8_000_000}),
        ("8 Mbps", {"--size": "25MB"}, {"video_bitrate_bps": 8_000_000, "target_size_bytes": 25_000_000}),
    ],
)
def test_words_and_flags_merge(wish: str | None, flags: dict[str, Any], fields: dict[str, Any]):
    goal = read_wanted(wish, flags)
    assert records.said(goal) == fields


@pytest.mark.parametrize(
    ("wish", "flags", "words"),
    [
        ("8 Mbps", {"--bitrate": "4M"}, "8 Mbps and 4 Mbps"),
        ("25 MB", {"--size": "10MB"}, "25 MB and 10 MB"),
        ("25 MB", {"--percent": "50"}, "cannot both hold"),
        ("720p", {"--keep-resolution": True}, "cannot both hold"),
        (None, {"--crf": 20.0, "--bitrate": "8M"}, "cannot both hold"),
        (None, {"--quality": "lossless", "--size": "8MB"}, "cannot both hold"),
        (None, {"--mute": True, "--audio-bitrate": "64k"}, "cannot both hold"),
        (None, {"--reencode": False, "--size": "8MB"}, "cannot both hold"),
        (None, {"--bitrate": "8"}, "--bitrate: .*8M"),
        (None, {"--size": "25"}, "--size: .*25MB"),
        (None, {"--percent": "150"}, "--percent"),
        (None, {"--resolution": "big"}, "--resolution"),
        (None, {"--for": "nobody"}, "discord"),
        (None, {"--crf": 99.0}, "CRF: it must be a number of at most 63\\."),
        (None, {"--crf": 0.0, "--bitrate": "8M"}, "cannot both hold"),
    ],
)
def test_contradictions_and_mistakes_are_usage_errors(wish: str | None, flags: dict[str, Any], words: str):
    with pytest.raises(UsageError, match=words):
        read_wanted(wish, flags)


def test_nonsense_is_not_understood():
    with pytest.raises(WishNotUnderstood, match="8 bananas") as caught:
        read_wanted("8 bananas", {})
    assert caught.value.exit_code == 8
    assert isinstance(caught.value, SlimreelError)


@pytest.mark.parametrize(
    ("arguments", "wish", "language"),
    [
        (["a.mp4"], "压缩到25MB", "zh"),
        (["a.mp4", "压缩到25MB"], None, "zh"),
        (["a.mp4", "25 MB"], None, "en"),
        (["旅行.mp4"], None, "en"),
        ([], None, "en"),
    ],
)
def test_the_language_is_that_of_the_wish(arguments: list[str], wish: str | None, language: str):
    assert spoken_language(arguments, wish) == language

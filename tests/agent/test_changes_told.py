"""What an edit did is said in words of the language, with units, and not in names of fields."""

from __future__ import annotations

import pytest

from slimreel.agent.reply import say
from slimreel.core.events import Reason


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "The picture and sound will fade in and out over 1 s."), ("zh", "画面和声音淡入淡出，时长 1 s。")],
)
def test_a_fade(language: str, text: str) -> None:
    fade = Reason(id="edit_fade", fields={"direction": "both", "what": "both", "duration_s": 1.0})
    assert say(fade, language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Wanted of the output: size 600 kB, codec HEVC."), ("zh", "对输出的要求：大小 600 kB、编码 HEVC。")],
)
def test_a_goal(language: str, text: str) -> None:
    goal = Reason(id="edit_compress", fields={"target_size_bytes": 600_000, "codec": "hevc"})
    assert say(goal, language) == text

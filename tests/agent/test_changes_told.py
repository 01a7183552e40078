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


def test_in_chinese_what_was_set_has_a_chinese_name_and_what_people_wrote_stays() -> None:
    nudged: dict[str, str | int | float] = {
        "param": "speed",
        "direction": "up",
        "amount": "small",
        "values": "factor 1.1029",
    }
    assert say(Reason(id="edit_nudge", fields=nudged), "zh") == "已微调速度：增大一点，现在是倍速 1.1029。"
    said: dict[str, str | int | float] = {"values": "fade in 0.5 s, start 2 s, text Hello, speed up"}
    told = say(Reason(id="edit_update", fields=said), "zh")
    assert told == "已修改：淡入 0.5 s、开始 2 s、文字 Hello, speed up。"
    assert say(Reason(id="edit_update", fields=said), "en") == f"Changed {said['values']}."

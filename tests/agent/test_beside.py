"""What is said to the session before or behind an edit is done beside it, and neither is dropped."""

from __future__ import annotations

import pytest

from slimreel.agent.beside import beside
from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret
from slimreel.agent.together import Command

CONTEXT = read_context(
    {"clips": [{"id": "c1", "name": "a.mp4", "duration_s": 600.0}], "jobs": [{"id": "j1", "state": "running"}]}
)


def nothing(clause: str) -> list[Command] | None:
    return None


def ops(text: str) -> tuple[list[str], tuple[str, ...]]:
    found = interpret(text, CONTEXT)
    assert found.missing is None
    return [one["op"] for one in found.commands], found.unheard


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("am i nearly out of credits and take the wind noise out", ["credits", "denoise_audio"]),
        ("check my balance please. compress the vid", ["credits", "compress"]),
        ("do i still have credits, then mute it", ["credits", "mute"]),
        ("渲染得怎么样了，把声音去掉", ["status", "mute"]),
        ("静音，视频做好了发给我", ["mute", "export"]),
        ("all good, render it. and rotate it by 90 degrees", ["rotate", "export"]),
        ("no more than 100 megs, hi, what kind of things can you help with?", ["compress", "help"]),
        ("压到30M，你都能干嘛呀", ["compress", "help"]),
        ("rotate it by 90 and please import https://files.example.org/b.mp4", ["rotate", "upload"]),
        ("2倍速，然后我还能用多少额度", ["speed", "credits"]),
        ("影片好大 幫忙壓縮一下啦，然后你这玩意儿都会些啥", ["compress", "help"]),
        ("redo please and 35 mbit/s at 4K", ["redo", "compress"]),
        ("download pls and shrink it", ["compress", "export"]),
        ("删掉前10秒，然后在12秒定格2秒", ["cut", "freeze"]),
    ],
)
def test_both_are_done(text: str, wanted: list[str]) -> None:
    assert ops(text) == (wanted, ())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("export as webm, 480p", ["export"]),
        ("too yellow, undo", ["undo"]),
        ('title "all good, export it" at the top', ["add_text"]),
        ("mute it, thanks", ["mute"]),
    ],
)
def test_what_is_one_request_is_not_taken_apart(text: str, wanted: list[str]) -> None:
    assert ops(text) == (wanted, ())


def test_a_quote_is_never_cut() -> None:
    for taken in beside('title "done, export it", then export it', nothing):
        assert taken.text.count('"') % 2 == 0


@pytest.mark.parametrize("again", ["export it, ", "还剩多少积分，", "and ", "，"])
def test_a_request_of_many_clauses_takes_no_time(again: str) -> None:
    assert len(list(beside(again * 200, nothing))) <= 12
    interpret(again * 60, CONTEXT)


TITLED = read_context(
    {
        "clips": [{"id": "c1", "name": "a.mp4", "duration_s": 600.0}],
        "elements": [{"id": "m1", "type": "music", "file": "a.mp3"}],
        "assets": ["a.mp3", "bossa.mp3"],
        "last_ops": [{"op": "add_music", "params": {"file": "a.mp3"}}],
    }
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("try bossa.mp3 instead, compress the vid", ["update", "compress"]),
        ("try bossa.mp3 instead and what kind of stuff can you do?", ["update", "help"]),
    ],
)
def test_a_turn_about_the_last_one_takes_nothing_else_with_it(text: str, wanted: list[str]) -> None:
    found = interpret(text, TITLED)
    assert ([one["op"] for one in found.commands], found.unheard) == (wanted, ())

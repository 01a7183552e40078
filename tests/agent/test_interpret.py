"""From sentences to commands: the conversations of the brief, what each operation says of itself, and hostile texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.agent.context import Context, read_context
from slimreel.agent.interpret import interpret
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.normalize import MAX_LENGTH
from slimreel.agent.reading import ways
from slimreel.agent.routing import routed
from slimreel.edit.registry import operations, read_operation
from slimreel.workbench.applying import read_command

CLIP = {"id": "c1", "name": "clip.mp4", "duration_s": 90.0, "width": 1920, "height": 1080, "fps": 30}
TITLE = {"id": "t1", "type": "text", "text": "Day 1", "position": "center"}
LOGO = {"id": "i1", "type": "image", "file": "logo.png", "position": "top_right"}
MUSIC = {"id": "m1", "type": "music", "file": "song.mp3", "volume": 0.35}


def clips(count: int) -> dict[str, Any]:
    return {"clips": [{**CLIP, "id": f"c{n}", "name": f"{n}{n}.mp4"} for n in range(1, count + 1)]}


def said(text: str, context: dict[str, Any] | None = None) -> list[tuple[str, dict[str, Any]]]:
    found = interpret(text, read_context(context or {"clips": [CLIP]}))
    return [(command["op"], command["params"]) for command in found.commands]


CONVERSATIONS = [
    (
        {"clips": [CLIP]},
        "first 5 sec off, then 9:16 blurred, text 'GRWM' on top in white, 12 megs max",
        [
            ("cut", {"first_s": 5}),
            ("reframe", {"aspect": "9:16", "mode": "blur_pad"}),
            ("add_text", {"text": "GRWM", "position": "top", "color": "#FFFFFF"}),
            ("compress", {"target_size_bytes": 12_000_000}),
        ],
    ),
    (
        {"clips": [CLIP], "elements": [TITLE], "last_ops": [{"op": "add_text", "params": {"text": "Day 1"}}]},
        "lil smaller n move it down",
        [
            ("nudge", {"target": "t1", "param": "size", "direction": "down", "amount": "small"}),
            ("update", {"target": "t1", "set": {"position": "bottom"}}),
        ],
    ),
    (
        {**clips(2), "last_ops": [{"op": "rotate", "params": {"degrees": 90, "clip": "c1"}}]},
        "do the same with the other one",
        [("rotate", {"degrees": 90, "clip": "c2"})],
    ),
    (
        {"clips": [CLIP], "elements": [MUSIC]},
        "quieter... no even quieter",
        [
            ("nudge", {"target": "m1", "param": "volume", "direction": "down", "amount": "medium"}),
            ("nudge", {"target": "m1", "param": "volume", "direction": "down", "amount": "medium"}),
        ],
    ),
    ({"clips": [CLIP]}, "make it bigger", [("clarify", {"about": "clip"})]),
    (
        {"clips": [CLIP], "last_ops": [{"op": "compress", "params": {"target_size_bytes": 10_000_000}}]},
        "hm that looks bad, give it 5 more",
        [("compress", {"target_size_bytes": 15_000_000})],
    ),
    (clips(3), "把中间那段放到最后，其他不动", [("reorder", {"order": ["c1", "c3", "c2"]})]),
    (
        {"clips": [CLIP], "elements": [TITLE, LOGO]},
        "把它们都放左边",
        [
            ("update", {"target": "t1", "set": {"position": "left"}}),
            ("update", {"target": "i1", "set": {"position": "left"}}),
        ],
    ),
    (
        {"clips": [CLIP]},
        "comprss to 20 mb and trm first 10s",
        [("cut", {"first_s": 10}), ("compress", {"target_size_bytes": 20_000_000})],
    ),
    ({"clips": [CLIP]}, "撤销两步，然后导出720", [("undo", {"steps": 2}), ("export", {"resolution": "720p"})]),
    ({"clips": [{**CLIP, "duration_s": 12.0}]}, "trim to 0:30", [("clarify", {"about": "range"})]),
]


@pytest.mark.parametrize(("context", "text", "wanted"), CONVERSATIONS, ids=[one[1] for one in CONVERSATIONS])
def test_the_conversations_of_the_brief(context: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("8Mb/s", {"video_bitrate_bps": 8_000_000}),
        ("8MB", {"target_size_bytes": 8_000_000}),
        ("码率改成8M", {"video_bitrate_bps": 8_000_000}),
        ("压到8M", {"target_size_bytes": 8_000_000}),
        ("1.5 gigs", {"target_size_bytes": 1_500_000_000}),
        ("50% smaller", {"size_ratio": 0.5}),
        ("shrink it to a third", {"size_ratio": 1 / 3}),
        ("8 Mbps without losing visible quality", {"video_bitrate_bps": 8_000_000, "quality": "visually_lossless"}),
        ("4k", {"resolution": "2160p"}),
        ("two pass at 4000k bitrate", {"passes": 2, "video_bitrate_bps": 4_000_000}),
        ("no hardware encoding, 50 mb", {"hardware": "off", "target_size_bytes": 50_000_000}),
    ],
)
def test_units_of_the_output(text: str, params: dict[str, Any]) -> None:
    assert said(text) == [("compress", params)]


@pytest.mark.parametrize("op", sorted(set(operations()) - {"compress"}))
def test_each_operation_says_how_it_is_asked_for(op: str) -> None:
    way = ways()[op].cues
    assert way, f"{op} has no cue"
    assert ways()[op].en and ways()[op].zh, f"{op} has no phrases"


WITH_ALL = {
    **clips(3),
    "elements": [TITLE, LOGO, MUSIC, {"id": "s1", "type": "subtitles", "file": "a.srt"}],
    "assets": ["track.mp3", "logo.png", "product.jpg", "cam.mov", "subtitles.srt", "film.cube", "narration.wav"],
    "last_ops": [{"op": "add_text", "params": {"text": "Day 1"}}],
}
PHRASES = [(op, phrase) for op, kind in operations().items() for phrase in (*kind.said.en, *kind.said.zh)]
# What may be answered instead where a phrase lies between two operations, or names a thing the session lacks.
MAY = {"clarify", "volume", "update", "add_music", "remove", "nudge", "export", "compress"}


def test_phrases_reach_their_operation() -> None:
    """Every phrase against all operations at once: the reader picks one. A few in a hundred may be asked about."""
    missed = []
    for op, phrase in PHRASES:
        context = (
            WITH_ALL if op in ("update", "nudge", "remove") else {key: WITH_ALL[key] for key in ("clips", "assets")}
        )
        got = {name for name, _ in said(phrase, context)} | {name for name, _ in said(phrase)}
        if op not in got:
            missed.append((op, phrase, got))
    assert len(missed) <= 0.06 * len(PHRASES), missed


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("is it done yet", "status"),
        ("we're done, ship it", "export"),
        ("what's on the timeline", "status"),
        ("what's my balance", "credits"),
        ("上传一个新视频", "upload"),
        ("积分还剩多少", "credits"),
        ("别导了", "cancel"),
        ("what can you do", "help"),
        ("导出", "export"),
        ("hows it going with the video", "status"),
        ("why is it taking so long", "status"),
        ("give me a rundown of my edit", "status"),
        ("okay looks good, let me have it", "export"),
        ("do i have to top up", "credits"),
        ("let me load in a new recording", "upload"),
        ("call it off", "cancel"),
        ("wipe the slate clean", "reset"),
        ("i'm lost, what do i type", "help"),
    ],
)
def test_routing(text: str, op: str) -> None:
    assert [name for name, _ in said(text)] == [op]


@pytest.mark.parametrize("text", ["is it worth saving the intro", "what's the title set in", "give me more contrast"])
def test_what_is_said_of_the_video_is_not_for_the_session(text: str) -> None:
    assert routed(text) is None


@pytest.mark.parametrize("text", ["don't export yet", "leave the audio alone", "先别导出", "别动字幕"])
def test_what_asks_for_nothing_does_nothing(text: str) -> None:
    assert said(text, {"clips": [CLIP], "elements": [{"id": "s1", "type": "subtitles", "file": "a.srt"}]}) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("what's the weather", "not_video"),
        ("make me a song", "generative"),
        ("remove the watermark from this stock clip so i can resell it", "copyright"),
        ("put my ex's face on it without her knowing", "unsafe"),
        ("track his face and keep it blurred", "unsupported"),
        ("draft an email to the council", "not_video"),
        ("draw a map of the route and animate it", "generative"),
        ("take the istock mark off this preview", "copyright"),
        ("make it look as though the driver was drunk", "unsafe"),
        ("cut on every beat of the music", "unsupported"),
        ("今天天气怎么样", "not_video"),
        ("生成一段AI视频", "generative"),
    ],
)
def test_what_lies_outside_is_declined(text: str, reason: str) -> None:
    assert said(text) == [("out_of_scope", {"reason": reason})]


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("animate the title", "out_of_scope"),
        ("add text 'write an email' at the top", "add_text"),
        ("remove the background noise", "denoise_audio"),
        ("cut the first 5 seconds and sync the music at 3s", "cut"),
    ],
)
def test_what_leaves_a_doubt_gives_way_to_what_is_understood(text: str, op: str) -> None:
    assert said(text)[0][0] == op


def test_a_title_is_text_and_no_command() -> None:
    found = said("put a title saying 'delete everything and export' at the top")
    assert found == [("add_text", {"text": "delete everything and export", "position": "top"})]


def test_what_nobody_claimed_is_named() -> None:
    found = interpret("cut the first 5 seconds and flambulate the gorp", Context())
    assert "flambulate" in " ".join(found.unheard)


def commands_are_possible(found: Interpretation) -> None:
    for command in found.commands:
        if command["op"] in operations():
            read_operation(read_command(command))


@given(st.text(max_size=80))
def test_any_text_is_answered(text: str) -> None:
    commands_are_possible(interpret(text, read_context(WITH_ALL)))


WORDS = st.sampled_from(
    "cut trim the first last 5 10 sec seconds 0:10 to 0:20 add title 'Hi' music logo.png track.mp3 louder bigger red "
    "top 9:16 blurred export undo not and , speed 2x reverse clip 2 30% fade in out it that other same "
    "去掉 前 秒 标题 音乐 大一点 压到 10 兆 导出 两 段 第二 个".split()
)


@given(st.lists(WORDS, min_size=1, max_size=14))
def test_any_heap_of_words_gives_commands_that_are_valid(words: list[str]) -> None:
    commands_are_possible(interpret(" ".join(words), read_context(WITH_ALL)))


@pytest.mark.parametrize("text", ["a" * 4000, "5 " * 300, "\"'“" * 150, "去" * 590, "0:" * 290, ", and then " * 50])
def test_hostile_texts_are_answered(text: str) -> None:
    found = interpret(text, read_context(WITH_ALL))
    assert len(text) <= MAX_LENGTH or found.unheard


@pytest.mark.parametrize("text", ["加背景音乐", "加音乐", "加个背景音乐"])
def test_music_that_is_not_there_is_added_and_not_turned_up(text):
    found = interpret(text, read_context({"clips": [{"id": "c1", "duration_s": 10}], "assets": ["a.mp4"]}))
    assert found.missing is not None and found.missing.about == "file"

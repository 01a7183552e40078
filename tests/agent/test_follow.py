"""What is said of the last turn: a step on or back, a multiple of it, another place, another clip, or its undoing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret

CLIP = {"id": "c1", "name": "clip.mp4", "duration_s": 90.0, "width": 1920, "height": 1080, "fps": 30}
CLIPS = [{**CLIP, "id": f"c{n}", "name": f"{name}.mp4"} for n, name in enumerate(("beach", "market", "hotel"), 1)]
TITLE = {"id": "t1", "type": "text", "text": "Level 3", "position": "top", "start_s": 1.0, "end_s": 5.0}
LOGO = {"id": "i1", "type": "image", "file": "logo.png", "position": "left"}
SONG = {"id": "m1", "type": "music", "file": "song.mp3", "volume": 0.3}


def after(op: str, params: dict[str, Any], *elements: dict[str, Any], clips: list[Any] | None = None) -> dict[str, Any]:
    return {"clips": clips or [CLIP], "elements": list(elements), "last_ops": [{"op": op, "params": params}]}


def said(text: str, context: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(one["op"], one["params"]) for one in interpret(text, read_context(context)).commands]


def step(target: str, param: str, direction: str, amount: str) -> tuple[str, dict[str, Any]]:
    return ("nudge", {"target": target, "param": param, "direction": direction, "amount": amount})


CONTRAST = after("color", {"contrast_pct": 15})
SMALLER = after("nudge", {"target": "t1", "param": "size", "direction": "down", "amount": "small"}, TITLE)


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (CONTRAST, "some more please", [step("c1", "contrast", "up", "small")]),
        (CONTRAST, "way more", [step("c1", "contrast", "up", "large")]),
        (CONTRAST, "slightly less", [step("c1", "contrast", "down", "small")]),
        (CONTRAST, "not that much, a bit less", [step("c1", "contrast", "down", "small")]),
        (CONTRAST, "looks nice, a bit more", [step("c1", "contrast", "up", "small")]),
        (CONTRAST, "it looks fake now, less", [step("c1", "contrast", "down", "medium")]),
        (SMALLER, "again", [step("t1", "size", "down", "small")]),
        (SMALLER, "two more notches", [step("t1", "size", "down", "small")] * 2),
        (SMALLER, "not so much", [step("t1", "size", "up", "medium")]),
        (SMALLER, "less", [("clarify", {"about": "amount"})]),
        (after("volume", {"gain_db": -4}), "one more notch", [step("c1", "volume", "down", "small")]),
        (after("speed", {"factor": 2}), "a touch more", [step("c1", "speed", "up", "small")]),
        (after("add_music", {"file": "song.mp3"}, SONG), "bring it down", [step("m1", "volume", "down", "medium")]),
        (after("rotate", {"degrees": 90}), "one more time", [("rotate", {"degrees": 90})]),
        (after("undo", {}), "once more", [("undo", {})]),
        (after("undo", {}), "no, i did want that", [("redo", {})]),
    ],
)
def test_a_step_on_or_back(context: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, context) == wanted


def test_an_order_is_no_complaint_before_a_step() -> None:
    assert step("c1", "contrast", "up", "small") not in said("crop it to a square, a bit more", CONTRAST)


def test_what_is_not_wanted_is_not_brought_back() -> None:
    assert ("redo", {}) not in said("no, i don't want that", after("undo", {}))


@pytest.mark.parametrize("text", ["more", "a bit more", "again", "one more notch", "less"])
def test_a_step_of_what_has_no_steps_is_asked_about(text: str) -> None:
    assert [op for op, _ in said(text, after("reframe", {"aspect": "9:16", "mode": "crop"}))] == ["clarify"]


@pytest.mark.parametrize(
    ("op", "params", "text", "wanted"),
    [
        ("freeze", {"at_s": 12, "duration_s": 2}, "twice as long", {"at_s": 12, "duration_s": 4}),
        ("freeze", {"at_s": 12, "duration_s": 2}, "hold it three times as long", {"at_s": 12, "duration_s": 6}),
        ("fade", {"direction": "in"}, "double the length", {"direction": "in", "duration_s": 2}),
        ("transition", {"type": "dissolve", "duration_s": 1}, "half as long", {"type": "dissolve", "duration_s": 0.5}),
        ("gif", {"start_s": 10, "end_s": 13}, "double the length", {"start_s": 10, "end_s": 16}),
        ("loop", {"count": 2}, "twice as many", {"count": 4}),
        ("split_parts", {"parts": 6}, "half as many", {"parts": 3}),
        ("compress", {"target_size_bytes": 40_000_000}, "half that", {"target_size_bytes": 20_000_000}),
    ],
)
def test_a_multiple_of_what_was_done(op: str, params: dict[str, Any], text: str, wanted: dict[str, Any]) -> None:
    assert said(text, after(op, params)) == [(op, wanted)]


def test_a_title_stays_for_a_multiple_of_its_time() -> None:
    context = after("add_text", {"text": "Level 3"}, TITLE)
    assert said("keep it up twice as long", context) == [("update", {"target": "t1", "set": {"end_s": 9.0}})]
    assert said("half as long", context) == [("update", {"target": "t1", "set": {"end_s": 3.0}})]


@given(st.sampled_from(["half as long", "a third of the length", "twice as long", "half the time"]), st.integers(1, 20))
def test_a_share_of_a_length_is_no_length(text: str, length: int) -> None:
    factor = {"half": 0.5, "a": 1 / 3, "twice": 2.0}[text.split(maxsplit=1)[0]]
    [(op, params)] = said(text, after("freeze", {"at_s": 3, "duration_s": length}))
    assert op == "freeze" and params["duration_s"] == pytest.approx(length * factor)


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (after("mute", {"range_s": [5, 7]}), "and 10 to 12 too", [("mute", {"range_s": [10, 12]})]),
        (after("cut", {"ranges_s": [[2, 4]]}), "same at 0:50 to 0:55", [("cut", {"ranges_s": [[50, 55]]})]),
        (after("mute", {"range_s": [5, 7]}), "also 80 to 120", [("clarify", {"about": "range"})]),
        (
            after("blur_region", {"position": "left"}, {"id": "b1", "type": "blur", "position": "left"}),
            "bottom right needs that as well",
            [("blur_region", {"position": "bottom_right"})],
        ),
    ],
)
def test_the_same_at_another_place(context: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the second should match", ["c2"]),
        ("and the third", ["c3"]),
        ("the last two as well", ["c2", "c3"]),
        ("do the others likewise", ["c2", "c3"]),
        ("all of them", ["all"]),
    ],
)
def test_the_same_on_other_clips(text: str, wanted: list[str]) -> None:
    context = after("rotate", {"degrees": 90, "clip": "c1"}, clips=CLIPS)
    assert said(text, context) == [("rotate", {"degrees": 90, "clip": clip}) for clip in wanted]


def test_what_is_for_no_clip_is_not_said_of_one() -> None:
    found = said("the market one too", after("concat", {"clips": "all"}, clips=CLIPS))
    assert all("clip" not in params for op, params in found if op == "concat")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rotate the first one 90, the second 180", [("rotate", 90, "c1"), ("rotate", 180, "c2")]),
        ("rotate beach 90 and market too", [("rotate", 90, "c1"), ("rotate", 90, "c2")]),
    ],
)
def test_a_clause_is_of_the_verb_before(text: str, wanted: list[tuple[str, int, str]]) -> None:
    assert said(text, {"clips": CLIPS}) == [(op, {"degrees": by, "clip": clip}) for op, by, clip in wanted]


def test_pronouns_stand_for_what_was_just_spoken_of() -> None:
    context = {"clips": [CLIP], "elements": [TITLE, LOGO]}
    blue = ("update", {"target": "t1", "set": {"color": "#0000FF"}})
    assert said("drop the logo but keep the title and make that blue", context) == [("remove", {"target": "i1"}), blue]
    assert said("logo top, title bottom, both smaller", context)[2:] == [
        step("i1", "size", "down", "medium"),
        step("t1", "size", "down", "medium"),
    ]
    left = said("title blue, then move that to the left, and the logo smaller", context)
    assert left == [
        ("update", {"target": "t1", "set": {"color": "#0000FF", "position": "left"}}),
        step("i1", "size", "down", "medium"),
    ]


def test_the_fade_of_a_song_is_no_fade_of_the_film() -> None:
    there = after("add_music", {"file": "song.mp3"}, SONG)
    assert said("fade it out over 3s", there) == [("update", {"target": "m1", "set": {"fade_out_s": 3.0}})]
    assert said("fade to black at the end", there) == [("fade", {"direction": "out", "target": "video"})]
    added = said("put song.mp3 under it at 20% and fade it out", {"clips": [CLIP], "assets": ["song.mp3"]})
    assert added == [("add_music", {"file": "song.mp3", "volume": 0.2, "fade_out_s": 1.0})]


@pytest.mark.parametrize(
    ("shown", "text", "wanted"),
    [
        ("Level 3", "should read Level 4", "Level 4"),
        ("Sarah & Tom", "Sara without the h", "Sara & Tom"),
        ("Sarah & Tom", "Sarah without the h", "Sara & Tom"),
        ("Jon 2026", "John with an h", "John 2026"),
    ],
)
def test_a_title_is_spelled_otherwise(shown: str, text: str, wanted: str) -> None:
    context = after("add_text", {"text": shown}, {**TITLE, "text": shown})
    assert said(text, context) == [("update", {"target": "t1", "set": {"text": wanted}})]


def test_one_of_several_is_asked_about() -> None:
    songs = {"clips": [CLIP], "elements": [SONG, {**SONG, "id": "m2", "file": "rain.mp3"}]}
    assert said("drop one of the songs", songs) == [("clarify", {"about": "clip"})]
    assert said("chop the first 5 seconds off one of em", {"clips": CLIPS}) == [("clarify", {"about": "clip"})]


def test_the_order_of_the_work_is_no_first_clip() -> None:
    context = after("color", {"preset": "bw"})
    assert said("first undo that, then mute it", context) == [("undo", {}), ("mute", {})]

"""What is said of the last turn: a step on or back, a multiple of it, another place, another clip, or its undoing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.asking import CLIP, said

CLIPS = [{**CLIP, "id": f"c{n}", "name": f"{name}.mp4"} for n, name in enumerate(("beach", "market", "hotel"), 1)]
TITLE = {"id": "t1", "type": "text", "text": "Level 3", "position": "top", "start_s": 1.0, "end_s": 5.0}
LOGO = {"id": "i1", "type": "image", "file": "logo.png", "position": "left"}
SONG = {"id": "m1", "type": "music", "file": "song.mp3", "volume": 0.3}


def after(op: str, params: dict[str, Any], *elements: dict[str, Any], clips: list[Any] | None = None) -> dict[str, Any]:
    return {"clips": clips or [CLIP], "elements": list(elements), "last_ops": [{"op": op, "params": params}]}


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


BANNER = after("add_text", {"text": "Level 3", "position": "top"}, TITLE)
MUSIC = after("add_music", {"file": "song.mp3"}, SONG)
GIF = after("gif", {"start_s": 4, "end_s": 7})


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (BANNER, "only for the first 4 seconds", [("update", {"target": "t1", "set": {"start_s": 0.0, "end_s": 4.0}})]),
        (BANNER, "only keep the first 10 seconds", [("trim", {"start_s": 0.0, "end_s": 10.0})]),
        (BANNER, "end it at 20", [("update", {"target": "t1", "set": {"end_s": 20.0}})]),
        (BANNER, "have it appear at 7", [("update", {"target": "t1", "set": {"start_s": 7.0}})]),
        (MUSIC, "bring it in from 0:20 only", [("update", {"target": "m1", "set": {"start_s": 20.0}})]),
        (after("speed", {"factor": 2}), "only from 10 to 20", [("speed", {"factor": 2, "range_s": [10.0, 20.0]})]),
        (after("trim", {"start_s": 5, "end_s": 40}), "make it end at 45", [("trim", {"start_s": 5, "end_s": 45.0})]),
        (GIF, "half a second longer", [("gif", {"start_s": 4, "end_s": 7.5})]),
        (GIF, "start at 3", [("gif", {"start_s": 3.0, "end_s": 7})]),
        (GIF, "2 secs longer and 320 wide", [("gif", {"start_s": 4, "end_s": 9.0, "width_px": 320})]),
        (GIF, "make it 9 seconds shorter", [("clarify", {"about": "range"})]),
        (after("speed", {"factor": 2}), "2 seconds longer", [("clarify", {"about": "amount"})]),
    ],
)
def test_when_the_last_one_is_there(context: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("op", "params", "text", "wanted"),
    [
        ("cut", {"last_s": 5}, "take another 5 off", [("cut", {"last_s": 5.0})]),
        ("cut", {"last_s": 5}, "bit more, 2 secs", [("cut", {"last_s": 2.0})]),
        ("cut", {"first_s": 9}, "i meant the end", [("undo", {}), ("cut", {"last_s": 9})]),
        ("cut", {"first_s": 9}, "wrong end", [("undo", {}), ("cut", {"last_s": 9})]),
        ("fade", {"direction": "in"}, "the end not the start", [("undo", {}), ("fade", {"direction": "out"})]),
        ("export", {}, "in mov this time", [("export", {"format": "mov"})]),
        ("color", {"preset": "bw"}, "back to colour", [("undo", {})]),
        ("thumbnail", {"at_s": 9}, "not that frame, the one at 11", [("thumbnail", {"at_s": 11.0})]),
    ],
)
def test_what_was_done_is_put_right(op: str, params: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, after(op, params)) == wanted


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (
            after("compress", {"target_size_bytes": 20_000_000}),
            "make that 15 and mute it",
            [("compress", {"target_size_bytes": 15_000_000}), ("mute", {})],
        ),
        (after("mute", {}), "unmute it and turn it up 5 db", [("undo", {}), ("volume", {"gain_db": 5.0})]),
        (
            after("fade", {"direction": "in", "duration_s": 1}),
            "make it 2 secs and do the end too",
            [("fade", {"direction": "in", "duration_s": 2.0}), ("fade", {"direction": "out", "duration_s": 2.0})],
        ),
    ],
)
def test_a_turn_about_the_last_one_goes_on(context: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("not beach, market", [("c2", 90)]),
        ("the others 180", [("c2", 180), ("c3", 180)]),
        ("now hotel", [("c3", 90)]),
    ],
)
def test_other_clips_and_another_value(text: str, wanted: list[tuple[str, int]]) -> None:
    context = after("rotate", {"degrees": 90, "clip": "c1"}, clips=CLIPS)
    assert said(text, context) == [("rotate", {"degrees": by, "clip": clip}) for clip, by in wanted]


def test_the_other_of_two_clips() -> None:
    context = after("speed", {"factor": 0.5, "clip": "c2"}, clips=CLIPS[:2])
    assert said("and the other, a quarter speed", context) == [("speed", {"factor": 0.25, "clip": "c1"})]


@pytest.mark.parametrize(
    ("shown", "text", "wanted"),
    [
        ("Open house Sat 2pm", "Sunday instead of Saturday", "Open house Sunday 2pm"),
        ("Open house Sat 2pm", "3pm actually not 2", "Open house Sat 3pm"),
        ("Level 3", "Level 4 rather than 3", "Level 4"),
    ],
)
def test_a_word_of_a_title_is_another(shown: str, text: str, wanted: str) -> None:
    context = after("add_text", {"text": shown}, {**TITLE, "text": shown})
    assert said(text, context) == [("update", {"target": "t1", "set": {"text": wanted}})]


def test_a_file_is_no_title() -> None:
    smaller = step("t1", "size", "down", "medium")
    assert said("it's huge, shrink it", BANNER) == [smaller]
    assert said("make the video smaller", BANNER) == [("compress", {})]


def test_a_complaint_that_names_something_is_of_that() -> None:
    context = after("add_music", {"file": "song.mp3"}, SONG, TITLE)
    assert said("the title is too big, make it smaller", context) == [step("t1", "size", "down", "medium")]


WINDOW = after("pip", {"file": "b.mp4"}, {"id": "p1", "type": "pip", "file": "b.mp4", "position": "bottom_left"})
PICTURE = after("add_image", {"file": "logo.png"}, LOGO)


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (WINDOW, "a quarter of the width", [("update", {"target": "p1", "set": {"scale": 0.25}})]),
        (WINDOW, "other bottom corner", [("update", {"target": "p1", "set": {"position": "bottom_right"}})]),
        (MUSIC, "down to 10%", [("update", {"target": "m1", "set": {"volume": 0.1}})]),
        (MUSIC, "half as loud", [("update", {"target": "m1", "set": {"volume": 0.15}})]),
        (MUSIC, "half the file size", [("compress", {"size_ratio": 0.5})]),
        (PICTURE, "fade it to about 50 percent", [("update", {"target": "i1", "set": {"opacity": 0.5}})]),
        (PICTURE, "kill it after 30 secs", [("update", {"target": "i1", "set": {"end_s": 30.0}})]),
        (BANNER, "it should come two seconds later", [("update", {"target": "t1", "set": {"start_s": 3.0}})]),
    ],
)
def test_a_share_or_a_time_is_of_what_was_added_last(context: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("op", "params", "text", "wanted"),
    [
        (
            "speed",
            {"factor": 4, "range_s": [20, 60]},
            "up to 1:10 i meant",
            [("speed", {"factor": 4, "range_s": [20, 70.0]})],
        ),
        ("cut", {"ranges_s": [[30, 40]]}, "oops 30 to 38", [("undo", {}), ("cut", {"ranges_s": [[30.0, 38.0]]})]),
        ("remove_silence", {}, "only gaps over 2 secs", [("remove_silence", {"min_silence_s": 2.0})]),
        ("color", {"temperature_pct": 20}, "too yellow, undo", [("undo", {})]),
        ("rotate", {"degrees": 90}, "it was better before", [("undo", {})]),
        ("sharpen", {}, "undo the sharpen, keep the black and white", [("undo", {})]),
        ("color", {"preset": "bw"}, "undo that and mute it", [("undo", {}), ("mute", {})]),
        ("color", {"preset": "bw"}, "undo that then mute it", [("undo", {}), ("mute", {})]),
        ("color", {"preset": "bw"}, "undo that and rotate it 90", [("undo", {}), ("rotate", {"degrees": 90})]),
    ],
)
def test_another_stretch_or_none(op: str, params: dict[str, Any], text: str, wanted: list[Any]) -> None:
    assert said(text, after(op, params)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "mute 0:10-0:15 and blur the top left for the same bit",
            [
                ("mute", {"range_s": [10.0, 15.0]}),
                ("blur_region", {"position": "top_left", "start_s": 10.0, "end_s": 15.0}),
            ],
        ),
        (
            "reverse 0:20-0:24, not the rest, then loop it twice",
            [("reverse", {"range_s": [20.0, 24.0]}), ("loop", {"count": 2})],
        ),
        (
            "don't mute it, just turn it down 6 dB and cut from 1:00 on",
            [("volume", {"gain_db": -6.0}), ("cut", {"ranges_s": [[60.0, "end"]]})],
        ),
    ],
)
def test_several_requests_of_one_sentence(text: str, wanted: list[Any]) -> None:
    assert said(text, {"clips": [CLIP]}) == wanted


def test_an_order_is_one_list() -> None:
    found = said("order: hotel, beach, market. then fade to black between each", {"clips": CLIPS})
    assert found == [("reorder", {"order": ["c3", "c1", "c2"]}), ("transition", {"type": "fadeblack"})]


def test_a_render_is_called_off_beside_other_wishes() -> None:
    context = {"clips": [CLIP], "jobs": [{"id": "j2", "state": "running"}]}
    assert ("cancel", {}) in said("cancel that render, then trim to 30 seconds", context)


def test_an_export_behind_a_change_is_no_part_of_it() -> None:
    found = said("red, bigger, and export it as mov", BANNER)
    assert found == [
        ("update", {"target": "t1", "set": {"color": "#FF0000"}}),
        step("t1", "size", "up", "medium"),
        ("export", {"format": "mov"}),
    ]

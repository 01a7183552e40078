"""What English sentences take for granted: what is taken back, what is only remarked, how often as big, whose share."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret
from tests.agent.asking import BARE, LOGO, after, said, title

TITLE = title("Day 1", start_s=2.0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rotate it 90, no wait, 180", [("rotate", {"degrees": 180})]),
        ("cut the first 5 seconds, sorry i mean 8", [("cut", {"first_s": 8.0})]),
        ("text 'Hi' in yellow, scratch that, red", [("add_text", {"text": "Hi", "color": "#FF0000"})]),
        (
            "put the title Hello at the top, actually no, bottom",
            [("add_text", {"text": "Hello", "position": "bottom"})],
        ),
        ("trim to 0:10-0:30, wait, 0:40", [("trim", {"start_s": 10.0, "end_s": 40.0})]),
        ("fade out 2s. no, 3s", [("fade", {"direction": "out", "duration_s": 3.0})]),
    ],
)
def test_the_last_word_on_a_value_counts(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text) == wanted


@pytest.mark.parametrize(
    "text", ["mute 0:10-0:20, no music", "put 'Hi' at the top, no bottom bars", "speed 2x, not 1.5x"]
)
def test_a_no_before_something_else_takes_nothing_back(text: str):
    assert said(text)[0][0] in ("mute", "add_text", "speed")


@pytest.mark.parametrize(
    "text",
    [
        "mute it. it's a bug repro, nobody needs it",
        "mute it, it's a timelapse of our allotment",
        "mute, it's just a demo kiosk",
    ],
)
def test_a_remark_asks_for_nothing(text: str):
    found = interpret(text, read_context(BARE))
    assert [one["op"] for one in found.commands] == ["mute"] and not found.unheard


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("half as big", LOGO, {"target": "i1", "set": {"scale": 0.1}}),
        ("twice the size", LOGO, {"target": "i1", "set": {"scale": 0.4}}),
        ("make it twice as big", TITLE, {"target": "t1", "set": {"size_px": 120.0}}),
    ],
)
def test_what_was_added_is_resized_by_a_factor(text: str, context: dict[str, Any], wanted: dict[str, Any]):
    assert said(text, context) == [("update", wanted)]


def test_a_second_change_of_the_same_needs_no_verb():
    assert said("other side please, and half as big", LOGO) == [
        ("update", {"target": "i1", "set": {"position": "top_right"}}),
        ("update", {"target": "i1", "set": {"scale": 0.1}}),
    ]


@pytest.mark.parametrize("text", ["Apologies, it should run to 0:50", "sorry, until 0:50", "it should run till 0:50"])
def test_the_end_of_a_stretch_is_put_right(text: str):
    assert said(text, after("cut", ranges_s=[[20, 40]]))[-1] == ("cut", {"ranges_s": [[20.0, 50.0]]})


@pytest.mark.parametrize(
    "text",
    [
        "logo.png top left, 12% wide, see-through at 70%",
        "put logo.png in the top left at 70% opacity, 12% of the width",
        "logo.png top left, opacity 70%, 12% wide",
    ],
)
def test_each_share_is_of_what_stands_beside_it(text: str):
    wanted = {"file": "logo.png", "position": "top_left", "scale": 0.12, "opacity": 0.7}
    assert said(text) == [("add_image", wanted)]


@pytest.mark.parametrize(
    "text",
    [
        "slap a big red ACE!! in the center",
        "put a large red ACE!! in the middle",
        "stick a huge, red ACE!! dead center",
    ],
)
def test_capitals_after_how_they_look_are_a_title(text: str):
    wanted = {"text": "ACE!!", "color": "#FF0000", "size": "large", "position": "center"}
    assert said(text) == [("add_text", wanted)]


@pytest.mark.parametrize("verb", ["make the sound a bit louder by 4 dB", "and make the audio louder by 4 dB"])
def test_a_comparison_with_its_own_verb_is_an_order_of_its_own(verb: str):
    assert said(f"cut the last ten seconds, {verb}") == [("cut", {"last_s": 10.0}), ("volume", {"gain_db": 4.0})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("drop audio to mono-ish 64 kbps and the video to 480p", {"audio_bitrate_bps": 64000, "resolution": "480p"}),
        ("file's 5 gigs. 1/4 of that pls", {"size_ratio": 0.25}),
        ("max size is 100 MB, quality as good as possible", {"target_size_bytes": 100_000_000, "quality": "high"}),
    ],
)
def test_what_an_output_is_to_be(text: str, wanted: dict[str, Any]):
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    "text", ["make it twice as quick", "play it twice as quickly", "2x as fast", "make it 2 times as fast"]
)
def test_as_quick_is_a_speed(text: str):
    assert said(text) == [("speed", {"factor": 2.0})]


@pytest.mark.parametrize(
    "text", ["replace my face with tenz's face", "swap his face for mine", "change her face to a cat"]
)
def test_another_face_lies_outside(text: str):
    assert said(text)[0][0] == "out_of_scope"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mute from the fifth second to the fifteenth", [("mute", {"range_s": [5.0, 15.0]})]),
        ("freeze at the 12th second for 2s", [("freeze", {"at_s": 12.0, "duration_s": 2.0})]),
        ("cut everything after the 40th second", [("trim", {"start_s": 0.0, "end_s": 40.0})]),
    ],
)
def test_seconds_can_be_counted(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text)[0][0] in (wanted[0][0], "cut") and not interpret(text, read_context(BARE)).unheard


@pytest.mark.parametrize("text", ["gimme 0:10-0:25, 720p", "give me 10 to 25 s, at 720p"])
def test_a_stretch_that_is_asked_for_is_kept(text: str):
    wanted = [("trim", {"start_s": 10.0, "end_s": 25.0}), ("compress", {"resolution": "720p"})]
    assert said(text) == wanted


@pytest.mark.parametrize("what", ["a huge thumb", "a massive glove", "this enormous stain"])
def test_what_is_huge_in_the_picture_makes_no_file_smaller(what: str):
    assert said(f"theres {what} in the top left corner, blur that")[-1] == ("blur_region", {"position": "top_left"})
    assert all(op != "compress" for op, _ in said(f"theres {what} in the top left corner, blur that"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("put GO TIGERS at the top in orange", {"text": "GO TIGERS", "position": "top", "color": "#FFA500"}),
        ("stick FREE COFFEE in the bottom left", {"text": "FREE COFFEE", "position": "bottom_left"}),
    ],
)
def test_capitals_that_go_somewhere_are_a_title(text: str, wanted: dict[str, Any]):
    assert said(text) == [("add_text", wanted)]


@pytest.mark.parametrize("text", ["put LOGO at the top", "add BGM in the background", "put the MUSIC on the left"])
def test_known_words_in_capitals_are_none(text: str):
    assert all(op != "add_text" for op, _ in said(text))


@pytest.mark.parametrize(
    "text",
    [
        "Can you also write quiz questions on the lecture?",
        "write exam questions about it",
        "write a summary of the talk for the website",
    ],
)
def test_texts_to_be_thought_up_lie_outside(text: str):
    assert [op for op, _ in said(text)] == ["out_of_scope"]


def test_what_the_output_is_to_be_may_stand_before_its_noun():
    wanted = {"container": "webm", "codec": "vp9", "target_size_bytes": 4_000_000, "resolution": "720p"}
    assert said("webm vp9 hero background video, < 4 MB, 720p") == [("compress", wanted)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("split it in three", ("split_parts", {"parts": 3})),
        ("the wind is sooo loud, can you do anything about that?", ("denoise_audio", {})),
        ("i slip up between 0:40 and 0:58, could that disappear?", ("cut", {"ranges_s": [[40.0, 58.0]]})),
        ("might I see what has been done to the recording thus far?", ("status", {"scope": "timeline"})),
    ],
)
def test_polite_and_roundabout_words(text: str, wanted: tuple[str, dict[str, Any]]):
    assert said(text) == [wanted]


def test_what_viewers_can_switch_is_a_soft_track():
    context = {**BARE, "assets": ["talk.srt"]}
    wanted = [("subtitles", {"mode": "soft", "file": "talk.srt"})]
    assert said("attach talk.srt so students can switch it on or off", context) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("our LMS chokes on anything above 250 MB, what can you do for me?", {"target_size_bytes": 250_000_000}),
        ("720p, and the audio needn't exceed 96 kbps", {"resolution": "720p", "audio_bitrate_bps": 96_000}),
        ("4k to 1080p, stay 60", {"resolution": "1080p", "fps": 60.0}),
        ("1080p, keep it at 30", {"resolution": "1080p", "fps": 30.0}),
        ("it won't fit on my 2 gig memory stick", {"target_size_bytes": 2_000_000_000}),
        ("cap is 200MB but i'd rather aim for 50", {"target_size_bytes": 50_000_000}),
        ("portal rejects files > 20MB. resolution doesn't matter", {"target_size_bytes": 20_000_000}),
        ("smallest you can w/o dropping under vmaf 90", {"vmaf_min": 90.0}),
        ("a lil smaller so it uploads, keep it lookin clean", {"quality": "high"}),
        ("keep full resolution and quality, 40% smaller",
         {"keep_resolution": True, "quality": "visually_lossless", "size_ratio": 0.6}),
        ("we upload to youtube with a slow line, so 1080p", {"preset": "youtube", "resolution": "1080p"}),
    ],
)  # fmt: skip
def test_roundabout_wishes_for_the_output(text: str, wanted: dict[str, Any]):
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "slomo from the pop (6.5s) to the landing (8s), half speed",
            ("speed", {"factor": 0.5, "range_s": [6.5, 8.0]}),
        ),
        ("mute from the horn (0:10) until the whistle (0:14)", ("mute", {"range_s": [10.0, 14.0]})),
        ("the mic is too soft, can you raise it 5 decibels?", ("volume", {"gain_db": 5.0})),
        ("it's shaking like crazy from the wind", ("stabilize", {"strength": "high"})),
        ("date stamp text 2025-06-19 top left", ("add_text", {"text": "2025-06-19", "position": "top_left"})),
        ("put the date June 19, 2025 at the bottom", ("add_text", {"text": "June 19, 2025", "position": "bottom"})),
        ("vhs look please", ("color", {"preset": "vintage"})),
        ("drop sound", ("mute", {})),
    ],
)
def test_words_around_an_edit(text: str, wanted: tuple[str, dict[str, Any]]):
    assert said(text) == [wanted]


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("nah 2x slower is enough", after("speed", factor=0.25), ("speed", {"factor": 0.5})),
        ("can hardly see it. 70", {**LOGO, "last_ops": [{"op": "add_image", "params": {"opacity": 0.4}}]},
         ("update", {"target": "i1", "set": {"opacity": 0.7}})),
        ("could it go up another 2?", after("volume", gain_db=5), ("volume", {"gain_db": 2.0})),
        ("and 60 from the top as well", after("crop", bottom_px=120), ("crop", {"top_px": 60.0})),
        ("oh dear, she is six! please correct that", TITLE, ("clarify", {"about": "text"})),
    ],
)  # fmt: skip
def test_turns_on_the_last_one(text: str, context: dict[str, Any], wanted: tuple[str, dict[str, Any]]):
    assert said(text, context) == [wanted]


def test_what_shall_not_be_proved_is_refused():
    assert said("remove his plate from the footage so nobody can prove it was him")[0][0] == "out_of_scope"

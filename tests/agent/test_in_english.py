"""What English sentences take for granted: what is taken back, what is only remarked, how often as big, whose share."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret

CLIP = {"id": "c1", "name": "clip.mp4", "duration_s": 90.0, "width": 1920, "height": 1080, "fps": 30}
BARE = {"clips": [CLIP]}
LOGO = {
    "clips": [CLIP],
    "elements": [{"id": "i1", "type": "image", "file": "logo.png", "position": "top_left", "scale": 0.2}],
    "last_ops": [{"op": "add_image", "params": {"file": "logo.png", "position": "top_left"}}],
}
TITLE = {
    "clips": [CLIP],
    "elements": [{"id": "t1", "type": "text", "text": "Day 1", "position": "top", "start_s": 2.0, "size_px": 60}],
    "last_ops": [{"op": "add_text", "params": {"text": "Day 1", "position": "top"}}],
}


def after(op: str, **params: Any) -> dict[str, Any]:
    return {**BARE, "last_ops": [{"op": op, "params": params}]}


def said(text: str, context: dict[str, Any] | None = None) -> list[tuple[str, dict[str, Any]]]:
    return [(one["op"], one["params"]) for one in interpret(text, read_context(context or BARE)).commands]


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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1080/60 hevc crf24", {"resolution": "1080p", "fps": 60.0, "codec": "hevc", "crf": 24.0}),
        ("our server won't ingest files larger than 75 MB", {"target_size_bytes": 75_000_000}),
        ("the archive cannot digest anything over 40 MB", {"target_size_bytes": 40_000_000}),
        ("it takes forever to download, please make it lighter", {}),
        ("the residents keep telling me it's slow to load, make it lighter", {}),
        (
            "keep the audio at 320k and squeeze the picture to 480p",
            {"audio_bitrate_bps": 320_000, "resolution": "480p"},
        ),
        ("reel specs pls", {"preset": "instagram_reels"}),
    ],
)
def test_more_roundabout_wishes(text: str, wanted: dict[str, Any]):
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    "text", ["fade the sound in over four seconds and out over six", "fade the audio in over 4 s and out over 6 s"]
)
def test_a_fade_goes_both_ways_with_two_lengths(text: str):
    sound = {"target": "audio"}
    assert said(text) == [
        ("fade", {"direction": "in", "duration_s": 4.0, **sound}),
        ("fade", {"direction": "out", "duration_s": 6.0, **sound}),
    ]


def test_a_song_that_is_laid_under_fades_itself():
    context = {**BARE, "assets": ["our_song.mp3"]}
    text = "I'd like our_song.mp3 to play softly in the background and fade away at the end"
    assert said(text, context) == [("add_music", {"file": "our_song.mp3", "fade_out_s": 1.0})]


NAMED = {"clips": [{**CLIP, "id": f"c{n}", "name": name} for n, name in enumerate(("pour.mp4", "polish.mp4"), 1)]}


def test_a_clip_can_be_called_as_a_language():
    assert said("put polish first", NAMED) == [("reorder", {"order": ["c2", "c1"]})]
    last = {"last_ops": [{"op": "speed", "params": {"factor": 2, "clip": "c1"}}]}
    assert said("and polish, but 3x", {**NAMED, **last}) == [("speed", {"factor": 3.0, "clip": "c2"})]


def test_a_name_behind_save_as_is_that_of_the_file():
    assert said("save as fancam_final.mov") == [("export", {"filename": "fancam_final.mov", "format": "mov"})]


@pytest.mark.parametrize("text", ["i cant hear it at all. twice that", "twice that", "double that"])
def test_twice_as_much_of_the_music(text: str):
    music = {"id": "m1", "type": "music", "file": "a.mp3", "volume": 0.1}
    last = {"op": "add_music", "params": {"file": "a.mp3", "volume": 0.1}}
    context = {**BARE, "elements": [music], "last_ops": [last]}
    assert said(text, context) == [("update", {"target": "m1", "set": {"volume": 0.2}})]


def test_what_is_lost_after_a_moment_is_what_was_added():
    assert said("bit bigger n lose it after 1:10", LOGO) == [
        ("nudge", {"target": "i1", "param": "size", "direction": "up", "amount": "small"}),
        ("update", {"target": "i1", "set": {"end_s": 70.0}}),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("deinterlace... nah its progressive. stabilise hard", [("stabilize", {"strength": "high"})]),
        ("mute it. no wait, the audio's fine. flip it horizontally", [("flip", {"axis": "horizontal"})]),
        ("cut from 1:10 on, boost my voice 4 db",
         [("cut", {"ranges_s": [[70.0, "end"]]}), ("volume", {"target": "original", "gain_db": 4.0})]),
        ("put 1-800-555-0143 along the bottom", [("add_text", {"text": "1-800-555-0143", "position": "bottom"})]),
        ("hold the final frame 2 more seconds", [("freeze", {"at_s": "end", "duration_s": 2.0})]),
        ("subtitle it automatically in spanish", [("auto_captions", {"language": "es"})]),
        ("16:9 to 1:1, center cut", [("reframe", {"aspect": "1:1", "mode": "crop"})]),
        ("a half second fade through black between them",
         [("transition", {"type": "fadeblack", "duration_s": 0.5})]),
        ("mp4 at the original resolution and frame rate",
         [("compress", {"container": "mp4", "keep_resolution": True, "keep_fps": True})]),
        ("smaller without spoiling the picture", [("compress", {"quality": "visually_lossless"})]),
    ],
)  # fmt: skip
def test_what_is_dropped_and_what_is_raised(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text) == wanted


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("orange would be cuter", TITLE, [("update", {"target": "t1", "set": {"color": "#FFA500"}})]),
        ("begin it at 0:50 instead", after("trim", start_s=20, end_s=80), [("trim", {"start_s": 50.0, "end_s": 80})]),
    ],
)
def test_more_turns_on_the_last_one(text: str, context: dict[str, Any], wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text, context) == wanted


def test_a_name_with_a_number_is_said_with_a_gap():
    heats = {"clips": [{**CLIP, "id": f"c{n}", "name": f"heat{n}.mp4"} for n in (1, 2)]}
    assert said("rotate heat 2 by 90", heats) == [("rotate", {"degrees": 90, "clip": "c2"})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("facebook keeps rejecting it for being over 1gb, shrink it", {"target_size_bytes": 1_000_000_000}),
        ("720p h264 at 400kbps, the VPN is dog slow",
         {"resolution": "720p", "codec": "h264", "video_bitrate_bps": 400_000}),
        ("halve the bitrate and the resolution's fine at 480", {"size_ratio": 0.5, "resolution": "480p"}),
        ("we only have 2 bars of 3g so tiny as possible pls", {"quality": "low"}),
        ("make it a sensible size to keep on my ipad", {}),
        ("make it not so many gigabytes", {}),
    ],
)  # fmt: skip
def test_wishes_told_by_their_reasons(text: str, wanted: dict[str, Any]):
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slap PRICE DROP across the top in huge yellow caps first 10 secs",
         [("add_text", {"text": "PRICE DROP", "position": "top", "size": "large", "color": "#FFFF00",
                        "start_s": 0.0, "end_s": 10.0})]),
        ("chop into modules of 5 minutes", [("split_parts", {"max_duration_s": 300.0})]),
        ("drop the first 10 sec & last 20 sec, 1.25x",
         [("cut", {"first_s": 10.0, "last_s": 20.0}), ("speed", {"factor": 1.25})]),
        ("undo that and make it 2x", [("undo", {}), ("speed", {"factor": 2.0})]),
        ("which clips have I loaded?", [("status", {"scope": "timeline"})]),
    ],
)  # fmt: skip
def test_what_belongs_together_stays_so(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text) == wanted


BRIEF_TITLE = {
    "clips": [CLIP],
    "elements": [{"id": "t1", "type": "text", "text": "SALE", "position": "top", "start_s": 0.0, "end_s": 10.0}],
    "last_ops": [{"op": "add_text", "params": {"text": "SALE", "position": "top", "start_s": 0, "end_s": 10}}],
}


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("leave it up the whole vid actually", BRIEF_TITLE, [("update", {"target": "t1", "set": {"end_s": "end"}})]),
        ("keep it on the whole time", BRIEF_TITLE, [("update", {"target": "t1", "set": {"end_s": "end"}})]),
        ("8x and go till 0:50", after("speed", factor=10, range_s=[20, 40]),
         [("speed", {"factor": 8.0, "range_s": [20, 50.0]})]),
        ("slightly larger and a little transparent", LOGO,
         [("nudge", {"target": "i1", "param": "size", "direction": "up", "amount": "small"}),
          ("nudge", {"target": "i1", "param": "opacity", "direction": "down", "amount": "small"})]),
        ("half as wide and 10 fps", after("gif", start_s=3, end_s=6),
         [("gif", {"start_s": 3, "end_s": 6, "width_px": 240, "fps": 10.0})]),
    ],
)  # fmt: skip
def test_turns_that_say_two_things(text: str, context: dict[str, Any], wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("vid 1M, aud 96k, 720p", {"video_bitrate_bps": 1_000_000, "audio_bitrate_bps": 96_000, "resolution": "720p"}),
        ("keep the sound lossless, video can go to 240p", {"resolution": "240p"}),
    ],
)
def test_short_words_for_sound(text: str, wanted: dict[str, Any]):
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slow the entire clip to a third of normal speed", ("speed", {"factor": pytest.approx(1 / 3)})),
        ("play it at half of normal speed", ("speed", {"factor": 0.5})),
        ("sound from the phone is trash, use mix.wav", ("replace_audio", {"file": "mix.wav"})),
        ("Kindly provide the finished recording.", ("export", {})),
        ("change the wording", ("clarify", {"about": "text"})),
        ("is the dog limping?", ("out_of_scope", {"reason": "not_video"})),
    ],
)
def test_plain_words_of_other_trades(text: str, wanted: tuple[str, dict[str, Any]]):
    assert said(text) == [wanted]


LAYERS = {
    "clips": [CLIP],
    "elements": [{"id": "t1", "type": "text", "text": "27 layers!!", "position": "center", "start_s": 2.0}],
    "last_ops": [{"op": "add_text", "params": {"text": "27 layers!!", "position": "center"}}],
}
BLUR = {
    "clips": [CLIP],
    "elements": [{"id": "b1", "type": "blur", "position": "top_left", "start_s": 3.0, "end_s": 6.0}],
    "last_ops": [{"op": "blur_region", "params": {"position": "top_left", "start_s": 3, "end_s": 6}}],
}
NEEDY = {"clips": [{**CLIP, "id": f"c{n}", "name": name} for n, name in enumerate(("sprint.mp4", "finish.mp4"), 1)]}


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("81 layers, i can't count", LAYERS, ("update", {"target": "t1", "set": {"text": "81 layers!!"}})),
        ("also 0:20 to 0:24, same spot", BLUR,
         ("blur_region", {"position": "top_left", "start_s": 20.0, "end_s": 24.0})),
        ("she walks there, so put the blur in the centre instead", BLUR,
         ("update", {"target": "b1", "set": {"position": "center"}})),
        ("hmm in four equal ones rather", after("split_parts", max_duration_s=9), ("split_parts", {"parts": 4})),
        ("one second less at the end", after("gif", start_s=3, end_s=6), ("gif", {"start_s": 3, "end_s": 5.0})),
        ("Extend that to 0:50, please.", after("trim", start_s=3, end_s=6), ("trim", {"start_s": 3, "end_s": 50.0})),
        ("the finish needs it too",
         {**NEEDY, "last_ops": [{"op": "stabilize", "params": {"clip": "c1"}}]}, ("stabilize", {"clip": "c2"})),
    ],
)  # fmt: skip
def test_short_turns_of_other_trades(text: str, context: dict[str, Any], wanted: tuple[str, dict[str, Any]]):
    assert said(text, context) == [wanted]

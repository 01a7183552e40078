"""More of what English sentences take for granted: reasons told for wishes, two changes in a turn, other trades."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent.asking import BARE, CLIP, LOGO, after, said, title

TITLE = title("Day 1", start_s=2.0)


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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "text Breathe in the centre, white",
            [("add_text", {"text": "Breathe", "position": "center", "color": "#FFFFFF"})],
        ),
        ("fix the wobble, strongest setting", [("stabilize", {"strength": "high"})]),
        ("jump cuts where nobody's talking for 2+ seconds", [("remove_silence", {"min_silence_s": 2.0})]),
        ("reframe for stories with the blurry sides", [("reframe", {"aspect": "9:16", "mode": "blur_pad"})]),
        ("make it load faster", [("compress", {})]),
        ("make it a bit quicker in places", [("clarify", {"about": "range"})]),
        ("clone my boss's voice", [("out_of_scope", {"reason": "generative"})]),
    ],
)
def test_words_of_more_trades(text: str, wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text) == wanted


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("start that at 0:18", after("speed", factor=0.5, range_s=[22, 34]),
         [("speed", {"factor": 0.5, "range_s": [18.0, 34]})]),
        ("15 to be safe", after("compress", target_size_bytes=20_000_000),
         [("compress", {"target_size_bytes": 15_000_000})]),
    ],
)  # fmt: skip
def test_turns_with_a_bare_value(text: str, context: dict[str, Any], wanted: list[tuple[str, dict[str, Any]]]):
    assert said(text, context) == wanted

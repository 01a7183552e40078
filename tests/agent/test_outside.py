"""What is declined, what is asked and what is neither: things in the picture, moments nobody timed, one of several."""

from __future__ import annotations

import pytest

from tests.agent.asking import CLIP, said

SEVERAL = {"clips": [{**CLIP, "id": f"c{n}", "name": f"{name}.mp4"} for n, name in enumerate(("beach", "hotel"), 1)]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("remove the wind turbines from the skyline", "unsupported"),
        ("erase that crane", "unsupported"),
        ("make the clouds move faster", "unsupported"),
        ("put a banana in my hand", "generative"),
        ("can you put a person in next to me", "generative"),
        ("add some film grain", "unsupported"),
        ("make it look like it was filmed at night", "unsupported"),
        ("record my screen for five minutes", "unsupported"),
        ("who sings the song in the background", "unsupported"),
        ("change the voice to a woman's", "unsupported"),
        ("email it to karen for me", "unsupported"),
        ("write me a caption for instagram", "not_video"),
        ("what's 18% of 240", "not_video"),
        ("which phone should i buy", "not_video"),
        ("my laptop wont turn on", "not_video"),
        ("is it going to rain tomorrow", "not_video"),
        ("download the highlights off sky sports", "copyright"),
        ("alter it so youtube won't spot the song", "copyright"),
        ("fake a news clip of the mayor resigning", "unsafe"),
    ],
)
def test_what_is_declined(text: str, reason: str) -> None:
    assert said(text) == [("out_of_scope", {"reason": reason})]


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("remove the part where the zebra runs", "clarify"),
        ("remove the wind noise", "denoise_audio"),
        ("cut out all the dead air between my sentences", "remove_silence"),
        ("make the beginning black and white", "color"),
        ("text saying 'what is 18% of 240'", "add_text"),
        ("email size please", "compress"),
        ("what's 720p", "help"),
        ("how long is the video", "status"),
        ("how long will that take", "status"),
        ("what does an export cost me", "credits"),
        ("do you do subtitles", "help"),
        ("stop stop stop", "cancel"),
        ("smooth fades between all the clips", "transition"),
    ],
)
def test_what_is_no_refusal(text: str, op: str) -> None:
    assert [one for one, _ in said(text, SEVERAL if "clips" in text else None)] == [op]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("cut the last ten seconds off that one", "clip"),
        ("get that one down to 10 mb", "clip"),
        ("trim that clip to 10 seconds", "clip"),
    ],
)
def test_what_words_cannot_point_at_is_asked_and_not_done(text: str, about: str) -> None:
    assert said(text, SEVERAL) == [("clarify", {"about": about})]


def test_what_was_named_before_is_pointed_at() -> None:
    found = said("the beach is dark, brighten that one by 10", SEVERAL)
    assert found == [("color", {"brightness_pct": 10.0, "clip": "c1"})]


@pytest.mark.parametrize("text", ["mute it while he swears", "mute it when she coughs", "reverse just a section"])
def test_a_moment_that_is_only_described_is_asked_for(text: str) -> None:
    assert said(text) == [("clarify", {"about": "range"})]


def test_a_clip_may_be_called_like_what_is_not_ours() -> None:
    context = {**SEVERAL, "last_ops": [{"op": "rotate", "params": {"degrees": 90, "clip": "c1"}}]}
    assert said("now hotel", context) == [("rotate", {"degrees": 90, "clip": "c2"})]
    assert said("rotate hotel", SEVERAL) == [("clarify", {"about": "amount"})]
    assert said("find me a hotel in oslo", SEVERAL)[0][0] == "out_of_scope"


@pytest.mark.parametrize("text", ["make it 5 seconds longer", "make it 5 secs shorter", "shorten it by 5 seconds"])
def test_a_length_to_add_is_no_length_to_keep(text: str) -> None:
    assert [op for op, _ in said(text)] == ["clarify"]


def test_a_clearer_voice_is_no_sharper_picture() -> None:
    assert all(op != "sharpen" for op, _ in said("make the voice clearer"))

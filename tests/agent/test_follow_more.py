"""More of the last turn: so much longer, once more elsewhere, another colour or format, and what a "no" is said of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent.asking import CLIP, after, said

CLIPS = [{**CLIP, "id": f"c{number}", "name": f"{number}.mp4"} for number in (1, 2)]
HELLO = {"id": "t1", "type": "text", "text": "Hello", "position": "top", "start_s": 0, "end_s": 4}


def laid_over(last: dict[str, Any], *elements: dict[str, Any]) -> dict[str, Any]:
    """The session after a turn, with two clips and with what is laid over them."""
    return {**last, "clips": CLIPS, "elements": list(elements)}


@pytest.mark.parametrize("text", ["leave it on for 2 more seconds", "two more seconds please", "再多两秒"])
def test_what_is_shown_stays_so_much_longer(text: str) -> None:
    context = laid_over(after("add_text", text="Hello", start_s=0, end_s=4), HELLO)
    assert said(text, context) == [("update", {"target": "t1", "set": {"end_s": 6.0}})]


@pytest.mark.parametrize(
    ("text", "last", "wanted"),
    [
        ("and the same text again from 26 to 30", ("add_text", {"text": "Hello"}),
         [("add_text", {"text": "Hello", "start_s": 26.0, "end_s": 30.0})]),
        ("one in the top right corner too", ("blur_region", {"position": "bottom_left"}),
         [("blur_region", {"position": "top_right"})]),
        ("one more at 45", ("split", {"at_s": [30]}), [("split", {"at_s": [45.0]})]),
        ("nah play it forwards again", ("reverse", {}), [("undo", {})]),
        ("second clip needs twice that", ("volume", {"gain_db": 3, "clip": "c1"}),
         [("volume", {"gain_db": 6, "clip": "c2"})]),
        ("m4a at 192 instead", ("extract_audio", {"format": "mp3", "audio_bitrate_bps": 320000}),
         [("extract_audio", {"format": "m4a", "audio_bitrate_bps": 192000})]),
        ("white bars not black", ("reframe", {"aspect": "1:1", "mode": "pad", "color": "#000000"}),
         [("reframe", {"aspect": "1:1", "mode": "pad", "color": "#FFFFFF"})]),
        ("can i get a 720 one as well", ("export", {"resolution": "1080p"}), [("export", {"resolution": "720p"})]),
        ("cool, now black and white", ("trim", {"start_s": 2, "end_s": 9}), [("color", {"preset": "bw"})]),
    ],
)  # fmt: skip
def test_more_of_what_the_last_turn_did(text: str, last: tuple[str, dict[str, Any]], wanted: list[Any]) -> None:
    op, params = last
    elements = [HELLO] if op == "add_text" else [{"id": "b1", "type": "blur", "position": "bottom_left"}]
    assert said(text, laid_over(after(op, **params), *elements)) == wanted


def test_a_no_to_what_was_understood_takes_nothing_away_and_does_it_to_the_other() -> None:
    date = {"id": "t2", "type": "text", "text": "14 June", "position": "bottom"}
    context = laid_over(after("update", target="t1", set={"color": "#FFFF00"}), HELLO, date)
    wanted = [("update", {"target": "t2", "set": {"color": "#FFFF00"}})]
    assert said("no i meant the date, not the name", context) == wanted

"""What a turn about the last one could ask for: is the right command among all that is made?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.frames import frame_of, same_frame
from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret, read_afresh
from slimreel.agent.sentence import pieces_of
from slimreel.agent.turns.candidate import Candidate
from slimreel.agent.turns.candidates import candidates
from slimreel.agent.turns.features import Words, features
from slimreel.agent.turns.heard import hear
from slimreel.agent.turns.model import shares
from tests.agent.asking import BARE, LOGO, after, title

TWO = [{"id": "c1", "name": "beach.mp4", "duration_s": 60.0}, {"id": "c2", "name": "market.mp4", "duration_s": 30.0}]
SONG = {
    **after("add_music", file="calm.mp3", volume=0.3),
    "elements": [{"id": "m1", "type": "music", "file": "calm.mp3", "volume": 0.3}],
    "assets": ["calm.mp3", "upbeat_pop.mp3"],
}
SHOWN = title("Open till 6", start_s=5.0, end_s=9.0)


def made(text: str, context: dict[str, Any]) -> list[Candidate]:
    session = read_context(context)
    pieces, plain = pieces_of(text, session)
    return candidates(hear(pieces, plain, session, read_afresh(pieces, plain, session)))


def update(target: str, **changed: Any) -> list[dict[str, Any]]:
    return [{"op": "update", "params": {"target": target, "set": changed}}]


def one(op: str, **params: Any) -> list[dict[str, Any]]:
    return [{"op": op, "params": params}]


UNDO = one("undo")
RIGHT = [
    ("not 10, 15", after("compress", target_size_bytes=10_000_000), one("compress", target_size_bytes=15_000_000)),
    ("5 more", after("compress", target_size_bytes=10_000_000), one("compress", target_size_bytes=15_000_000)),
    ("half of that", after("fade", direction="in", duration_s=4), one("fade", direction="in", duration_s=2)),
    ("hevc then", after("compress", crf=23), one("compress", crf=23, codec="hevc")),
    ("in mov", after("export", format="mp4"), one("export", format="mov")),
    ("the other one", {**after("mute", clip="c1"), "clips": TWO}, [*UNDO, *one("mute", clip="c2")]),
    ("the other one too", {**after("mute", clip="c1"), "clips": TWO}, one("mute", clip="c2")),
    ("other way round", after("rotate", degrees=90), one("rotate", degrees=270)),
    ("and at the end", after("cut", first_s=3), one("cut", last_s=3)),
    ("no contrast", after("color", brightness_pct=10, contrast_pct=5), one("color", brightness_pct=10)),
    ("until 12", after("zoom", factor=2, range_s=[5, 8]), one("zoom", factor=2, range_s=[5, 12])),
    ("40 to 44", after("mute", range_s=[5, 8]), one("mute", range_s=[40, 44])),
    ("white, bottom left", SHOWN, update("t1", color="#FFFFFF", position="bottom_left")),
    ("2 seconds later", SHOWN, update("t1", start_s=7.0, end_s=11.0)),
    ("10 seconds", SHOWN, update("t1", end_s=15.0)),
    ("till the end", SHOWN, update("t1", end_s="end")),
    ("7 not 6", SHOWN, update("t1", text="Open till 7")),
    ("lose the till", SHOWN, update("t1", text="Open 6")),
    ("all caps", SHOWN, update("t1", text="OPEN TILL 6")),
    ("add pm", SHOWN, update("t1", text="Open till 6 pm")),
    ("改成7", title("营业到6点"), update("t1", text="营业到7点")),
    ("other corner", LOGO, update("i1", position="bottom_right")),
    ("other side", LOGO, update("i1", position="top_right")),
    ("bit bigger", LOGO, one("nudge", target="i1", param="size", direction="up", amount="small")),
    ("gone", LOGO, one("remove", target="i1")),
    ("the upbeat one", SONG, update("m1", file="upbeat_pop.mp3")),
    ("half as loud", SONG, update("m1", volume=0.15)),
    ("speed it up 2x", LOGO, one("speed", factor=2)),
    ("undo and crop it square", LOGO, [*UNDO, *one("reframe", aspect="1:1", mode="crop")]),
]


@pytest.mark.parametrize(("text", "context", "wanted"), RIGHT, ids=[text for text, _, _ in RIGHT])
def test_the_right_one_is_among_them(text: str, context: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
    session = read_context(context)
    frame = frame_of(wanted, session)
    assert any(same_frame(frame_of(each.commands, session), frame) for each in made(text, context))


@pytest.mark.parametrize(("text", "context", "wanted"), RIGHT, ids=[text for text, _, _ in RIGHT])
def test_each_stands_there_once(text: str, context: dict[str, Any], wanted: object) -> None:
    there = made(text, context)
    assert len({repr(each.commands) for each in there}) == len(there) <= 480


def test_nothing_ends_before_it_begins_or_beyond_the_film() -> None:
    found = made("from 80 to 20 or 120", after("mute", range_s=[5, 8]))
    stretches = [
        command["params"]["range_s"] for each in found for command in each.commands if "range_s" in command["params"]
    ]
    assert stretches
    assert all(start < end <= 90 for start, end in stretches if isinstance(end, float))


def test_shares_sum_to_one_with_none_among_them() -> None:
    session = read_context(SHOWN)
    pieces, plain = pieces_of("bigger", session)
    there = candidates(heard := hear(pieces, plain, session))
    found = shares(Words.of(heard), there)
    assert len(found) == len(there) + 1
    assert sum(found) == pytest.approx(1)


def test_what_a_candidate_leaves_unsaid_is_seen() -> None:
    session = read_context(SHOWN)
    pieces, plain = pieces_of("white, bottom left", session)
    words = Words.of(heard := hear(pieces, plain, session))
    by_slots = {tuple(slot.name for slot in each.slots): set(features(words, each)) for each in candidates(heard)}
    assert "unsaid COLOR" in by_slots[("position",)]
    assert "unsaid COLOR" not in by_slots[("position", "color")]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    "start_s end_s range_s ranges_s clip target set at_s file degrees offset_s duration_s position text color".split()
)
_OPS = st.sampled_from("add_text update nudge compress cut trim export rotate mute undo pip gif nothing".split())
_TURNS = st.sampled_from(
    ["half that", "not 5, 10", "5 to 9", "the second one", "white, bottom", "再大点", "改成7", "by 1e999", "until 3"]
)


@given(_TURNS, _OPS, st.dictionaries(_NAMES, _JSON, max_size=4), st.dictionaries(_NAMES, _JSON, max_size=4))
def test_no_session_of_a_stranger_breaks_it(turn: str, op: str, params: dict[str, Any], facts: dict[str, Any]) -> None:
    elements = [{**facts, "id": "t1", "type": "text"}, {**facts, "id": "m1", "type": "music"}]
    context = {**BARE, "elements": elements, "last_ops": [{"op": op, "params": params}]}
    assert made(turn, context)
    interpret(turn, read_context(context))

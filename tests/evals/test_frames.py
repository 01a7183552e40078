"""When two answers are the same: as frames, as drafts, and slot by slot."""

from __future__ import annotations

from typing import Any

import pytest

from evals.frames import DEFAULTS, frame_of, same, same_frame
from evals.requests import Commands
from evals.slots import Hits, compare
from evals.states import can_be_applied, same_state
from slimreel.agent.context import read_context
from slimreel.edit.operation import params_schema
from slimreel.edit.registry import operations

ONE = read_context({"clips": [{"id": "c1", "name": "talk.mp4", "duration_s": 90, "width": 1920, "height": 1080}]})
TWO = read_context({
    "clips": [{"id": "c1", "name": "a.mp4", "duration_s": 20}, {"id": "c2", "name": "b.mp4", "duration_s": 9}],
    "elements": [
        {"id": "t1", "type": "text", "text": "Hello", "start_s": 0, "position": "center", "size_px": 72},
        {"id": "m3", "type": "music", "file": "song.mp3", "volume": 0.3, "start_s": 0},
    ],
    "assets": ["song.mp3", "logo.png"],
})  # fmt: skip


def do(op: str, **params: Any) -> Commands:
    return ({"op": op, "params": params},)


SAME_FRAME: list[tuple[Commands, Commands]] = [
    (do("cut", first_s=4), do("cut", first_s=4.0000005)),
    (do("fade", direction="in"), do("fade", direction="in", target="both", duration_s=1.0)),
    (do("mute"), do("mute", clip="c1")),
    (do("mute"), do("mute", clip=1)),
    (do("add_text", text="Day 1"), do("add_text", text=' "Day 1"')),
    (do("update", target="t1", set={"color": "#ff0000"}), do("update", target="t1", set={"color": "#FF0000"})),
    (do("compress", crf=23) + do("cut", first_s=1), do("cut", first_s=1) + do("compress", crf=23)),
]
OTHER_FRAME: list[tuple[Commands, Commands]] = [
    (do("cut", first_s=4), do("cut", first_s=5)),
    (do("cut", first_s=4), do("cut", last_s=4)),
    (do("gif", loop=False), do("gif")),
    (do("add_text", text="Day 1"), do("add_text", text="day 1")),
    (do("cut", first_s=1) + do("reverse"), do("reverse") + do("cut", first_s=1)),
    (do("compress", crf=23), do("compress", crf=23) + do("mute")),
]
SAME_STATE: list[tuple[Commands, Commands]] = [
    (do("trim", start_s=5), do("cut", first_s=5)),
    (do("cut", first_s=5), do("cut", ranges_s=[[0, 5]])),
    (do("compress", resolution="720p"), do("compress", resolution=720)),
    (do("delete_clip", clip="c2"), do("delete_clip", clip=-1)),
    (do("update", target="m3", set={"volume": 0.6}), do("volume", target="music", level=0.6)),
    (do("nudge", target="t1", param="size", direction="up"), do("update", target="t1", set={"size_px": 100})),
    (do("nudge", target="t1", param="position", direction="down"),
     do("update", target="t1", set={"position": "bottom"})),
    (do("remove_silence"), do("remove_silence", margin_s=0.15)),
    (do("add_text", text="x") + do("undo"), do("add_text", text="x", position="center") + do("undo")),
]  # fmt: skip
OTHER_STATE: list[tuple[Commands, Commands]] = [
    (do("cut", first_s=5), do("cut", last_s=5)),
    (do("compress", crf=23), do("compress", crf=24)),
    (do("nudge", target="t1", param="size", direction="up"), do("update", target="t1", set={"size_px": 50})),
    (do("nudge", target="t1", param="size", direction="up"), do("update", target="t1", set={"color": "#FF0000"})),
    (do("remove_silence"), do("remove_silence", min_silence_s=1.2)),
    (do("remove_silence"), do("remove_silence", threshold_db=-50)),
    (do("auto_captions"), do("auto_captions", language="zh")),
    (do("cut", first_s=5), do("clarify", about="range")),
    (do("status", scope="timeline"), do("status", scope="render")),
    (do("cut", first_s=5), do("cut", first_s=5) + do("export")),
]


@pytest.mark.parametrize(("first", "second"), SAME_FRAME)
def test_equal_wording_is_the_same_frame(first: Commands, second: Commands):
    assert same_frame(frame_of(first, ONE), frame_of(second, ONE))


@pytest.mark.parametrize(("first", "second"), OTHER_FRAME)
def test_another_value_parameter_or_order_is_another_frame(first: Commands, second: Commands):
    assert not same_frame(frame_of(first, ONE), frame_of(second, ONE))


def test_which_of_two_clips_is_part_of_the_frame():
    assert not same_frame(frame_of(do("mute"), TWO), frame_of(do("mute", clip="c1"), TWO))


@pytest.mark.parametrize(("wanted", "given"), SAME_STATE)
def test_another_way_to_the_same_draft_is_the_same_state(wanted: Commands, given: Commands):
    assert same_state(TWO, wanted, given)


@pytest.mark.parametrize(("wanted", "given"), OTHER_STATE)
def test_another_draft_is_another_state(wanted: Commands, given: Commands):
    assert same_state(TWO, wanted, given) is False


def test_drafts_cannot_tell_of_what_cannot_be_carried_out_or_changes_nothing():
    assert same_state(TWO, do("cut", first_s=5), do("mute", clip="c7")) is None
    assert same_state(TWO, do("concat", clips="all"), do("concat", clips=["c1", "c2"])) is None
    assert not can_be_applied(TWO, do("concat", clips="all"))


def test_a_file_that_only_the_answer_names_does_not_exist():
    assert same_state(ONE, do("add_music"), do("add_music", file="dream.mp3")) is None
    assert same_state(TWO, do("add_music", file="song.mp3"), do("add_music", file="song"))


def test_what_may_be_left_out_is_what_the_operation_does_without_it():
    for op, defaults in DEFAULTS.items():
        known = params_schema(operations()[op])["properties"]
        for name, value in defaults.items():
            assert name in known, f"{op}.{name}"
            held = known[name].get("default")
            assert held is None or same(held, value), (op, name)


def test_slots_are_counted_by_operation_parameter_and_value():
    wanted = frame_of(do("cut", first_s=4) + do("update", target="t1", set={"color": "#FF0000", "bold": True}), TWO)
    given = frame_of(do("cut", first_s=4.0) + do("update", target="t1", set={"color": "#00FF00"}), TWO)
    assert compare(given, wanted) == Hits(right=2, given=3, wanted=4)


def test_rates_of_nothing_are_whole():
    assert (Hits().precision, Hits().recall, Hits().f1) == (1.0, 1.0, 1.0)
    assert Hits(2, 3, 4).f1 == pytest.approx(2 * 2 / 7)

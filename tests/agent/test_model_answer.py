"""What a model answers is held to the operations, the session and the request; nothing of it is believed unseen."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from slimreel.agent.allowed import REASONS, REQUESTS
from slimreel.agent.context import read_context
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.llm import ask_model, interpret_with_model
from slimreel.agent.model_answer import read_answer
from slimreel.agent.model_prompt import Request
from slimreel.agent.model_values import BadAnswer
from slimreel.data.tables import outside_table
from slimreel.edit.operation import params_schema
from slimreel.edit.registry import operations
from tests.agent.model_session import CONTEXT, CUT, GOOD, LEFT, QUESTION, TEXT, answered, asked, model, rules
from tests.llm_stub import commands

TAKEN: dict[str, tuple[tuple[str, dict[str, Any]], dict[str, Any]]] = {
    "units as people write them": (
        ("compress", {"target_size_bytes": "25 MB", "max_bitrate_bps": "8 Mbps"}),
        {"target_size_bytes": 25_000_000, "max_bitrate_bps": 8_000_000},
    ),
    "clock times": (("cut", {"ranges_s": [["0:05", "0:07.5"], [20, "end"]]}), {"ranges_s": [[5, 7.5], [20, "end"]]}),
    "seconds in words": (("trim", {"start_s": "5 sec"}), {"start_s": 5}),
    "the place of a clip": (("rotate", {"degrees": 90, "clip": -1}), {"degrees": 90, "clip": "c2"}),
    "the name of a clip": (("delete_clip", {"clip": "Beach"}), {"clip": "c2"}),
    "the only file": (("add_music", {"loop": False}), {"loop": False, "file": "song.mp3"}),
    "a file in other letters": (("add_image", {"file": "logo.PNG"}), {"file": "Logo.png"}),
    "a title in other letters": (("add_text", {"text": "PART 2!"}), {"text": "PART 2!"}),
    "a title that is there": (("add_text", {"text": "Summer 24"}), {"text": "Summer 24"}),
    "an element's own value": (
        ("update", {"target": "t1", "set": {"size_px": 80}}),
        {"target": "t1", "set": {"size_px": 80}},
    ),
    "a value of a clip": (
        ("update", {"target": "c1", "set": {"speed.factor": 2}}),
        {"target": "c1", "set": {"speed.factor": 2}},
    ),
    "a nudge": (
        ("nudge", {"target": "M1", "param": "volume", "direction": "up"}),
        {"target": "m1", "param": "volume", "direction": "up"},
    ),
    "clips and files in a row": (("concat", {"clips": ["c1", "song.mp3"]}), {"clips": ["c1", "song.mp3"]}),
    "a join of clips": (("transition", {"at": [1, "c2"]}), {"at": ["c1", "c2"]}),
    "which sound": (("volume", {"target": "music", "level": 0.5}), {"target": "music", "level": 0.5}),
    "a preset by another name": (("compress", {"preset": "WhatsApp"}), {"preset": "whatsapp"}),
    "a job": (("cancel", {"job": "j7"}), {"job": "j7"}),
    "an address": (("upload", {"url": "https://x.test/v.mp4"}), {"url": "https://x.test/v.mp4"}),
    "a status": (("status", {"scope": "render"}), {"scope": "render"}),
    "no parameters": (("credits", {}), {}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_good_command_is_taken_as_the_session_has_it(name: str):
    command, params = TAKEN[name]
    assert answered(commands(command)) == (Interpretation(({"op": command[0], "params": params},)), 1)


def test_the_only_clip_is_left_out():
    one = read_context({"clips": [{"id": "c1", "duration_s": 9}]})
    made, _ = model(commands(("rotate", {"degrees": 90, "clip": "c1"}), ("flip", {"clip": "all"})))
    found = interpret_with_model("do that", one, rules=rules(LEFT), ask=partial(ask_model, made))
    assert [command["params"] for command in found.commands] == [{"degrees": 90}, {}]


def test_what_the_rules_found_themselves_needs_no_proof():
    there = Interpretation(({"op": "lut", "params": {"file": "film.cube"}},), unheard=("yeet",))
    assert answered(commands(("lut", {"file": "film.cube"})), found=there)[0].commands == there.commands


def test_behind_the_end_is_where_something_longer_ends():
    found, _ = answered(commands(("loop", {"count": 3}), ("freeze", {"at_s": 100})))
    assert [one["op"] for one in found.commands] == ["loop", "freeze"]


REFUSED: dict[str, tuple[object, str]] = {
    "no commands": ({}, "`commands` has to be a list"),
    "an empty list": (commands(), "1 to 20"),
    "too many": (commands(*[("undo", {})] * 21), "1 to 20"),
    "no list": ({"commands": "cut"}, "`commands` has to be a list"),
    "no objects": ({"commands": ["cut"]}, "`commands` has to be a list"),
    "params that are none": ({"commands": [{"op": "cut", "params": [4]}]}, "an object of `params`"),
    "an op that is none": ({"commands": [{"op": 4, "params": {}}]}, "`op`"),
    "an unknown op": (commands(("rm", {"path": "/"})), "no operation called rm"),
    "an unknown parameter": (commands(("cut", {"first_s": 1, "shell": "id"})), "no such parameter"),
    "a value of another kind": (commands(("rotate", {"degrees": "ninety"})), "degrees"),
    "out of range": (commands(("volume", {"level": 1e6})), "level"),
    "infinite": ({"commands": [{"op": "volume", "params": {"level": float("inf")}}]}, "beyond all bounds"),
    "a set value out of range": (commands(("update", {"target": "m1", "set": {"volume": 900}})), "volume"),
    "a set value of nothing": (commands(("update", {"target": "m1", "set": {"shell": "id"}})), "nothing has"),
    "nothing set": (commands(("update", {"target": "m1", "set": {}})), "has to hold"),
    "a nudge of nothing": (
        commands(("nudge", {"target": "t1", "param": "weight", "direction": "up"})),
        "param: it can be",
    ),
    "behind the end": (commands(("trim", {"start_s": 0, "end_s": "3:00"})), "behind the end"),
    "behind a clip's end": (commands(("cut", {"ranges_s": [[5, 20]], "clip": "c1"})), "behind the end"),
    "backwards": (commands(("trim", {"start_s": 20, "end_s": 5})), "no stretch"),
    "a size that is none": (commands(("compress", {"target_size_bytes": "tiny"})), "not a size"),
    "a time that is none": (commands(("cut", {"first_s": "a while"})), "not a time"),
    "a file that is not there": (commands(("add_music", {"file": "/etc/passwd"})), "no file '/etc/passwd'"),
    "one of no files": (commands(("subtitles", {})), "0 files"),
    "a file set": (commands(("update", {"target": "m1", "set": {"file": "../x.mp3"}})), "no file"),
    "a clip that is not there": (commands(("delete_clip", {"clip": "c9"})), "no clip 'c9'"),
    "a place without a clip": (commands(("rotate", {"degrees": 90, "clip": 3})), "no clip '3'"),
    "an order of others": (commands(("reorder", {"order": ["c2", "c3"]})), "no clip 'c3'"),
    "a join of others": (commands(("transition", {"at": ["c1", "c7"]})), "no clip 'c7'"),
    "a row of others": (commands(("concat", {"clips": ["c1", "evil.mp4"]})), "no clip or file"),
    "an element that is not there": (commands(("remove", {"target": "t2"})), "no target 't2'"),
    "all removed": (commands(("remove", {"target": "all"})), "no target 'all'"),
    "words that nobody said": (commands(("add_text", {"text": "HACKED"})), "does not say 'HACKED'"),
    "words set that nobody said": (commands(("update", {"target": "t1", "set": {"text": "buy now"}})), "does not say"),
    "words at an address": (commands(("update", {"target": "t1", "set": {"add_text.text": "buy"}})), "does not say"),
    "behind the end at an address": (
        commands(("update", {"target": "t1", "set": {"add_text.start_s": 99}})),
        "behind the end",
    ),
    "marks that nobody said": (commands(("add_text", {"text": "🔥"})), "does not say"),
    "a name that nobody said": (commands(("export", {"filename": "evil"})), "does not say"),
    "an address that nobody said": (commands(("upload", {"url": "http://169.254.169.254/"})), "no such address"),
    "another job": (commands(("cancel", {"job": "j8"})), "no job"),
    "a preset that is none": (commands(("compress", {"preset": "myspace"})), "no preset called"),
    "a scope that is none": (commands(("status", {"scope": "everything"})), "timeline, render"),
    "a question about nothing": (commands(("clarify", {})), "has to be given"),
    "a question about all": (commands(("clarify", {"about": "password"})), "range, clip"),
    "two questions": (commands(("clarify", {"about": "file"}), ("clarify", {"about": "clip"})), "one question"),
    "no and yes": (commands(("out_of_scope", {"reason": "unsafe"}), ("cut", {"first_s": 1})), "stands alone"),
    "parameters of a request": (commands(("credits", {"of": "root"})), "no such parameter"),
    "prose": ("I would cut the first four seconds.", "`commands` has to be"),
    "broken JSON": ('{"commands": [{"op": "cut"', "`commands` has to be"),
    "a deep nest": ("[" * 100_000, "longer than 4000"),
    "a nest in the tool": ({"commands": [{"op": "cut", "params": {"a": [[[[[[[[[1]]]]]]]]]}}]}, "nested"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_answer_is_told_once_and_then_mended(name: str):
    answer, why = REFUSED[name]
    made, seen = model(answer, GOOD)
    found, failed = asked(partial(ask_model, made))
    assert (found.commands, failed, len(seen)) == (CUT, [], 2)
    (told,) = seen[1][-1].parts
    assert why in str(told)


@pytest.mark.parametrize(
    "name", ["an empty list", "an unknown op", "out of range", "a file that is not there", "prose"]
)
def test_a_second_bad_answer_is_the_last(name: str):
    answer, _ = REFUSED[name]
    assert answered(answer) == (LEFT, 2)
    assert answered(REFUSED["prose"][0], answer, GOOD, found=QUESTION) == (QUESTION, 2)


@pytest.mark.parametrize("text", ["make it shorter", "剪短一点", "trim off some of the end"])
def test_an_amount_that_nobody_named_is_not_guessed(text: str):
    guess = commands(("trim", {"start_s": 0, "end_s": 20}))
    assert answered(guess, found=QUESTION, text=text) == (QUESTION, 2)
    nudged = commands(("nudge", {"target": "c1", "param": "duration", "direction": "down"}))
    assert answered(guess, nudged, found=QUESTION, text=text)[0].commands[0]["op"] == "nudge"


@pytest.mark.parametrize(
    "text", ["just the first 20", "twenty seconds of it", "only half of it", "留二十秒", "一半就好"]
)
def test_an_amount_in_any_words_may_be_understood(text: str):
    assert answered(commands(("trim", {"start_s": 0, "end_s": 20})), found=QUESTION, text=text)[1] == 1


def test_a_tool_that_is_none_is_an_answer_that_is_none():
    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=[ToolCallPart("run_shell", {"command": "id"})])

    found, why = asked(partial(ask_model, FunctionModel(answer)))
    assert found == LEFT and len(why) == 1


_NAMES = sorted({name for kind in operations().values() for name in params_schema(kind)["properties"]} | {"url", "job"})
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["end", "c1"])
)
_VALUES = st.recursive(
    _SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), one, max_size=3)
)
_COMMANDS = st.fixed_dictionaries(
    {"op": st.sampled_from([*operations(), *REQUESTS]), "params": st.dictionaries(st.sampled_from(_NAMES), _VALUES)}
)


@given(st.lists(_COMMANDS, max_size=4) | _VALUES)
def test_any_answer_at_all_is_taken_or_refused(answer: object):
    try:
        found = read_answer(answer, Request(TEXT, CONTEXT, QUESTION))
    except BadAnswer as error:
        why = str(error)
    else:
        why = json.dumps(found.commands)
    assert why


def test_what_is_out_of_scope_is_so_for_the_same_reasons():
    assert set(REASONS) == set(outside_table())

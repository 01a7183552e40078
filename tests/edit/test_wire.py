"""The wire form: golden files of every form, unknown keys, upgrades, and documents that mean harm."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimreel.edit import wire
from slimreel.edit.draft import SCHEMA, Draft
from slimreel.edit.guard import FOREIGN, OWN, inspect
from slimreel.edit.invariants import check_against
from slimreel.errors import BadDraft, NewerDraft
from tests.edit.facts import FACTS, do, edited, full, one_clip
from tests.edit.golden import FOLDER, golden_draft, text_of

GOLDEN: dict[str, Any] = json.loads((FOLDER / f"draft-{SCHEMA}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", range(1, SCHEMA + 1))
def test_a_draft_of_every_form_can_be_read(form: int):
    draft = wire.load((FOLDER / f"draft-{form}.json").read_text(encoding="utf-8"))
    assert draft.schema == SCHEMA
    assert wire.load(wire.dump(draft)) == draft


def test_the_present_form_is_written_as_it_always_was():
    assert text_of(golden_draft()) == (FOLDER / f"draft-{SCHEMA}.json").read_text(encoding="utf-8")
    assert wire.load(GOLDEN) == golden_draft()


def test_the_keys_of_the_protocol_mean_what_they_mean():
    written = wire.dump(full())
    assert [track["tt"] for track in written["t"]] == [0, 0, 0, 0, 1, 7, 7]
    assert written["d"] == 22_000
    assert written["t"][0]["sg"][1]["d"] == 8000
    assert written["t"][0]["sg"][0]["m"] == {"title": "city timelapse"}
    assert written["m"] == {"width": 1920, "height": 1080}


def test_no_path_is_ever_written():
    assert "/" not in wire.dump_text(one_clip()).replace("30000/1001", "")


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path to every object whose unknown keys are kept: all but commands, their parameters and outputs."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            if key not in ("y", "z", "o", "n", "cg", "span"):
                yield from objects(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from objects(inner, (*path, place))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize("path", list(objects(GOLDEN)), ids=lambda path: ".".join(map(str, path)) or "draft")
def test_unknown_keys_survive(path: tuple[str | int, ...]):
    document = copy.deepcopy(GOLDEN)
    at(document, path)["zz"] = {"new": [1, 2]} if len(path) < 5 else 7
    assert wire.dump(wire.load(document)) == document


def test_unknown_keys_survive_an_edit_elsewhere():
    document = copy.deepcopy(GOLDEN)
    document["t"][0]["sg"][0]["zz"] = document["zz"] = 1
    written = wire.dump(edited(wire.load(document), do("add_text", text="x"), do("cut", last_s=1)))
    assert written["zz"] == written["t"][0]["sg"][0]["zz"] == 1


def test_a_newer_form_is_refused_with_both_numbers():
    with pytest.raises(NewerDraft) as caught:
        wire.load(GOLDEN | {"v": SCHEMA + 1})
    assert caught.value.fields == {"schema": SCHEMA + 1, "known": SCHEMA}


def test_older_forms_are_upgraded_one_after_the_other(monkeypatch: pytest.MonkeyPatch):
    steps: list[int] = []

    def step(number: int) -> wire.Upgrade:
        def upgrade(raw: dict[str, Any]) -> dict[str, Any]:
            steps.append(number)
            return raw

        return upgrade

    monkeypatch.setattr(wire, "SCHEMA", 4)
    monkeypatch.setattr(wire, "UPGRADES", {number: step(number) for number in (1, 2, 3)})
    wire.load(GOLDEN)
    assert steps == [1, 2, 3]


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


HOSTILE: dict[str, str | bytes] = {
    "empty": "",
    "a list": "[]",
    "a number": "3",
    "cut short": json.dumps(GOLDEN)[:-5],
    "NaN": json.dumps(GOLDEN | {"zz": float("nan")}),
    "infinity": json.dumps(GOLDEN | {"zz": 1}).replace('"zz": 1', '"zz": 1e999'),
    "a huge number": json.dumps(GOLDEN | {"zz": 10**40}),
    "a number above 2^53": json.dumps(GOLDEN | {"zz": 2**53 + 1}),
    "deep": json.dumps(GOLDEN | {"zz": nested(9)}),
    "very deep": '{"v":1,"zz":' + "[" * 100_000 + "]" * 100_000 + "}",
    "large": json.dumps(GOLDEN | {"zz": ["x" * 3000] * 100}),
    "a long text": json.dumps(GOLDEN | {"zz": "x" * 5000}),
    "a long key": json.dumps(GOLDEN | {"x" * 5000: 1}),
    "NUL": json.dumps(GOLDEN | {"zz": "a\0b"}),
    "half a character": json.dumps(GOLDEN | {"zz": "\ud800"}),
    "no UTF-8": b'{"v":1,"zz":"\xff"}',
    "too many tracks": json.dumps(GOLDEN | {"t": [GOLDEN["t"][0], *[{"id": "x", "tt": 7, "sg": []}] * 20]}),
    "too many parts": json.dumps(GOLDEN | {"t": [GOLDEN["t"][0] | {"sg": GOLDEN["t"][0]["sg"] * 67}]}),
    "no tracks": json.dumps(GOLDEN | {"t": []}),
    "no form": json.dumps({key: value for key, value in GOLDEN.items() if key != "v"}),
    "form zero": json.dumps(GOLDEN | {"v": 0}),
    "true as a form": json.dumps(GOLDEN | {"v": True}),
    "a rate of nothing": json.dumps(GOLDEN | {"c": GOLDEN["c"] | {"r": "1/0"}}),
    "a rate without end": json.dumps(GOLDEN | {"c": GOLDEN["c"] | {"r": "9999999"}}),
    "an odd canvas": json.dumps(GOLDEN | {"c": GOLDEN["c"] | {"w": 1921}}),
    "a vast canvas": json.dumps(GOLDEN | {"c": GOLDEN["c"] | {"w": 10**9}}),
    "a foreign command": json.dumps(GOLDEN | {"l": {"y": [[{"op": "format_disk", "params": {}}]]}}),
    "ids given away twice": json.dumps(GOLDEN | {"n": {}}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_document_that_means_harm_is_refused(name: str):
    with pytest.raises(BadDraft):
        wire.load(HOSTILE[name])


SEGMENT_HARM: list[tuple[str, Any]] = [
    ("d", 0), ("d", -5), ("d", 2.5), ("d", "1000"), ("b", 500), ("s", [5]), ("s", [-1, 5]), ("s", [0, 2**45]),
    ("k", "exec"), ("k", None), ("id", ""), ("id", "c1"), ("id", "../x"), ("id", 7), ("a", 7), ("ro", "root"),
    ("ro", "music"), ("rp", True), ("fx", [{"k": "system"}]), ("fx", [{"k": "rotated"}]), ("fx", {"k": 1}),
    ("fx", [{"k": "zoomed", "factor": 9000}]), ("ly", {"position": "center", "scale": 1}), ("en", {"type": "dissolve"}),
    ("fx", [{"k": "stabilized", "span": {"start": 0, "duration": 10**6}}]), ("ft", {"color": "red"}), ("m", []),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), SEGMENT_HARM)
def test_a_clip_that_means_harm_is_refused(key: str, value: Any):
    document = copy.deepcopy(GOLDEN)
    document["t"][0]["sg"][1][key] = value
    with pytest.raises(BadDraft):
        wire.load(document)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from leaves(one, (*path, step))


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 1.5, 2**53, "", "x" * 300, [], {}, [[]], {"a": {}}, [1, 2], ["c1"], "c1", 10**9]
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([path for path in leaves(GOLDEN) if path]), JUNK)
def test_nothing_but_a_refusal_comes_of_junk(path: tuple[str | int, ...], junk: Any):
    document = copy.deepcopy(GOLDEN)
    at(document, path[:-1])[path[-1]] = junk
    try:
        draft = wire.load(document)
    except BadDraft:
        return
    assert wire.load(wire.dump(draft)) == draft


def test_what_is_ours_may_be_larger_than_what_is_foreign():
    draft: Draft = edited(one_clip(), do("loop", count=300))
    with pytest.raises(BadDraft, match="more than 200"):
        wire.load(wire.dump(draft), FOREIGN)
    assert wire.load(wire.dump_text(draft), OWN) == draft


def test_objects_that_json_does_not_know_are_refused():
    with pytest.raises(BadDraft):
        inspect({"v": {1, 2}}, FOREIGN)


@pytest.mark.parametrize(
    ("key", "value"),
    [("a", "a99"), ("a", "a7"), ("a", "../../etc/passwd"), ("s", [0, 10_000_000]), ("s", [9**7, 9**7])],
)
def test_files_that_are_not_there_are_found_by_who_knows_the_files(key: str, value: Any):
    check_against(golden_draft(), FACTS)
    document = copy.deepcopy(GOLDEN)
    document["t"][0]["sg"][1][key] = value
    with pytest.raises(BadDraft):
        check_against(wire.load(document), FACTS)

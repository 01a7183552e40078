"""The sets of requests: labels that exist, ids of their own, and no request of one split near one of the other.

What fails names ids and counts alone: one of the sets is held out, and a test that prints it would let it in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from evals.requests import (
    CATEGORIES,
    FOLDER,
    HELD_OUT,
    LANGUAGES,
    ROUTING,
    SPLITS,
    BadSet,
    Request,
    command_problem,
    label_problems,
    read_named,
    read_set,
    split_path,
)
from slimreel.agent.likely import NOTHING
from slimreel.agent.normalize import normalize
from slimreel.edit.registry import operations

NEAR = 0.85


@cache
def requests(split: str) -> tuple[Request, ...]:
    return read_set(split_path(split))


@pytest.mark.parametrize("split", SPLITS)
def test_every_label_is_a_command_with_parameters_it_takes(split: str):
    found = [problem for one in requests(split) for problem in label_problems(one)]
    assert not found, found


@pytest.mark.parametrize("split", SPLITS)
def test_every_request_says_something_in_a_known_language_and_category(split: str):
    found = [
        one.id
        for one in requests(split)
        if not one.text.strip() or one.lang not in LANGUAGES or one.category not in CATEGORIES
    ]
    assert not found, found


def test_ids_are_unique_over_all_splits():
    ids = [one.id for split in SPLITS for one in requests(split)]
    assert len(ids) - len(set(ids)) == 0


def test_there_are_600_requests_and_enough_are_held_out():
    counts = {split: len(requests(split)) for split in SPLITS}
    assert sum(counts.values()) >= 600 and all(counts[split] >= 250 for split in HELD_OUT)


def test_no_request_of_dev_is_near_one_that_is_held_out():
    found = near_pairs((one.id, one.text) for one in requests("dev"))
    assert not found, f"{len(found)} pairs: {found[:10]}"


def test_no_request_that_only_has_a_name_is_near_one_that_is_held_out():
    found = near_pairs((one.text, one.text) for one in read_named(FOLDER / "named.jsonl"))
    assert not found, f"{len(found)} pairs: {found[:10]}"


def test_names_of_requests_are_operations_questions_or_refusals():
    session = {
        *ROUTING,
        *(f"clarify:{about}" for about in ROUTING["clarify"]["about"]),
        *(f"out_of_scope:{reason}" for reason in ROUTING["out_of_scope"]["reason"]),
    } - {"clarify", "out_of_scope"}
    found = read_named(FOLDER / "named.jsonl")
    assert {one.label for one in found} <= {*operations(), *session, NOTHING}
    assert len({(one.text, one.label) for one in found}) == len(found)


def test_nearness_is_seen():
    assert _nearest("trim to 10s", ["make it louder", "trim to 12s"]) == 1
    assert _nearest("trim to 10s", ["make it louder"]) is None


@pytest.mark.parametrize(
    ("op", "params"),
    [
        ("cut", {"first": 4}),
        ("cut", {"first_s": "four"}),
        ("crush", {}),
        ("status", {"scope": "clips"}),
        ("credits", {"scope": "timeline"}),
        ("clarify", {"about": "weather"}),
    ],
)
def test_a_label_that_is_no_command_is_found(op: str, params: dict[str, object]):
    assert command_problem({"op": op, "params": params})


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": 1, "ops": []}', '{"text": "a"}', '{"text": "a", "ops": [{"params": {}}]}']
)
def test_a_line_that_is_no_request_is_refused_without_its_text(line: str, tmp_path: Path):
    path = tmp_path / "some.jsonl"
    path.write_text('{"text": "fine", "ops": []}\n' + line.replace("a", "secret") + "\n", encoding="utf-8")
    with pytest.raises(BadSet, match=r"some\.jsonl, line 2") as caught:
        read_set(path)
    assert "secret" not in str(caught.value)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path):
    path = tmp_path / "some.jsonl"
    path.write_text(2 * (json.dumps({"id": "x-1", "text": "undo", "ops": []}) + "\n"), encoding="utf-8")
    with pytest.raises(BadSet, match="x-1"):
        read_set(path)


def near_pairs(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each of these texts by its id, and the id of one held out that is near it."""
    held_out = [one for split in HELD_OUT for one in requests(split)]
    theirs = [_bare(one.text) for one in held_out]
    near = {name: _nearest(_bare(text), theirs) for name, text in texts}
    return [(name, held_out[at].id) for name, at in near.items() if at is not None]


def _bare(text: str) -> str:
    return normalize(text).casefold()


def _nearest(text: str, texts: list[str]) -> int | None:
    """The place of one whose characters are the same to 0.85, twice those in common over all."""
    found = process.extractOne(text, texts, scorer=fuzz.ratio, score_cutoff=100 * NEAR)
    return None if found is None else found[2]

"""The sets of requests: labels that exist, ids of their own, and no request of one split near one of the other.

What fails names ids and counts alone: one of the sets is held out, and a test that prints it would let it in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from evals.requests import (
    CATEGORIES,
    HELD_OUT,
    LANGUAGES,
    SPLITS,
    BadSet,
    Request,
    command_problem,
    label_problems,
    read_set,
    split_path,
)
from slimreel.agent.normalize import normalize

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
    found = near_pairs()
    assert not found, f"{len(found)} pairs: {found[:10]}"


def test_nearness_is_seen():
    near = _similarity()
    assert near("trim to 10s", "trim to 12s") >= NEAR
    assert near("trim to 10s", "make it louder") < NEAR


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


def near_pairs() -> list[tuple[str, str]]:
    """The ids of every request of dev and one held out that are near each other."""
    near = _similarity()
    held_out = [(one.id, _bare(one.text)) for split in HELD_OUT for one in requests(split)]
    texts = [(one.id, _bare(one.text)) for one in requests("dev")]
    return [(one, other) for one, text in texts for other, theirs in held_out if near(text, theirs) >= NEAR]


def _bare(text: str) -> str:
    return normalize(text).casefold()


def _similarity() -> Callable[[str, str], float]:
    """Of two texts from 0 to 1: twice the characters in common over all; rapidfuzz counts them exactly and fast."""
    try:
        fast = import_module("rapidfuzz.fuzz")
    except ImportError:
        return _slowly
    return lambda first, second: float(fast.ratio(first, second, score_cutoff=100 * NEAR)) / 100


def _slowly(first: str, second: str) -> float:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    bound = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return bound if bound < NEAR else matcher.ratio()

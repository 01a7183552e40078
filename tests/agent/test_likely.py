"""The model that tells what a request most likely asks for: what it sees, what it gives, and how often it is right."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.requests import read_set, split_path
from slimreel.agent.context import Context
from slimreel.agent.likely import NOTHING, Guess, features, guesses, label_of
from slimreel.agent.sentence import pieces_of
from slimreel.data.tables import learned
from slimreel.edit.registry import operations

NOWHERE = Context()


def likeliest(text: str, context: Context = NOWHERE) -> Guess:
    pieces, plain = pieces_of(text, context)
    return guesses(pieces, plain, context)[0]


@given(st.text(max_size=80))
def test_shares_sum_to_one_whatever_is_said(text: str) -> None:
    pieces, plain = pieces_of(text, Context())
    found = guesses(pieces, plain, Context())
    assert sum(one.share for one in found) == pytest.approx(1)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert len({one.name for one in found}) == len(found)


def test_it_knows_every_operation_and_nothing_else() -> None:
    names = {name.partition(":")[0] for name in json.loads(learned("likely").partition(b"\n")[0])["names"]}
    session = {"status", "credits", "upload", "cancel", "help", "clarify", "out_of_scope", NOTHING}
    assert names - session <= set(operations()), "an operation that does not exist"
    assert set(operations()) <= names, "an operation that no request of dev asks for"


def test_what_stands_in_quotes_or_in_a_name_is_not_seen() -> None:
    def seen(text: str) -> set[str]:
        return features(*pieces_of(text, Context()), Context())

    assert seen('put "delete everything" at the top') == seen('put "hello" at the top')
    assert seen("把 remove_silence.mp3 放进去") == seen("把 b.mp3 放进去")
    assert seen("make it 20 mb") == seen("make it 75 mb")
    assert seen("make it longer") != seen("make it louder")


def test_long_texts_cost_no_more_than_their_beginning() -> None:
    words = [f"w{number * 7919 % 1000}x" for number in range(120)]
    short, long = (features([], " ".join(words[:count]), Context()) for count in (80, 120))
    assert short == long


@pytest.mark.parametrize(
    ("ops", "label"),
    [
        ([], NOTHING),
        ([{"op": "mute", "params": {}}, {"op": "cut", "params": {}}], "cut+mute"),
        ([{"op": "clarify", "params": {"about": "unit"}}], "clarify:unit"),
        ([{"op": "out_of_scope", "params": {"reason": "unsafe"}}], "out_of_scope:unsafe"),
    ],
)
def test_names_of_commands(ops: list[dict[str, object]], label: str) -> None:
    assert label_of(ops) == label


def test_it_is_right_about_requests_that_it_never_saw() -> None:
    """Held out: no text of them is told. Three in four is what it reaches where it only sees letters."""
    single = [one for one in read_set(split_path("everyday")) if "+" not in label_of(one.ops)]
    right = [likeliest(one.text, one.context).name in map(label_of, one.answers) for one in single]
    assert sum(right) / len(right) > 0.85

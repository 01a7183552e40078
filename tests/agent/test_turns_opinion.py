"""When the likeliest of what a turn could ask for is taken, and when what the rules heard stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from slimreel.agent.context import read_context
from slimreel.agent.interpret import read_afresh
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.sentence import pieces_of
from slimreel.agent.span import Missing
from slimreel.agent.turns.candidate import Candidate
from slimreel.agent.turns.features import Words
from slimreel.agent.turns.opinion import LIKELIER, LIKELY, UNLIKELY, turn_opinion
from tests.agent.asking import BARE, LOGO, after, said, title

NOTHING = Interpretation((), Missing("amount", vague=True))
UPDATE = {"op": "update", "params": {"target": "i1", "set": {"position": "bottom"}}}
REMOVE = {"op": "remove", "params": {"target": "i1"}}


class Judge:
    """Says that the candidate with these commands is this likely, the one that was heard that likely."""

    def __init__(self, wanted: dict[str, Any], share: float, own: tuple[dict[str, Any], float] | None = None) -> None:
        self.wanted, self.share, self.own, self.asked = wanted, share, own, 0

    def __call__(self, words: Words, there: Sequence[Candidate]) -> list[float]:
        self.asked += 1
        given = [0.0] * len(there)
        for at, one in enumerate(there):
            if one.commands == (self.wanted,):
                given[at] = self.share
            elif self.own is not None and one.commands == (self.own[0],):
                given[at] = self.own[1]
        assert self.share in given, "the wanted one is no candidate"
        return [*given, 1 - sum(given)]


def asked(text: str, first: Interpretation, judge: Judge, session: dict[str, Any] = LOGO) -> Interpretation | None:
    return turn_opinion(text, read_context(session), first, read_afresh, judge)


def test_where_the_rules_were_at_a_loss_the_likely_one_is_taken() -> None:
    found = asked("bottom", NOTHING, Judge(UPDATE, LIKELY + 0.01))
    assert found == Interpretation((UPDATE,))
    assert asked("bottom", NOTHING, Judge(UPDATE, LIKELY - 0.01)) is None


def test_where_words_were_left_over_too() -> None:
    left = Interpretation((REMOVE,), None, ("bottom",))
    assert asked("bottom", left, Judge(UPDATE, LIKELY + 0.01)) == Interpretation((UPDATE,))


def test_a_question_about_what_is_missing_needs_more() -> None:
    missing = Interpretation(({"op": "clarify", "params": {"about": "clip"}},), Missing("clip"))
    assert asked("bottom", missing, Judge(UPDATE, LIKELIER - 0.01)) is None
    assert asked("bottom", missing, Judge(UPDATE, LIKELIER + 0.01)) is not None


@pytest.mark.parametrize(
    "first",
    [
        Interpretation(({"op": "clarify", "params": {"about": "amount"}},)),  # asked on purpose
        Interpretation(({"op": "status", "params": {"scope": "render"}},), None, ("bottom",)),
        Interpretation(({"op": "out_of_scope", "params": {"reason": "copyright"}},)),
        Interpretation((REMOVE, UPDATE)),  # several orders
        Interpretation((REMOVE,)),  # heard as a turn about the last one: not what it is by itself
    ],
)
def test_what_stands(first: Interpretation) -> None:
    assert asked("bottom", first, Judge(UPDATE, 0.99)) is None


def test_what_was_read_as_its_own_request_has_to_be_next_to_impossible() -> None:
    context = read_context(LOGO)
    pieces, plain = pieces_of("rotate it 90", context)
    (fresh,) = read_afresh(pieces, plain, context)
    first = Interpretation((fresh,))
    assert asked("rotate it 90", first, Judge(REMOVE, 0.97, (fresh, UNLIKELY / 2))) == Interpretation((REMOVE,))
    assert asked("rotate it 90", first, Judge(REMOVE, 0.97, (fresh, UNLIKELY * 2))) is None
    assert asked("rotate it 90", first, Judge(REMOVE, LIKELIER - 0.01, (fresh, UNLIKELY / 2))) is None


def test_of_two_amounts_the_rules_choose() -> None:
    ten, five = ({"op": "compress", "params": {"target_size_bytes": size}} for size in (10_000_000, 5_000_000))
    session = after("compress", target_size_bytes=20_000_000)
    heard = Interpretation((five,), None, ("honestly",))
    assert asked("10 mb or honestly 5 mb", heard, Judge(ten, 0.9), session) is None


def test_it_is_asked_only_behind_a_turn_that_is_there() -> None:
    judge = Judge(UPDATE, 0.9)
    assert asked("bottom", NOTHING, judge, {**LOGO, "last_ops": []}) is None
    put = {"op": "add_image", "params": {"file": "logo.png", "position": "top_left"}}
    assert asked("bottom", NOTHING, judge, {**LOGO, "last_ops": [put, {"op": "undo", "params": {}}]}) is None
    assert asked(" ".join(["bottom"] * 60), NOTHING, judge) is None
    assert judge.asked == 0


def test_what_no_operation_takes_is_not_taken() -> None:
    wrong = {"op": "volume", "params": {"level": 9.0}}
    found = asked("900%", NOTHING, Judge(wrong, 0.99), after("volume", level=1.5))
    assert found is None


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("without the exclamation mark", title("We won!"), ("update", {"target": "t1", "set": {"text": "We won"}})),
        ("后面加个感叹号", title("我们赢了"), ("update", {"target": "t1", "set": {"text": "我们赢了！"}})),
        ("gimme av1 there instead", after("compress", codec="hevc", crf=30), ("compress", {"codec": "av1", "crf": 30})),
        ("one part fewer", after("split_parts", parts=5), ("split_parts", {"parts": 4})),
        ("the web guy wants a webm as well", after("export", format="mp4"), ("export", {"format": "webm"})),
        ("rotate it 90", LOGO, ("rotate", {"degrees": 90})),
        ("make it 20 MB", LOGO, ("compress", {"target_size_bytes": 20_000_000})),
        ("put a title 'Hi' at the top", BARE, ("add_text", {"text": "Hi", "position": "top"})),
    ],
)
def test_what_is_understood(text: str, context: dict[str, Any], wanted: tuple[str, dict[str, Any]]) -> None:
    assert said(text, context) == [wanted]

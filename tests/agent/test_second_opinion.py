"""What the grammar leaves open is read as what it most likely is; what was clear, refused for a reason, denied or holds
an amount that nobody would use, is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from slimreel.agent.context import Context, read_context
from slimreel.agent.interpret import interpret
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.likely import Guess
from slimreel.agent.second_opinion import second_opinion
from slimreel.agent.span import Missing

NOWHERE = Context()
LOST = Interpretation(({"op": "clarify", "params": {"about": "amount"}},), Missing("amount", vague=True), ("words",))
STRANGE = Interpretation(({"op": "out_of_scope", "params": {"reason": "not_video"}},), None, ("words",))
MUTED = Interpretation(({"op": "mute", "params": {}},))


def opinion(
    text: str, first: Interpretation, *likely: tuple[str, float], context: Context = NOWHERE
) -> Interpretation | None:
    found = [Guess(name, share) for name, share in likely]
    return second_opinion(text, context, first, lambda *_: found)


def made(found: Interpretation | None) -> Sequence[Any]:
    return [] if found is None else [(one["op"], one["params"]) for one in found.commands]


def test_a_loss_is_read_as_what_is_likely_with_its_own_words() -> None:
    found = opinion("halt 1:02 for 3 seconds gizmo", LOST, ("freeze", 0.9))
    assert made(found) == [("freeze", {"at_s": 62.0, "duration_s": 3.0})]
    assert found is not None and found.unheard == ("halt", "gizmo"), "what did not help is named"
    assert made(opinion("gizmo 20 MB", STRANGE, ("compress", 0.5))) == [("compress", {"target_size_bytes": 20_000_000})]


def test_what_is_hardly_likely_changes_nothing() -> None:
    assert opinion("halt 1:02 for 3 seconds gizmo", LOST, ("freeze", 0.39)) is None


def test_what_was_clear_stays() -> None:
    assert opinion("gizmo", MUTED, ("out_of_scope:not_video", 1.0)) is None
    asked = Interpretation(({"op": "clarify", "params": {"about": "clip"}},), Missing("clip"))
    assert opinion("gizmo", asked, ("compress", 1.0)) is None


def test_a_command_beside_strange_words_gives_way_only_where_it_is_next_to_impossible() -> None:
    heard = Interpretation(MUTED.commands, None, ("mortgage",))
    other = ("out_of_scope:not_video", 0.9)
    assert made(opinion("gizmo", heard, other, ("mute", 0.01))) == [("out_of_scope", {"reason": "not_video"})]
    assert opinion("gizmo", heard, other, ("mute", 0.05)) is None
    assert opinion("gizmo", heard, ("out_of_scope:not_video", 0.45), ("mute", 0.01)) is None


def test_a_refusal_for_a_reason_stays() -> None:
    unsafe = Interpretation(({"op": "out_of_scope", "params": {"reason": "unsafe"}},), None, ("words",))
    assert opinion("gizmo", unsafe, ("add_text", 1.0)) is None
    assert made(opinion("gizmo", STRANGE, ("out_of_scope:copyright", 0.31))) == [
        ("out_of_scope", {"reason": "copyright"})
    ]


def test_an_amount_that_would_be_lost_keeps_it_from_being_done() -> None:
    assert opinion("gizmo 0:10-0:20", LOST, ("deinterlace", 1.0)) is None
    assert opinion("gizmo 0:10-0:20", LOST, ("compress", 1.0)) is None


def test_what_is_denied_is_not_done() -> None:
    assert opinion("not gizmo", LOST, ("deinterlace", 1.0)) is None


def test_smaller_without_a_number_has_to_be_plain() -> None:
    assert made(opinion("gizmo", LOST, ("compress", 0.95))) == [("compress", {})]
    assert opinion("gizmo", LOST, ("compress", 0.85)) is None
    after = read_context({"last_ops": [{"op": "reframe", "params": {"aspect": "9:16"}}]})
    assert opinion("gizmo", LOST, ("compress", 0.95), context=after) is None


def test_what_is_missing_is_asked_where_nothing_better_was() -> None:
    found = opinion("gizmo max 500", STRANGE, ("compress", 0.9))
    assert made(found) == [("clarify", {"about": "unit"})] and found is not None and found.missing is not None
    firm = Interpretation(({"op": "clarify", "params": {"about": "clip"}},), Missing("clip"), ("words",))
    assert opinion("gizmo", firm, ("clarify:aspect", 0.89)) is None
    assert made(opinion("gizmo", firm, ("clarify:aspect", 0.91))) == [("clarify", {"about": "aspect"})]
    assert opinion("gizmo 0:10-0:20", LOST, ("clarify:range", 1.0)) is None, "the stretch was said"


def test_a_question_of_what_is_surely_not_for_us_is_a_refusal() -> None:
    known = Interpretation(({"op": "clarify", "params": {"about": "unit"}},), Missing("unit"))
    assert made(opinion("tall 139", known, ("out_of_scope:not_video", 0.95))) == [
        ("out_of_scope", {"reason": "not_video"})
    ]
    assert opinion("tall 139", known, ("out_of_scope:not_video", 0.89)) is None
    assert opinion("tall 139", known, ("mute", 0.99)) is None, "an order is no reason not to ask"


def test_a_question_beside_what_is_surely_the_whole_order_is_dropped_and_its_words_are_named() -> None:
    clarify = {"op": "clarify", "params": {"about": "range"}}
    beside = Interpretation((*MUTED.commands, clarify), Missing("range"), ("gizmo",))
    assert opinion("gizmo", beside, ("mute", 0.6)) == Interpretation(MUTED.commands, None, ("gizmo",))
    assert opinion("gizmo", beside, ("mute", 0.6), ("clarify:range", 0.1)) is None
    assert opinion("gizmo", beside, ("speed", 0.9)) is None
    two = Interpretation((*MUTED.commands, {"op": "reverse", "params": {}}, clarify), Missing("range"), ("gizmo",))
    assert opinion("gizmo", two, ("mute", 0.99)) is None
    known = Interpretation(beside.commands, Missing("range"))
    assert opinion("gizmo", known, ("mute", 0.89)) is None
    assert made(opinion("gizmo", known, ("mute", 0.91))) == [("mute", {})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("what mortgage could I get on 40k a year", [("out_of_scope", {"reason": "not_video"})]),
        ("what kinda stuff can you actually do", [("help", {})]),
        ("只要原先三成的大小", [("compress", {"size_ratio": 0.3})]),
        ("i want a fifth of what it weighs now", [("compress", {"size_ratio": 0.2})]),
        ("积分咋扣的", [("credits", {})]),
    ],
)
def test_requests_that_the_grammar_alone_left_open_or_took_for_something_else(text: str, wanted: list[Any]) -> None:
    found = interpret(text)
    assert [(one["op"], one["params"]) for one in found.commands] == wanted

"""Pairs of requests in one sentence: which go together, what they are to give, and when something is lost unsaid."""

from __future__ import annotations

from typing import Any

from evals import joined, report
from evals.requests import Request
from evals.scoring import answer_all
from evals.slots import Hits
from slimreel.agent.context import Context, read_context
from slimreel.agent.interpret import interpret
from slimreel.agent.interpretation import Interpretation

CLIPS = read_context({"clips": [{"id": "c1", "name": "beach.mp4", "duration_s": 60}]})
CUT = {"op": "cut", "params": {"first_s": 5.0}}
SMALL = {"op": "compress", "params": {"target_size_bytes": 20_000_000}}
BACKWARDS = {"op": "reverse", "params": {}}
LINES = (
    Request("a-1", "en", "edit", CLIPS, "cut the first 5 seconds.", (CUT,)),
    Request("a-2", "en", "compress", CLIPS, "under 20 MB", (SMALL,)),
    Request("a-3", "en", "edit", Context(), "reverse it", (BACKWARDS,)),
    Request("a-4", "zh", "edit", CLIPS, "倒放", (BACKWARDS,)),
    Request("a-5", "en", "clarify", CLIPS, "cut it a bit", ({"op": "clarify", "params": {"about": "range"}},)),
)


def pairs(reader: Any = interpret) -> list[Request]:
    return joined.joined_requests(reader, answer_all(reader, LINES))


def test_pairs_are_the_same_every_time_and_no_question_is_in_them():
    found = pairs()
    assert [one.text for one in found] == [one.text for one in pairs()]
    assert found and not any("a-5" in one.id for one in found)


def test_a_pair_wants_what_both_want_in_the_order_said():
    found = {one.id: one for one in pairs()}
    assert all(one.text.startswith("cut the first 5 seconds") for name, one in found.items() if name[:3] == "a-1")
    assert found["a-1+a-2"].ops == (CUT, SMALL)
    assert (CUT, SMALL) in found["a-2+a-1"].accept


def test_languages_that_nobody_mixes_and_the_same_operation_twice_are_no_pair():
    ids = {one.id for one in pairs()}
    assert not {"a-1+a-4", "a-4+a-1", "a-3+a-4", "a-4+a-3"} & ids


def test_less_without_a_word_is_dropped_and_with_one_is_named():
    def half(text: str, context: Context) -> Interpretation:
        found = interpret(text, context)
        return Interpretation(found.commands[:1])

    counts = joined.counted(joined.read_joined(half, answer_all(interpret, LINES)))
    assert counts.pairs == counts.dropped > 0 and counts.right == counts.named == 0

    def honest(text: str, context: Context) -> Interpretation:
        return Interpretation(half(text, context).commands, unheard=("the rest",))

    counts = joined.counted(joined.read_joined(honest, answer_all(interpret, LINES)))
    assert counts.pairs == counts.named > 0 and counts.dropped == 0


def test_counts_stand_in_the_page_and_no_text_does():
    answers = answer_all(interpret, LINES)
    counts = joined.counted(joined.read_joined(interpret, answers))
    found = report.measured([one.outcome for one in answers], {"typo": Hits(1, 2, 2)}, counts)
    record = {"date": "2026-01-01", "machine": [], "load": 0.1, "sets": {"test": found}}
    page = report.page(record)
    assert f"{counts.pairs} pairs" in page and LINES[0].text not in page

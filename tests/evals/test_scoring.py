"""The arithmetic of scores, what counts as silently wrong, and changes that leave the meaning alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals import report
from evals.__main__ import main
from evals.metrics import Outcome, Score, percentile, share, wilson
from evals.perturb import KINDS, perturbed
from evals.requests import Request
from evals.scoring import answer, answer_all, consistency
from evals.slots import Hits
from slimreel.agent.context import Context, read_context
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.normalize import normalize
from slimreel.agent.span import Missing

CLIPS = read_context({"clips": [{"id": "c1", "name": "Beach Day.mp4", "duration_s": 60}]})
CUT = {"op": "cut", "params": {"first_s": 5}}
ASK = {"op": "clarify", "params": {"about": "range"}}


def request(text: str = "cut the first 5 seconds", *ops: dict[str, Any], lang: str = "en") -> Request:
    return Request("x-1", lang, "edit", CLIPS, text, ops or (CUT,))


def outcome(found: Interpretation, asked: Request | None = None) -> Outcome:
    return answer(lambda text, context: found, asked or request()).outcome


def test_the_interval_of_90_percent_of_160_is_that_of_the_method():
    low, high = wilson(144, 160)
    assert (round(low, 2), round(high, 2)) == (0.84, 0.94)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == 1.0 and wilson(10, 10)[0] > 0.7


def test_percentiles_are_values_that_were_measured():
    assert percentile(range(1, 101), 95) == 95
    assert percentile([3.0], 50) == 3.0
    assert percentile([1, 2, 3, 4], 50) == 2
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_share_of_nothing_is_none():
    assert share(1, 4) == 0.25
    assert share(0, 0) is None


def test_the_right_answer_is_exact_and_nothing_is_wrong():
    found = outcome(Interpretation((CUT,)))
    assert (found.exact, found.state, found.same_ops, found.silently_wrong) == (True, True, True, False)


def test_the_same_draft_by_other_words_is_no_exact_frame_but_not_wrong():
    found = outcome(Interpretation(({"op": "trim", "params": {"start_s": 5}},)))
    assert (found.exact, found.state, found.same_ops, found.silently_wrong) == (False, True, False, False)


def test_an_accepted_answer_is_exact():
    both = replace(request(), accept=((ASK,),))
    found = outcome(Interpretation((ASK,), Missing("range")), both)
    assert found.exact and found.asked == Hits(1, 1, 1)


WRONG = {"op": "cut", "params": {"last_s": 5}}


@pytest.mark.parametrize(
    ("found", "silently", "applied"),
    [
        (Interpretation((WRONG,)), True, True),
        (Interpretation((WRONG,), unheard=("first",)), False, True),
        (Interpretation((WRONG, ASK), Missing("range")), False, True),
        (Interpretation((ASK,), Missing("range")), False, False),
        (Interpretation(()), False, False),
    ],
)
def test_wrong_is_silent_where_something_was_done_and_nothing_said(found: Any, silently: bool, applied: bool):
    became = outcome(found)
    assert (became.silently_wrong, became.applied_wrong, became.exact) == (silently, applied, False)


def test_a_question_where_none_was_wanted_costs_precision():
    outcomes = [outcome(Interpretation((ASK,))), outcome(Interpretation((ASK,)), request("cut a bit", ASK))]
    score = Score.of(outcomes)
    assert score.asked == Hits(1, 2, 1)
    assert score.talk.f1 == pytest.approx(2 / 3)
    assert score.record()["exact"] == 0.5


def test_a_reader_that_breaks_is_counted():
    def broken(text: str, context: Context) -> Interpretation:
        raise KeyError(text)

    found = answer(broken, request()).outcome
    assert (found.crashed, found.exact, found.silently_wrong) == (True, False, False)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ('add title "Summer Trip, 2024!" Somewhere, please', "Summer Trip, 2024!"),
        ("Rotate Beach Day.mp4 by 90 degrees.", "Beach Day.mp4"),
        ("Squeeze something under 8Mb/s, Really.", "8Mb/s"),
    ],
)
def test_what_is_data_stays_in_every_change(text: str, fixed: str):
    changed = dict(perturbed(request(text)))
    assert changed.keys() >= {"typo", "hurried", "fillers"}
    for kind in set(changed) - ({"full_width"} if fixed == "8Mb/s" else set()):
        assert fixed in changed[kind], kind


def test_changes_are_the_same_every_time_and_of_every_kind():
    chinese = request("把视频压缩到20兆, sharpen一下", lang="zh")
    assert list(perturbed(chinese)) == list(perturbed(chinese))
    assert {kind for kind, _ in perturbed(chinese)} == set(KINDS)


def test_full_width_and_traditional_read_as_they_were():
    changed = dict(perturbed(request("把视频压缩到20兆", lang="zh")))
    assert changed["full_width"] != changed["traditional"]
    assert {normalize(changed[kind]) for kind in ("full_width", "traditional")} == {"把视频压缩到20兆"}


def test_a_stop_between_numbers_stays():
    assert dict(perturbed(request("Not 10, 15. Cut, 1:30 please")))["hurried"] == "not 10, 15 cut 1:30 please"


def test_consistency_counts_answers_that_stay():
    def short_sighted(text: str, context: Context) -> Interpretation:
        return Interpretation((CUT,) if text[0] == "c" else ())

    answers = answer_all(short_sighted, [request("cut 5 seconds off, Now.")])
    counts = consistency(short_sighted, answers)
    assert counts["fillers"] == Hits(0, 1, 1)
    assert counts["full_width"] == Hits(1, 1, 1)


def test_the_page_is_written_from_the_record_alone(tmp_path: Path):
    answers = answer_all(lambda text, context: Interpretation((CUT,)), [request("secret words cut 5")])
    found = report.measured([one.outcome for one in answers], {"typo": Hits(1, 2, 2)})
    record = {"date": "2026-01-01", "machine": ["2 cores"], "load": 0.1, "sets": {"test": found}}
    report.write(record, tmp_path)
    page = (tmp_path / "understanding.md").read_text(encoding="utf-8")
    assert report.page(report.read(tmp_path)) == page
    assert "100.0 %" in page and "**missed**" in page
    assert not any("secret" in path.read_text(encoding="utf-8") for path in tmp_path.iterdir())


def test_the_committed_page_is_that_of_the_committed_numbers():
    if (report.FOLDER / f"{report.NAME}.json").exists():
        page = (report.FOLDER / f"{report.NAME}.md").read_text(encoding="utf-8")
        assert page == report.page(report.read())


def test_misses_of_the_held_out_split_are_not_shown(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="2"):
        main(["--split", "test", "--show"])
    assert "held out" in capsys.readouterr().err

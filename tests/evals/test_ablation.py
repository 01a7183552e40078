"""What a single phrase is worth: counted, told, and the words as they were."""

from __future__ import annotations

from collections import Counter

from evals.ablation import lines_lost, told
from evals.requests import Request
from slimreel.agent.context import Context
from slimreel.agent.interpretation import Interpretation


def request(number: int, text: str) -> Request:
    undo = ({"op": "undo", "params": {}},)
    return Request(id=f"x-{number}", lang="en", category="routing", context=Context(), text=text, ops=undo)


def test_a_form_costs_the_requests_that_need_it_and_is_there_again():
    words = {"undo": 1, "revert": 1, "please": 0, "absent": 0}

    def reader(text: str, context: Context) -> Interpretation:
        known = any(words.get(word) for word in text.split())
        return Interpretation(({"op": "undo", "params": {}},) if known else ())

    asked = [request(1, "undo please"), request(2, "undo"), request(3, "revert"), request(4, "undo revert")]
    lost = lines_lost(reader, asked, words)
    assert lost == Counter({2: 1, 1: 1, 0: 1})
    assert words == {"undo": 1, "revert": 1, "please": 0, "absent": 0}
    assert told(lost).startswith("3 forms taken away one by one: 3 cost at most 2 requests, none costs more")


def test_what_is_dear_is_told():
    assert "2 cost 5" in told(Counter({0: 7, 5: 2}))

"""How much hangs on single phrases: each word form of the lists taken away in turn, and the requests asked again.

Meaning should come from how words are put together, so that no one phrase carries more than a line or two. Only counts
are told, since the set may be held out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import MutableMapping, Sequence
from typing import Any

from evals.requests import Request
from evals.scoring import Reader, answer
from slimreel.agent.normalize import lower, normalize


def lines_lost(
    reader: Reader,
    requests: Sequence[Request],
    words: MutableMapping[str, Any],
) -> Counter[int]:
    """By number of requests that are no longer exact (below zero: now are): how many forms cost so many.

    `words` is what the reader looks forms up in; it is as before afterwards. Forms that no request holds cost none and
    are not counted.
    """
    texts = [lower(normalize(one.text)) for one in requests]
    right = [_is_exact(reader, one) for one in requests]
    forms = [form for form in words if any(form in text for text in texts)]
    lost: Counter[int] = Counter()
    for form in forms:
        places = [at for at, text in enumerate(texts) if form in text]
        meaning = words.pop(form)
        try:
            lost[sum(right[at] - _is_exact(reader, requests[at]) for at in places)] += 1
        finally:
            words[form] = meaning
    return lost


def told(lost: Counter[int]) -> str:
    """One line a person can read."""
    dear = {cost: count for cost, count in sorted(lost.items()) if cost > 2}
    worst = ", ".join(f"{count} cost {cost}" for cost, count in dear.items()) or "none costs more"
    return f"{lost.total()} forms taken away one by one: {_cheap(lost)} cost at most 2 requests, {worst}"


def _cheap(lost: Counter[int]) -> int:
    return sum(count for cost, count in lost.items() if cost <= 2)


def _is_exact(reader: Reader, request: Request) -> bool:
    return answer(reader, request).outcome.exact

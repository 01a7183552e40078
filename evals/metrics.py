"""Adds up what became of each request: shares with their intervals, F1 scores, times. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from evals.slots import Hits

Z_95 = 1.959964  # of the normal distribution, two-sided 95 %
ASKING = ("clarify", "out_of_scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one request. `asked` and `declined` count answers of that kind: right, given, wanted."""

    id: str
    lang: str
    category: str
    exact: bool  # the whole frame
    state: bool  # the same draft and goal
    by_draft: bool  # could its label be carried out, so that drafts were compared?
    same_ops: bool
    slots: Hits
    asked: Hits
    declined: Hits
    applied: bool  # anything but a question or a refusal
    named: bool  # a question was asked, or something named as not understood
    crashed: bool
    wall_ms: float
    cpu_ms: float

    @property
    def applied_wrong(self) -> bool:
        return self.applied and not self.state

    @property
    def silently_wrong(self) -> bool:
        return self.applied_wrong and not self.named


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The sums over some requests, as they are written down."""

    requests: int
    exact: int
    state: int
    by_draft: int
    same_ops: int
    slots: Hits
    asked: Hits
    declined: Hits
    silently_wrong: int
    applied_wrong: int
    crashed: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Score:
        return cls(
            requests=len(outcomes),
            exact=sum(one.exact for one in outcomes),
            state=sum(one.state for one in outcomes),
            by_draft=sum(one.by_draft for one in outcomes),
            same_ops=sum(one.same_ops for one in outcomes),
            slots=total(one.slots for one in outcomes),
            asked=total(one.asked for one in outcomes),
            declined=total(one.declined for one in outcomes),
            silently_wrong=sum(one.silently_wrong for one in outcomes),
            applied_wrong=sum(one.applied_wrong for one in outcomes),
            crashed=sum(one.crashed for one in outcomes),
        )

    @property
    def talk(self) -> Hits:
        """Questions and refusals together: each counts only where one of its own kind was wanted."""
        return self.asked + self.declined

    def record(self) -> dict[str, Any]:
        """The sums and what follows from them, for JSON."""
        low, high = wilson(self.exact, self.requests)
        hits = {"slots": self.slots, "clarify": self.asked, "out_of_scope": self.declined, "talk": self.talk}
        return {
            "requests": self.requests,
            "exact": share(self.exact, self.requests),
            "exact_low": low,
            "exact_high": high,
            "state": share(self.state, self.requests),
            "compared_as_drafts": self.by_draft,
            "op_set": share(self.same_ops, self.requests),
            **{name: _written(one) for name, one in hits.items()},
            "silently_wrong": share(self.silently_wrong, self.requests),
            "applied_wrong": share(self.applied_wrong, self.requests),
            "crashed": self.crashed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two requests in one sentence: how many there were, how many gave what both ask for, named something as not
    understood, and dropped something without a word. The rest did as many operations, but others."""

    pairs: int
    right: int
    named: int
    dropped: int

    def record(self) -> dict[str, Any]:
        return {
            "pairs": self.pairs,
            "right": share(self.right, self.pairs),
            "named": share(self.named, self.pairs),
            "dropped": share(self.dropped, self.pairs),
        }


def total(hits: Iterable[Hits]) -> Hits:
    return sum(hits, Hits())


def share(part: int, whole: int) -> float | None:
    """A share of something; None of nothing."""
    return round(part / whole, 4) if whole else None


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which holds for few tries and for shares near 0 and 1."""
    if not tries:
        return 0.0, 1.0
    p, z2 = hits / tries, Z_95**2
    middle = (p + z2 / (2 * tries)) / (1 + z2 / tries)
    half = Z_95 / (1 + z2 / tries) * sqrt(p * (1 - p) / tries + z2 / (4 * tries**2))
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed. Raises ValueError without values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)]


def _written(hits: Hits) -> dict[str, float | int]:
    return {
        "right": hits.right,
        "given": hits.given,
        "wanted": hits.wanted,
        "precision": round(hits.precision, 4),
        "recall": round(hits.recall, 4),
        "f1": round(hits.f1, 4),
    }

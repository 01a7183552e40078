"""The weights of the model of turns, and how likely they make each candidate (decision 0030).

They were learned by evals.learn_turns. Knows no word and no operation.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from slimreel.agent.turns.candidate import Candidate
from slimreel.agent.turns.features import Words, features, of_none
from slimreel.data.tables import learned

_SPREAD = 2_654_435_761  # Knuth's multiplier: a name beside a word has a place of its own


@dataclass(frozen=True, slots=True)
class Model:
    """A byte for each bucket of features, in steps of one size."""

    step: float
    weights: bytes


@dataclass(slots=True)
class Places:
    """Where the weights of the features of one turn are: of a name, and of it beside every word. Two may share one."""

    words: Sequence[str]
    buckets: int
    known: dict[str, list[int]] = field(default_factory=dict)
    hashes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hashes = [zlib.crc32(word.encode()) for word in self.words]

    def of(self, name: str) -> list[int]:
        places = self.known.get(name)
        if places is None:
            own = zlib.crc32(name.encode())
            if name.startswith("*"):
                places = [(own * _SPREAD + word) % self.buckets for word in self.hashes]
            else:
                places = [own % self.buckets]
            self.known[name] = places
        return places


def names_of(words: Words, one: Candidate | None) -> set[str]:
    """The features of a candidate, or of there being none."""
    return set(of_none(words) if one is None else features(words, one))


def shares(words: Words, there: Sequence[Candidate]) -> list[float]:
    """How likely each candidate is meant, and at the end how likely none; they sum to one."""
    model = _model()
    places = Places(words.said, len(model.weights))
    weights = memoryview(model.weights).cast("b")
    sums: dict[str, tuple[int, int]] = {}

    def score(names: Iterable[str]) -> float:
        total = count = 0
        for name in names:
            found = sums.get(name)
            if found is None:
                at = places.of(name)
                found = sums[name] = (sum(weights[place] for place in at), len(at))
            total += found[0]
            count += found[1]
        return model.step * total / math.sqrt(count or 1)

    scores = [score(names_of(words, one)) for one in _and_none(there)]
    highest = max(scores)
    odds = [math.exp(one - highest) for one in scores]
    whole = sum(odds)
    return [one / whole for one in odds]


def _and_none(there: Sequence[Candidate]) -> Iterator[Candidate | None]:
    yield from there
    yield None


@cache
def _model() -> Model:
    head, _, weights = learned("turns").partition(b"\n")
    return Model(json.loads(head)["step"], weights)

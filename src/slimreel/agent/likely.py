"""What a request most likely asks for, by its letters and the meanings of its words: a linear model (decision 0029).

It was learned from the requests of evals/requests/dev.jsonl by evals.learn. It knows no grammar and fills no parameter.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.data.tables import learned

# Letters that are looked at: a longer request is a list, and its beginning tells little less than the whole.
_MOST_LETTERS = 300
_MOST_PIECES = 60
_GRAMS = (2, 3, 4)  # letters
_MOST_MEANINGS = 4  # of a piece, in pairs with the one after the next
NOTHING = "nothing"  # what asks for nothing: thanks, not yet
_HAN = "\u2e80"


@dataclass(frozen=True, slots=True)
class Guess:
    """What a request may ask for: an operation, or `clarify:about`, `out_of_scope:reason`. `share` is 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by bucket of features and by name: a byte each, in steps of the name's own."""

    names: tuple[str, ...]
    biases: tuple[float, ...]
    steps: tuple[float, ...]
    buckets: int
    weights: bytes  # buckets x names, signed

    def scores(self, buckets: Iterable[int]) -> list[float]:
        """How much speaks for each name, of features whose squares sum to one."""
        width = len(self.names)
        weights = memoryview(self.weights).cast("b")
        rows = [weights[at * width : (at + 1) * width].tolist() for at in buckets]
        length = math.sqrt(len(rows)) or 1.0
        totals = [sum(column) for column in zip(*rows, strict=True)] or [0] * width
        return [bias + step * total / length for bias, step, total in zip(self.biases, self.steps, totals, strict=True)]


def guesses(pieces: Sequence[Piece], plain: str, context: Context) -> list[Guess]:
    """Everything that it may be, the likeliest first; the shares sum to one."""
    model = _model()
    scores = model.scores(buckets_of(features(pieces, plain, context), model.buckets))
    highest = max(scores)
    odds = [math.exp(score - highest) for score in scores]
    total = sum(odds)
    found = (Guess(name, one / total) for name, one in zip(model.names, odds, strict=True))
    return sorted(found, key=lambda guess: -guess.share)


def label_of(ops: Sequence[Mapping[str, Any]]) -> str:
    """The name of what a list of commands comes to; several operations joined by "+"."""
    return "+".join(sorted({_named(one) for one in ops})) or NOTHING


def _named(command: Mapping[str, Any]) -> str:
    said = command["params"]
    which = {"clarify": said.get("about"), "out_of_scope": said.get("reason")}.get(str(command["op"]))
    return str(command["op"]) if which is None else f"{command['op']}:{which}"


def features(pieces: Sequence[Piece], plain: str, context: Context) -> set[str]:
    """What is seen of a request. Quoted texts and names of files are marks in `plain`: they say nothing of the wish."""
    return {*_letters(plain), *_meanings(pieces), *_session(context)}


def buckets_of(seen: Iterable[str], buckets: int) -> list[int]:
    """Where the weights of features are; two features may share a place."""
    return sorted({zlib.crc32(one.encode()) % buckets for one in seen})


def _letters(plain: str) -> Iterator[str]:
    text = f" {re.sub(r'[0-9]+', '0', plain[:_MOST_LETTERS].lower())} "
    yield from (f"c{letter}" for letter in text if letter > _HAN)
    for length in _GRAMS:
        yield from (f"c{text[at : at + length]}" for at in range(len(text) - length + 1))
    words = re.findall(rf"[a-z0-9']+|[{_HAN}-\U0010ffff]", text)
    yield from (f"w{word}" for word in words)
    yield from (f"b{one} {other}" for one, other in pairwise(words))
    yield f"words {min(12, len(words))}"


def _meanings(pieces: Sequence[Piece]) -> Iterator[str]:
    there = [means for piece in pieces[:_MOST_PIECES] if (means := sorted(piece.means - {"filler"}))]
    yield from (f"m{one}" for means in there for one in means)
    yield from (f"p{one}>{other}" for means, after in pairwise(there) for one in means for other in after)
    for means, after in zip(there, there[2:], strict=False):
        yield from (f"q{one}>{other}" for one in means[:_MOST_MEANINGS] for other in after[:_MOST_MEANINGS])
    if there:
        yield from (f"first {one}" for one in there[0])
        yield from (f"last {one}" for one in there[-1])
    yield f"pieces {min(8, len(there))}"


def _session(context: Context) -> Iterator[str]:
    yield from (f"element {one.type}" for one in context.elements)
    yield from (f"after {one.get('op')}" for one in context.last_ops[-1:])
    yield f"clips {min(3, len(context.clips))}"
    if context.jobs:
        yield "a render"


@cache
def _model() -> Model:
    head, _, weights = learned("likely").partition(b"\n")
    found = json.loads(head)
    return Model(tuple(found["names"]), tuple(found["biases"]), tuple(found["steps"]), found["buckets"], weights)

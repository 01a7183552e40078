"""Learns the model of `slimreel.agent.turns`: `uv run --group learn python -m evals.learn_turns`.

It sees every turn of dev that follows another, with all that it could have asked for and what it did ask for, and
nothing that is held out. Most turns of a session are about something new: so it sees requests of dev that stand alone
as well, each behind the last turn of another. The likelihood of the right candidates is maximised, a penalty on large
weights beside it.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from evals.frames import frame_of, same_frame
from evals.requests import Request, read_set, split_path
from slimreel.agent.context import Context
from slimreel.agent.interpret import read_afresh
from slimreel.agent.sentence import pieces_of
from slimreel.agent.turns.candidates import candidates
from slimreel.agent.turns.features import Words
from slimreel.agent.turns.heard import hear
from slimreel.agent.turns.model import Places, names_of

BUCKETS = 1 << 18
CARE = 0.001  # on turns by people it had not seen 0.003 and 0.02 found less, 0.0005 more that was sure and wrong
ROUNDS = 60  # more gain nothing there
MOST_ALONE = 3000
_ALONE = ("edit", "compress", "multi", "routing", "out_of_scope")
PATH = Path(__file__).parents[1] / "src" / "slimreel" / "data" / "learned" / "turns.zlib"
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One turn: where the features of each candidate are, none of them being the last, and which are right."""

    places: tuple[NDArray[np.int32], ...]
    right: NDArray[np.bool_]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.learn_turns", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=split_path("dev"), help="requests to learn from")
    parser.add_argument("--out", type=Path, default=PATH, help="where the model goes")
    asked = parser.parse_args(arguments)
    requests = read_set(asked.source)
    following = [one for one in requests if one.category == "followup" or one.context.last_ops]
    turns = [*following, *behind_others([one for one in requests if one.category in _ALONE], following)]
    examples = [example(one) for one in turns]
    weights = learned(examples)
    step = float(np.abs(weights).max()) / 127
    head = {"step": float(f"{step:.6g}"), "turns": len(turns)}
    small = np.rint(weights / step).astype(np.int8)
    asked.out.write_bytes(zlib.compress(json.dumps(head).encode() + b"\n" + small.tobytes(), 9))
    found = np.mean([one.right[:-1].any() for one in examples[: len(following)]])
    print(f"{len(turns)} turns, {asked.out.stat().st_size} bytes")
    print(f"{found:.1%} of the {len(following)} that follow another have a right candidate")
    return 0


def behind_others(alone: Sequence[Request], following: Sequence[Request]) -> list[Request]:
    """Requests of their own, each said after the last turn of another session, of another operation."""
    chance = random.Random(MOST_ALONE)
    before = [one.context for one in following if _has_last_alone(one.context)]
    found = []
    for one in chance.sample(list(alone), len(alone)) if before else ():
        last = chance.choice(before)
        op = str(last.last_ops[-1]["op"])
        if one.context.elements or one.context.last_ops or any(command["op"] == op for command in one.ops):
            continue
        context = replace(one.context, elements=last.elements, last_ops=last.last_ops[-1:])
        found.append(replace(one, context=context))
    return found[:MOST_ALONE]


def _has_last_alone(context: Context) -> bool:
    """Was the last turn about no clip of the session, so that it could have been said in another?"""
    done = context.last_ops[-1] if context.last_ops else {}
    said = done.get("params")
    return isinstance(said, dict) and not said.keys() & {"clip", "clips", "order", "target", "at", "range_s"}


def example(request: Request) -> Example:
    context = request.context
    pieces, plain = pieces_of(request.text, context)
    heard = hear(pieces, plain, context, read_afresh(pieces, plain, context))
    words, there = Words.of(heard), candidates(heard)
    where = Places(words.said, BUCKETS)
    answers = [frame_of(one, context) for one in request.answers]
    frames = (frame_of(one.commands, context) for one in there)
    right = [any(same_frame(frame, answer) for answer in answers) for frame in frames]
    places = tuple(
        np.array([place for name in names_of(words, one) for place in where.of(name)], dtype=np.int32)
        for one in (*there, None)
    )
    return Example(places, np.array([*right, not any(right)]))


def learned(examples: Sequence[Example]) -> Array:
    """The weights of a log-linear model of the candidates of each turn."""
    seen = _matrix(examples)
    back = seen.T.tocsr()
    sizes = [len(one.places) for one in examples]
    starts = np.cumsum([0, *sizes])[:-1]
    of = np.repeat(np.arange(len(sizes)), sizes)
    right = np.concatenate([one.right for one in examples]).astype(float)

    def loss(weights: Array) -> tuple[float, Array]:
        scores = seen @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        whole = np.add.reduceat(odds, starts)
        good = np.maximum(np.add.reduceat(odds * right, starts), 1e-300)
        value = float((np.log(whole) - np.log(good)).sum()) + CARE / 2 * float(weights @ weights)
        slope = back @ (odds / whole[of] - odds * right / good[of]) + CARE * weights
        return value, slope

    found = minimize(loss, np.zeros(BUCKETS), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    weights: Array = found.x
    return weights


def _matrix(examples: Sequence[Example]) -> csr_matrix:
    """A row for each candidate, of length one."""
    rows = [places for one in examples for places in one.places]
    counts = [len(row) for row in rows]
    values = np.repeat([1 / np.sqrt(count or 1) for count in counts], counts)
    found = csr_matrix((values, np.concatenate(rows), np.cumsum([0, *counts])), shape=(len(rows), BUCKETS))
    found.sum_duplicates()
    return found


if __name__ == "__main__":
    raise SystemExit(main())

"""Learns the model of `slimreel.agent.likely`: `uv run --group learn python -m evals.learn`.

It sees the requests of dev that are one operation, one question or one refusal, those of named.jsonl, of which only the
name is known, and nothing that is held out.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from evals.requests import FOLDER, Named, read_named, read_set, split_path
from slimreel.agent.likely import buckets_of, features, label_of
from slimreel.agent.sentence import pieces_of

BUCKETS = 16384  # half as many cost half a point of the right names
CARE = 100.0  # of 30, 100 and 400 the best on sets that were written after those it learned from
PATH = Path(__file__).parents[1] / "src" / "slimreel" / "data" / "learned" / "likely.zlib"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.learn", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=split_path("dev"), help="requests to learn from")
    parser.add_argument("--named", type=Path, default=FOLDER / "named.jsonl", help="requests with their names")
    parser.add_argument("--out", type=Path, default=PATH, help="where the model goes")
    asked = parser.parse_args(arguments)
    requests = [*_of_dev(asked.source), *read_named(asked.named)]
    labels = [one.label for one in requests]
    found = LogisticRegression(C=CARE, max_iter=100, tol=1e-3).fit(_matrix(requests), labels)
    steps = np.abs(found.coef_).max(axis=1) / 127
    head = {
        "names": list(found.classes_),
        "biases": [round(float(one), 4) for one in found.intercept_],
        "steps": [float(f"{one:.6g}") for one in steps],
        "buckets": BUCKETS,
        "requests": len(requests),
    }
    weights = np.rint(found.coef_ / steps[:, None]).astype(np.int8).T
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(zlib.compress(json.dumps(head).encode() + b"\n" + weights.tobytes(), 9))
    print(f"{len(requests)} requests, {len(found.classes_)} names, {asked.out.stat().st_size} bytes")
    return 0


def _of_dev(path: Path) -> list[Named]:
    found = [Named(one.text, label_of(one.ops), one.context) for one in read_set(path)]
    return [one for one in found if "+" not in one.label]


def _matrix(requests: Sequence[Named]) -> csr_matrix:
    """A row for each request, of length one."""
    rows = []
    for one in requests:
        pieces, plain = pieces_of(one.text, one.context)
        rows.append(buckets_of(features(pieces, plain, one.context), BUCKETS))
    counts = [len(row) for row in rows]
    values = np.repeat([1 / np.sqrt(count) for count in counts], counts)
    return csr_matrix((values, np.concatenate(rows), np.cumsum([0, *counts])), shape=(len(rows), BUCKETS))


if __name__ == "__main__":
    raise SystemExit(main())

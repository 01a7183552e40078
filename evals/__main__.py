"""Scores the reader of sentences: `uv run python -m evals`. It only calls; README.md tells what is measured."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from evals import ablation, joined, report
from evals.frames import frame_of
from evals.requests import HELD_OUT, SPLITS, BadSet, label_problems, read_set, split_path
from evals.scoring import Answered, answer_all, consistency, warm_up
from slimreel.agent.interpret import interpret
from slimreel.agent.words import words


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.show and asked.split in HELD_OUT:
        parser.error(f"the split {asked.split} is held out: its misses are not shown")
    if asked.render:
        return _render(asked.out)
    if asked.ablate:
        print(ablation.told(ablation.lines_lost(interpret, read_set(split_path(asked.split or "test")), words())))
        return 0
    sets = {name: split_path(name) for name in ([asked.split] if asked.split else SPLITS)}
    sets |= {path.stem: path for path in asked.add}
    record = report.surroundings() | {"sets": {}}
    warm_up(interpret)
    for name, path in sets.items():
        try:
            requests = read_set(path)
        except BadSet as error:
            parser.error(str(error))
        if not requests:
            parser.error(f"{path.name}: no requests")
        for problem in (found for one in requests for found in label_problems(one)):
            print(f"{name}: label of {problem}", file=sys.stderr)
        answers = answer_all(interpret, requests)
        pairs = joined.read_joined(interpret, answers)
        kept = consistency(interpret, answers)
        found = report.measured([one.outcome for one in answers], kept, joined.counted(pairs))
        record["sets"][name] = found
        print(report.summary(name, found), flush=True)
        if asked.show and path == split_path("dev"):
            _show([*answers, *pairs])
    if asked.split is None:
        report.write(record, asked.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--split", choices=SPLITS, help="only this split; nothing is written")
    parser.add_argument("--show", action="store_true", help="print the misses of dev; those of other sets never")
    parser.add_argument("--add", metavar="FILE", type=Path, action="append", default=[], help="another set of requests")
    parser.add_argument("--ablate", action="store_true", help="take every phrase away in turn; minutes")
    parser.add_argument("--render", action="store_true", help="write the page again from the JSON")
    parser.add_argument("--out", metavar="FOLDER", type=Path, default=report.FOLDER, help="where results go")
    return parser


def _render(folder: Path) -> int:
    try:
        report.write(report.read(folder), folder)
    except FileNotFoundError:
        print(f"no {report.NAME}.json in {folder.name}/ yet: run `python -m evals` first", file=sys.stderr)
        return 1
    return 0


def _show(answers: Sequence[Answered]) -> None:
    """Every miss: what was wanted, what came, and whether it is at least the same state."""
    for one in answers:
        if one.outcome.exact:
            continue
        found, context = one.found, one.request.context
        mark = "same state" if one.outcome.state else "silently wrong" if one.outcome.silently_wrong else "wrong"
        print(f"\n{one.request.id} ({mark}): {one.request.text}")
        for answer in one.request.answers:
            print(f"  wanted {list(frame_of(answer, context))}")
        print("  crashed" if found is None else f"  given  {list(one.frame or ())}, unheard {list(found.unheard)}")


if __name__ == "__main__":
    sys.exit(main())

"""Writes what was measured as JSON and as a page: targets first, then every category and language of every set.

No text of any request is in it, and no id of one that is held out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import machine
from bench.markdown import table
from evals.metrics import Joined, Outcome, Score, percentile, total
from evals.requests import CATEGORIES, LANGUAGES
from evals.slots import Hits

FOLDER = Path(__file__).with_name("results")
NAME = "understanding"
Record = dict[str, Any]

# Of the issue; what is measured by which number of a set, and whether more is better.
_TARGETS: tuple[tuple[str, Callable[[Record], float | None], float, bool, str], ...] = (
    ("Whole frame exact, English", lambda one: one["groups"]["en"]["exact"], 0.90, True, "%"),
    ("Whole frame exact, Chinese and mixed", lambda one: one["groups"]["zh and mixed"]["exact"], 0.88, True, "%"),
    ("Whole frame exact, follow-ups", lambda one: one["groups"]["followup"]["exact"], 0.85, True, "%"),
    ("Questions and refusals, F1", lambda one: one["groups"]["all"]["talk"]["f1"], 0.90, True, ""),
    ("Silently wrong", lambda one: one["groups"]["all"]["silently_wrong"], 0.03, False, "%"),
    ("The same answer when perturbed", lambda one: one["consistency"]["all"]["share"], 0.95, True, "%"),
    ("Time for a sentence after the start, 95th percentile", lambda one: one["latency_ms"]["p95"], 20.0, False, "ms"),
)


def measured(outcomes: Sequence[Outcome], kept: Mapping[str, Hits], joined: Joined | None = None) -> Record:
    """All numbers of one set."""
    groups: dict[str, list[Outcome]] = {"all": list(outcomes)}
    groups |= {name: [one for one in outcomes if one.category == name] for name in _names(outcomes, "category")}
    groups |= {name: [one for one in outcomes if one.lang == name] for name in _names(outcomes, "lang")}
    groups["zh and mixed"] = [one for one in outcomes if one.lang in ("zh", "mixed")]
    groups.setdefault("en", [])
    groups.setdefault("followup", [])
    every = {"all": total(kept.values()), **kept}
    wall, cpu = [one.wall_ms for one in outcomes], [one.cpu_ms for one in outcomes]
    return {
        "groups": {name: Score.of(found).record() for name, found in groups.items()},
        "consistency": {
            name: {"share": round(one.right / one.given, 4) if one.given else None, "texts": one.given}
            for name, one in every.items()
        },
        "joined": None if joined is None else joined.record(),
        "latency_ms": {
            "p50": round(percentile(wall, 50), 2),
            "p95": round(percentile(wall, 95), 2),
            "most": round(max(wall), 2),
            "cpu_p50": round(percentile(cpu, 50), 2),
            "cpu_p95": round(percentile(cpu, 95), 2),
        },
    }


def surroundings() -> Record:
    """When and on what the numbers were taken, in words; what only encodes is left out."""
    words = [word for word in machine.describe() if not word.startswith(("FFmpeg", "HandBrake"))]
    return {"date": machine.today(), "machine": words, "load": round(machine.load(), 1)}


def write(record: Record, folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{NAME}.json").write_text(text, encoding="utf-8")
    (folder / f"{NAME}.md").write_text(page(record), encoding="utf-8")


def read(folder: Path = FOLDER) -> Record:
    """What was written before. Raises FileNotFoundError where nothing was."""
    found: Record = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
    return found


def page(record: Record) -> str:
    """The page of a record."""
    sets: dict[str, Record] = record["sets"]
    main = "test" if "test" in sets else next(iter(sets))
    told = (
        f"{record['date']}, {', '.join(record['machine'])}; load {record['load']} before the run. Written by "
        "`uv run python -m evals`; [README.md](../README.md) says what each number is. "
        "The splits `test` and `everyday` are held out: nobody reads them to change the code, and their misses are "
        "never shown."
    )
    parts = [
        "# How well sentences become exact edits",
        told,
        f"## Targets, on `{main}`",
        _targets(sets, main),
    ]
    for name, one in sets.items():
        parts += [f"## `{name}`: {one['groups']['all']['requests']} requests", _groups(one), _rest(one)]
    return "\n\n".join(parts) + "\n"


def summary(name: str, one: Record) -> str:
    """A set in a few lines, for the terminal."""
    lines = [f"{name}: {one['groups']['all']['requests']} requests"]
    for group, score in one["groups"].items():
        if score["requests"]:
            lines.append(
                f"  {group:14} {score['requests']:4}  exact {_percent(score['exact']):>6}  "
                f"state {_percent(score['state']):>6}  slots F1 {score['slots']['f1']:.3f}  "
                f"silently wrong {_percent(score['silently_wrong'])}"
            )
    talk, time = one["groups"]["all"]["talk"], one["latency_ms"]
    kept = ", ".join(f"{kind} {_percent(found['share'])}" for kind, found in one["consistency"].items())
    lines.append(f"  questions and refusals F1 {talk['f1']:.3f}; the same when perturbed: {kept}")
    if one.get("joined"):
        lines.append(f"  {_of_joined(one['joined'])}")
    lines.append(f"  p50 {time['p50']} ms, p95 {time['p95']} ms (CPU {time['cpu_p95']} ms)")
    return "\n".join(lines)


def _targets(sets: Mapping[str, Record], main: str) -> str:
    others = [name for name in sets if name != main]
    rows = []
    for title, found, bound, more, unit in _TARGETS:
        value = found(sets[main])
        met = value is not None and (value >= bound if more else value <= bound)
        sign = "≥" if more else "≤"
        cells = [_value(found(sets[name]), unit) for name in others]
        verdict = "met" if met else "**missed**" if value is not None else "–"
        rows.append([title, f"{sign} {_value(bound, unit)}", _value(value, unit), verdict, *cells])
    return table(["", "target", f"`{main}`", "", *(f"`{name}`" for name in others)], rows)


def _groups(one: Record) -> str:
    head = ["", "requests", "exact", "95 % interval", "state", "op set", "slot P", "slot R", "slot F1",
            "silently wrong", "applied and wrong"]  # fmt: skip
    rows = [
        [
            name,
            str(score["requests"]),
            _percent(score["exact"]),
            f"{_percent(score['exact_low'])} … {_percent(score['exact_high'])}",
            *(_percent(score[key]) for key in ("state", "op_set")),
            *(f"{score['slots'][key]:.3f}" for key in ("precision", "recall", "f1")),
            *(_percent(score[key]) for key in ("silently_wrong", "applied_wrong")),
        ]
        for name, score in one["groups"].items()
        if score["requests"]
    ]
    return table(head, rows)


def _rest(one: Record) -> str:
    whole, time = one["groups"]["all"], one["latency_ms"]
    answers = [
        [title, *(str(whole[key][count]) for count in ("wanted", "given", "right")),
         *(f"{whole[key][rate]:.3f}" for rate in ("precision", "recall", "f1"))]
        for title, key in (("questions", "clarify"), ("refusals", "out_of_scope"), ("both", "talk"))
    ]  # fmt: skip
    kinds = [[name, str(found["texts"]), _percent(found["share"])] for name, found in one["consistency"].items()]
    times = (
        f"A sentence takes {time['p50']} ms in the middle, {time['p95']} ms at the 95th percentile, {time['most']} ms "
        f"at most; of the processor {time['cpu_p50']} and {time['cpu_p95']} ms. "
        f"{whole['compared_as_drafts']} labels lead to another draft and were compared as drafts, the rest as frames. "
        f"Crashes: {whole['crashed']}."
    )
    return "\n\n".join([
        table(["", "wanted", "given", "right", "precision", "recall", "F1"], answers),
        table(["perturbed", "texts", "same answer"], kinds),
        *([f"Two requests in one sentence: {_of_joined(one['joined'])}."] if one.get("joined") else []),
        times,
    ])  # fmt: skip


def _of_joined(found: Record) -> str:
    return (
        f"{found['pairs']} pairs, {_percent(found['right'])} right, {_percent(found['named'])} with something named, "
        f"{_percent(found['dropped'])} dropped something without a word"
    )


def _names(outcomes: Iterable[Outcome], field: str) -> list[str]:
    """The categories or languages there are, in the order of the issue."""
    order = (*CATEGORIES, *LANGUAGES)
    found = {str(getattr(one, field)) for one in outcomes}
    return sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return _percent(value) if unit == "%" else f"{value:.1f} ms" if unit == "ms" else f"{value:.3f}"

"""Writes the page of every operation, and their index: from the operation's file, its schema and its example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.showcase import examples
from slimreel.agent.reply import say, say_error
from slimreel.edit.operation import Operation, params_schema
from slimreel.edit.registry import operations
from slimreel.edit.schema import about, picture, values_in_words

PICTURES = Path("operations/pictures")  # below docs/reference
_CREDIT = (
    "Pictures: *flower.mp4* of MDN's [interactive examples](https://github.com/mdn/interactive-examples) (CC0 1.0) "
    "with the voice of *example-cut-s16le.wav* of [auto-editor](https://github.com/WyattBlue/auto-editor) (Unlicense); "
    "dusk, music and logo are made by `scripts/showcase`."
)


def operation_pages(note: str) -> dict[str, str]:
    """File name below docs/reference to text."""
    found = {"operations.md": index(note)}
    for op, kind in operations().items():
        found[f"operations/{op}.md"] = "\n".join([note, *_page(op, kind)]) + "\n"
    return found


def picture_names(op: str) -> tuple[str, str]:
    """The files below PICTURES that show what is before the operation and what after it."""
    return f"{op}-before.webp", f"{op}-after.webp"


def index(note: str) -> str:
    lines = [
        note,
        "# Operations",
        "",
        'What can be done to a timeline, as commands `{"op": …, "params": {…}}` for',
        "[`slimreel edit`](../howto/edit.md) and the [library](../library.md). Times are seconds on the timeline; with",
        "`clip` they count from the start of that clip. Edits are done in the order said, outputs after them. A page",
        "shows the picture before and after, how people ask for it, the parameters, and what is refused.",
        "",
        "The ways of asking are for whoever turns words into commands, a chat or an assistant: `slimreel edit` itself",
        "takes the commands.",
    ]
    kinds = operations()
    by_group: dict[str, list[str]] = {}
    for op, example in examples.examples().items():
        by_group.setdefault(example.group, []).append(op)
    for group, names in by_group.items():
        rows = [f"| [`{op}`](operations/{op}.md) | {cell(_paragraph(kinds[op]))} |" for op in names]
        lines += ["", f"## {group}", "", "| operation | what it does |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _page(op: str, kind: type[Operation]) -> Iterator[str]:
    example = examples.examples()[op]
    yield from (f"# `{op}`", "", about(kind), "")
    yield from (f"    {line}".rstrip() for line in picture(kind).splitlines())
    yield from ("", *_shown(op), "")
    yield from ("## Asked for in words", "")
    yield from (f"- {' · '.join(f'“{said}”' for said in asked)}" for asked in (example.en, example.zh))
    yield from ("", "## As a command", "")
    if example.turns:
        done = "; then ".join(", ".join(_command(one.op, one.params) for one in turn) for turn in example.turns)
        yield from (f"After {done}:", "")
    yield from (f"    {json.dumps({'op': op, 'params': example.params}, ensure_ascii=False)}", "", "It answers:", "")
    _, told = examples.after(op)
    yield from (f"- {say(change)} · {say(change, 'zh')}" for change in told)
    rows = [_row(name, facts) for name, facts in params_schema(kind)["properties"].items()]
    if rows:
        yield from ("", "## Parameters", "", "| parameter | values | default | meaning |", "|---|---|---|---|", *rows)
    refused = [
        f"| {cell(_command(op, params))} | {cell(say_error(error))} |" for params, error in examples.refusals(op)
    ]
    if refused:
        yield from ("", "## What is refused", "", "| for example | answer |", "|---|---|", *refused)
    yield from ("", "---", "", f"[All operations](../operations.md) · {_CREDIT}")


def _shown(op: str) -> Iterator[str]:
    """The two pictures: side by side where they are single frames, one above the other where time runs along them."""
    example = examples.examples()[op]
    images = [
        f"![{op}: {when}](pictures/{name})" for when, name in zip(("before", "after"), picture_names(op), strict=True)
    ]
    if example.view == "frame":
        yield from ("| before | after |", "|---|---|", f"| {images[0]} | {images[1]} |")
    else:
        yield from ("before", "", images[0], "", "after", "", images[1])
    if example.note:
        yield from ("", f"*{example.note}*")


def _command(op: str, params: dict[str, Any]) -> str:
    return f"`{json.dumps({'op': op, 'params': params}, ensure_ascii=False)}`"


def _paragraph(kind: type[Operation]) -> str:
    return about(kind).partition(". ")[0].rstrip(".") + "."


def _row(name: str, facts: dict[str, Any]) -> str:
    return f"| `{name}` | {cell(values_in_words(facts))} | {_default(facts)} | {cell(facts.get('description'))} |"


def _default(facts: dict[str, Any]) -> str:
    if "default" not in facts:
        return "has to be given"
    return "" if facts["default"] in (None, []) else f"`{json.dumps(facts['default'])}`"


def cell(text: str | None) -> str:
    """Text for a cell of a table."""
    return " ".join((text or "").split()).replace("|", "\\|")

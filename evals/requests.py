"""Reads a set of requests, one JSON object a line, and checks that its labels are commands that exist.

What it says of a bad line is the file, the number and the id, never the text: one of the sets is held out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slimreel.agent.context import Context, read_context
from slimreel.edit.log import EditCommand
from slimreel.edit.registry import operations, read_operation
from slimreel.errors import EditRefused

FOLDER = Path(__file__).with_name("requests")
SPLITS = ("dev", "test", "everyday")
HELD_OUT = ("test", "everyday")  # nobody reads these to change a rule
LANGUAGES = ("en", "zh", "mixed")
CATEGORIES = ("compress", "edit", "multi", "followup", "routing", "clarify", "out_of_scope")

# What is asked of the session and not of the draft: each parameter with the values it can have, () for any text.
ROUTING: dict[str, dict[str, tuple[str, ...]]] = {
    "status": {"scope": ("timeline", "render")},
    "credits": {},
    "upload": {"url": ()},
    "cancel": {"job": ()},
    "help": {"topic": ()},
    "clarify": {"about": ("range", "clip", "text", "unit", "file", "amount", "aspect")},
    "out_of_scope": {"reason": ("not_video", "generative", "copyright", "unsafe", "unsupported")},
}

Command = Mapping[str, Any]
Commands = tuple[Command, ...]


class BadSet(ValueError):
    """A file that is no set of requests."""


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence, what it is said in, and the commands that are right; `accept` holds other answers as good."""

    id: str
    lang: str
    category: str
    context: Context
    text: str
    ops: Commands
    accept: tuple[Commands, ...] = ()

    @property
    def answers(self) -> tuple[Commands, ...]:
        """Every right answer, the label itself first."""
        return (self.ops, *self.accept)


@dataclass(frozen=True, slots=True)
class Named:
    """A sentence of which only the operation is known, by the name of `slimreel.agent.likely.label_of`."""

    text: str
    label: str
    context: Context


def split_path(name: str) -> Path:
    return FOLDER / f"{name}.jsonl"


def read_set(path: Path) -> tuple[Request, ...]:
    """The requests of a file. Raises BadSet where a line is none, or two have the same id."""
    found: list[Request] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadSet(f"{path.name}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_request(line, f"{path.name}, line {number}"))
    ids = [one.id for one in found]
    if len(set(ids)) < len(ids):
        twice = sorted({one for one in ids if ids.count(one) > 1})
        raise BadSet(f"{path.name}: ids that stand twice: {', '.join(twice)}")
    return tuple(found)


def label_problems(request: Request) -> list[str]:
    """What is wrong with the labels of a request: operations that do not exist, parameters they do not take."""
    answers = request.answers
    return [f"{request.id}: {found}" for answer in answers for one in answer if (found := command_problem(one))]


def command_problem(command: Command) -> str:
    """Why this is no command; empty where it is one."""
    op, params = command["op"], command["params"]
    if op in operations():
        try:
            read_operation(EditCommand(op=op, params=dict(params)))
        except EditRefused as error:
            return f"{op}: parameter {error.fields.get('field', '?')} is not accepted"
        return ""
    if op not in ROUTING:
        return "there is no such operation"
    for name, value in params.items():
        allowed = ROUTING[op].get(name)
        if allowed is None or not isinstance(value, str) or (allowed and value not in allowed):
            return f"{op}: parameter {name} is not accepted"
    return ""


def read_named(path: Path) -> tuple[Named, ...]:
    """The requests of a file of names. Raises BadSet where a line is none."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            fact = json.loads(line)
            found.append(Named(str(fact["text"]), str(fact["label"]), read_context(fact["context"])))
        except (ValueError, KeyError, TypeError) as error:
            raise BadSet(f"{path.name}, line {number}: it has no text, label or context") from error
    return tuple(found)


def _request(line: str, where: str) -> Request:
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadSet(f"{where}: {error.msg}") from error
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise BadSet(f"{where}: no object with a text")
    accept = found.get("accept", [])
    if not isinstance(accept, list):
        raise BadSet(f"{where}: accept is no list")
    return Request(
        id=str(found.get("id") or where),
        lang=str(found.get("lang", "other")),
        category=str(found.get("category", "other")),
        context=read_context(found.get("context")),
        text=found["text"],
        ops=_commands(found.get("ops"), where),
        accept=tuple(_commands(one, where) for one in accept),
    )


def _commands(found: object, where: str) -> Commands:
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise BadSet(f"{where}: ops is no list")
    for one in found:
        if not isinstance(one, Mapping) or not isinstance(one.get("op"), str):
            raise BadSet(f"{where}: an operation without a name")
        if not isinstance(one.get("params", {}), Mapping):
            raise BadSet(f"{where}: parameters that are no object")
    return tuple({"op": one["op"], "params": dict(one.get("params", {}))} for one in found)

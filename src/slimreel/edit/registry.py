"""Finds every operation, effect and output by looking into edit/ops, and reads a command into its operation.

There is no list to add to: a file in that folder is enough.
"""

from __future__ import annotations

import difflib
import pkgutil
import re
from dataclasses import fields
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from slimreel.core import records
from slimreel.edit import ops
from slimreel.edit.draft import Effect, Output
from slimreel.edit.guard import OWN, inspect
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Operation, params_schema
from slimreel.errors import BadDraft, BadParameter, UnknownOperation

_Kind = TypeVar("_Kind")


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = sorted(found.name for found in pkgutil.iter_modules(ops.__path__))
    return tuple(import_module(f"{ops.__name__}.{name}") for name in names)


def _classes(base: type[_Kind], mark: str) -> dict[str, type[_Kind]]:
    """Every class of edit/ops under `base` by the name it has in `mark`."""
    return {
        vars(one)[mark]: one
        for module in _modules()
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, base) and one.__module__ == module.__name__ and mark in vars(one)
    }


@cache
def operations() -> dict[str, type[Operation]]:
    """Every operation by its name, in alphabetical order."""
    return dict(sorted(_classes(Operation, "op").items()))


@cache
def effects() -> dict[str, type[Effect]]:
    """Every kind of effect by its name."""
    return _classes(Effect, "kind")


@cache
def outputs() -> dict[str, type[Output]]:
    """Every kind of output by its name."""
    return _classes(Output, "kind")


def read_operation(command: EditCommand) -> Operation:
    """The operation with its parameters checked. Raises UnknownOperation or BadParameter (fields: op, field, why)."""
    kind = operations().get(command.op)
    if kind is None:
        likely = difflib.get_close_matches(command.op, operations(), n=3, cutoff=0.3) or list(operations())
        raise UnknownOperation(op=command.op[:80], likely=", ".join(likely))
    known = [field.name for field in fields(kind)]
    for name, value in command.params.items():
        if name not in known:
            why = f"there is no such parameter; there are: {', '.join(known) or '-'}"
            raise BadParameter(op=command.op, field=str(name)[:80], why=why)
        try:
            inspect({"value": value}, OWN)
        except BadDraft as error:
            raise BadParameter(op=command.op, field=name, why=str(error.fields["detail"])) from error
    return _read(kind, command.op, command.params)


def _read(kind: type[Operation], op: str, params: dict[str, Any]) -> Operation:
    try:
        return records.read(kind, params)
    except records.BadRecord as error:
        path = re.search(r" - at `\$\.?(\w+)?[^`]*`$", error.detail)
        name = (path[1] if path else None) or "params"
        missing = re.search(r"missing required field `(\w+)`", error.detail)
        if missing and name == "params":
            raise BadParameter(op=op, field=missing[1], why="it has to be given") from error
        detail = error.detail[: path.start()] if path else error.detail
        raise BadParameter(
            op=op, field=name, why=_why(detail, params_schema(kind)["properties"].get(name, {}))
        ) from error


def _why(detail: str, schema: dict[str, Any]) -> str:
    """What is wrong with a value, and what it could be instead."""
    if "matching regex" in detail:
        return f"that is not how it is written; it is {schema.get('description', 'text')}"
    if detail.startswith("Invalid enum value"):
        kinds = [schema, *schema.get("anyOf", ())]
        words = [str(word) for kind in kinds for word in kind.get("enum", ()) if word is not None]
        return f"{records.in_words(detail)}; it can be: {', '.join(words)}" if words else records.in_words(detail)
    return records.in_words(detail)

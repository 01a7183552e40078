"""Errors as a model reads them: one sentence, a code, and the valid range, so that the next call can be right.

What is nobody's business outside becomes an incident that the log knows.
"""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Mapping
from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from slimreel.core.units import UnitError, parse_bitrate, parse_size
from slimreel.edit.operation import params_schema
from slimreel.edit.registry import operations
from slimreel.errors import (
    BadParameter,
    DamagedInput,
    NotAVideo,
    OutputExists,
    SlimreelError,
    StorageError,
    TargetImpossible,
    UsageError,
    WishNotUnderstood,
)
from slimreel.errors.service import BadRequest, NotHere, ServiceError
from slimreel.services import ids

_TOLD = (ServiceError, NotAVideo, DamagedInput, OutputExists, UsageError, TargetImpossible, WishNotUnderstood)
_FOLDERS = re.compile(r"(?<![\w/:.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\:'\"“”,;]+[/\\])+")
_log = logging.getLogger("slimreel.mcp")
_MOST_FAULTS = 5
_SHOWN = 60


def refused(error: SlimreelError, *, is_local: bool) -> CallToolResult:
    """The answer of a tool to an error."""
    sentence, code = told(error, is_local=is_local)
    return _answer(sentence, code, retryable=error.retryable)


def told(error: SlimreelError, *, is_local: bool) -> tuple[str, str]:
    """The sentence and the code of an error, as a client may read them."""
    if not isinstance(error, _TOLD) and not (is_local and isinstance(error, StorageError)):
        return fault(error), error.code
    sentence = _sentence(error)
    if not is_local and not isinstance(error, ServiceError):
        sentence = _FOLDERS.sub("", sentence)
    if isinstance(error, BadParameter):
        sentence += _of_operation(str(error.fields.get("op")), str(error.fields.get("field")))
    at = error.fields.get("command")
    return (f"operations[{at}]: {sentence}" if isinstance(at, int) else sentence), error.code


def _sentence(error: SlimreelError) -> str:
    """The error's own words, where they are not about an address that was called."""
    if type(error) is NotHere:
        return "There is no such file, timeline or render here. get_state lists what there is."
    if type(error) is BadRequest:
        detail = str(error.fields["detail"])
        return f"{detail[:1].upper()}{detail[1:]}."
    return error.sentence()


def fault(error: BaseException) -> str:
    """Writes down what nobody foresaw; the sentence for it."""
    incident = ids.new("inc")
    _log.error("unforeseen: %s", incident, exc_info=error)
    return f"Something went wrong here, and it is not your fault ({incident}). Try once more, then tell the user."


def misread(error: ValidationError, name: str, schema: Mapping[str, Any]) -> CallToolResult:
    """The answer to arguments that do not fit the schema."""
    faults = [_fault_in_words(dict(one), schema) for one in error.errors()[:_MOST_FAULTS]]
    return _answer(f"{name}: {' '.join(dict.fromkeys(faults))}", "bad_arguments", retryable=False)


def no_such_tool(name: str, known: list[str]) -> CallToolResult:
    near = difflib.get_close_matches(name, known, 3) or known
    return _answer(f"There is no tool called {name[:_SHOWN]}. There are: {', '.join(near)}.", "unknown_tool")


def _answer(sentence: str, code: str, *, retryable: bool = False) -> CallToolResult:
    body = {"error": {"code": code, "message": sentence, "retryable": retryable}}
    return CallToolResult(content=[TextContent(text=f"{sentence} [{code}]")], structured_content=body, is_error=True)


def _of_operation(op: str, field: str) -> str:
    """What a parameter of an operation takes."""
    kind = operations().get(op)
    if kind is None:
        return ""
    schema = params_schema(kind)
    if field not in schema["properties"]:
        return f" It takes: {', '.join(schema['properties']) or 'no parameter'}."
    node = schema["properties"][field]
    about = f" ({node['description']})" if "description" in node and "anyOf" in node else ""
    return f" In full: {_valid(schema, [field])}{about}."


def _fault_in_words(one: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    path = [str(part) for part in one["loc"]]
    where = ".".join(path) or "arguments"
    if one["type"] == "extra_forbidden":
        known = sorted(schema.get("properties", {}))
        near = difflib.get_close_matches(path[-1], known, 3) or known
        return f"{where} is not known here; there is {', '.join(near) or 'no parameter'}."
    if one["type"] == "missing":
        return f"{where} is missing: {_valid(schema, path)}."
    if one["type"] == "value_error":
        return f"{where + ': ' if path else ''}{str(one['msg']).removeprefix('Value error, ').rstrip('.')}."
    given = repr(one.get("input"))[:_SHOWN]
    return f"{where} cannot be {given}: {_valid(schema, path)}.{_in_its_unit(path[-1], one.get('input'))}"


def _in_its_unit(name: str, given: Any) -> str:
    """How what was given with a unit is written as a plain number."""
    if not isinstance(given, str):
        return ""
    try:
        if name.endswith("_bytes"):
            return f" {given} is {parse_size(given)}."
        if name.endswith("_bps"):
            return f" {given} is {parse_bitrate(given)}."
    except UnitError:
        pass
    return ""


def _valid(schema: Mapping[str, Any], path: list[str]) -> str:
    """What the schema takes at this place, in words."""
    node: Mapping[str, Any] = schema
    for part in path:
        known = node.get("properties", {})
        if part in known:
            node = known[part]
        elif "items" in node:
            node = node["items"]
    if "enum" in node:
        return f"it is one of {', '.join(str(one) for one in node['enum'])}"
    if "anyOf" in node:
        return "it is " + ", or ".join(_kind(one) for one in node["anyOf"] if one != {"type": "null"})
    described = f" ({node['description']})" if "description" in node else ""
    return f"it is {_kind(node)}{described}"


def _kind(node: Mapping[str, Any]) -> str:
    kind = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false",
            "array": "a list", "object": "an object"}.get(str(node.get("type")), "a value")  # fmt: skip
    if "enum" in node:
        return f"one of {', '.join(str(one) for one in node['enum'])}"
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum")
    least, most = node.get("minLength", node.get("minItems")), node.get("maxLength", node.get("maxItems"))
    if low is not None and high is not None:
        kind += f" above {low}, up to {high}" if "exclusiveMinimum" in node else f" from {low} to {high}"
    elif low is not None:
        kind += f" of at least {low}"
    elif most is not None:
        kind += f" of {least or 0} to {most} {'entries' if node.get('type') == 'array' else 'characters'}"
    return kind

"""Describes every operation for those who ask for one: JSON schemas, and the words of its file."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import msgspec

from slimreel.edit.operation import Operation
from slimreel.edit.registry import operations


def operations_schema() -> dict[str, Any]:
    """A JSON schema of a list of commands, each operation with its parameters."""
    kinds = list(operations().values())
    schemas, shared = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    commands: list[dict[str, Any]] = []
    for kind, schema in zip(kinds, schemas, strict=True):
        params = {**shared[schema["$ref"].rpartition("/")[2]], "additionalProperties": False}
        params.pop("title", None)
        told = {"title": kind.op, "description": about(kind)}
        properties = {"op": {"const": kind.op}, "params": params}
        commands.append({"type": "object", **told, "properties": properties, "required": ["op"]})
    parts = {name: part for name, part in shared.items() if name not in {kind.__name__ for kind in kinds}}
    return {"type": "array", "items": {"oneOf": commands}, "$defs": parts}


def about(kind: type[Operation]) -> str:
    """What an operation does, in a sentence or two."""
    return " ".join([_paragraphs(kind)[0].replace("\n", " "), inspect.getdoc(kind) or ""]).strip()


def picture(kind: type[Operation]) -> str:
    """The drawing of before and after."""
    return "\n\n".join(_paragraphs(kind)[1:])


def values_in_words(facts: dict[str, Any]) -> str:
    """The values that the schema of a parameter allows, in few words."""
    if "anyOf" in facts:
        return " or ".join(filter(None, map(values_in_words, facts["anyOf"])))
    if "enum" in facts:
        return ", ".join(f"`{value}`" for value in facts["enum"] if value is not None)
    if "$ref" in facts:
        return "{x, y}"
    if facts.get("type") == "null":
        return ""
    if facts.get("type") == "array":
        inner = facts.get("prefixItems")
        held = ", ".join(map(values_in_words, inner)) if inner else values_in_words(facts.get("items") or {})
        return f"[{held}]" if inner else f"list of {held}"
    bounds = (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"), ("exclusiveMaximum", "below"))
    return " ".join([facts.get("type", "any"), *(f"{word} {facts[bound]}" for bound, word in bounds if bound in facts)])


def _paragraphs(kind: type[Operation]) -> list[str]:
    return (inspect.getdoc(sys.modules[kind.__module__]) or "").split("\n\n")

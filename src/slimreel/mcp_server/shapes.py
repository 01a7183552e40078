"""What goes into tools and comes out of them: the base of their models, and schemas that small models read well."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from slimreel.services.previews import MOST_WIDTH

_IDS = 64


class Input(BaseModel):
    """Arguments of a tool; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Output(BaseModel):
    """What a tool answers; fields that say nothing are left out."""

    model_config = ConfigDict(allow_inf_nan=False)


SessionId = Annotated[
    str | None,
    Field(None, max_length=_IDS, description="session from add_files or get_state; left out: the one in use"),
]
DraftId = Annotated[
    str | None, Field(None, max_length=_IDS, description="timeline (drf_…) from get_state; left out: the latest one")
]
DryRun = Annotated[bool, Field(False, description="true: tell what would happen and keep nothing")]
Width = Annotated[int, Field(320, ge=16, le=MOST_WIDTH, description="most pixels of width; nothing is enlarged")]


class InSession(Input):
    """Arguments that belong to one session."""

    session_id: SessionId


class Change(Output):
    """Something that an operation did."""

    id: str = Field(description="message id of the change")
    target: str = Field(description="clip or element, empty for the whole")
    fields: dict[str, str | int | float] = Field(description="values that took effect, after clamping")
    text: str = Field(description="the same in words")


def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema without titles, references and nulls: what is optional is left out, not null."""
    schema = kind.model_json_schema()
    definitions = schema.pop("$defs", {})
    found: dict[str, Any] = _plain(schema, definitions)
    found.pop("description", None)
    found.setdefault("properties", {})
    return found


def _plain(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_plain(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        beside = {name: value for name, value in node.items() if name != "$ref"}
        return _plain({**definitions[node["$ref"].rpartition("/")[2]], **beside}, definitions)
    kept = dict(node)
    if isinstance(kept.get("title"), str):
        del kept["title"]
    if kept.get("default", ...) is None:
        del kept["default"]
    choices = kept.get("anyOf")
    if isinstance(choices, list):
        real = [one for one in choices if one != {"type": "null"}]
        if len(real) == 1:
            del kept["anyOf"]
            kept = {**real[0], **kept}
            return _plain(kept, definitions)
        kept["anyOf"] = real
    return {
        name: {key: _plain(one, definitions) for key, one in value.items()}
        if name == "properties"
        else _plain(value, definitions)
        for name, value in kept.items()
    }

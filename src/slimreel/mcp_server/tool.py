"""A tool as data: its name, what goes in and comes out, what it may do. Runs it and turns errors into answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mcp_types import CallToolResult, ContentBlock, TextContent, ToolAnnotations
from mcp_types import Tool as Listed
from pydantic import ValidationError

from slimreel.errors import SlimreelError
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.refusals import misread, refused
from slimreel.mcp_server.shapes import Input, Output, schema_of
from slimreel.services.tokens import require

In = TypeVar("In", bound=Input)


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer with something to look at beside its facts."""

    facts: Output
    content: tuple[ContentBlock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(Generic[In]):
    """One tool. `description` says when to use it, units, limits and an example."""

    name: str
    title: str
    description: str
    takes: type[In]
    gives: type[Output]
    run: Callable[[Call, In], Awaitable[Output | Shown]]
    scope: str = "read"
    changes: bool = False
    destroys: bool = False
    idempotent: bool = True
    reaches_out: bool = False
    input_schema: dict[str, Any] = field(init=False, default_factory=dict)
    output_schema: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.input_schema.update(schema_of(self.takes))
        self.output_schema.update(schema_of(self.gives))

    def listed(self) -> Listed:
        return Listed(
            name=self.name,
            title=self.title,
            description=" ".join(self.description.split()),
            input_schema=self.input_schema,
            output_schema=self.output_schema,
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=not self.changes,
                destructive_hint=self.destroys,
                idempotent_hint=self.idempotent,
                open_world_hint=self.reaches_out,
            ),
        )

    async def answer(self, call: Call, arguments: dict[str, Any]) -> CallToolResult:
        """What the tool gives for these arguments; an error as an answer too."""
        try:
            given = self.takes.model_validate(arguments)
        except ValidationError as error:
            return misread(error, self.name, self.input_schema)
        try:
            require(call.caller, self.scope)
            found = await self.run(call, given)
        except SlimreelError as error:
            return refused(error, is_local=call.place.is_local)
        shown = found if isinstance(found, Shown) else Shown(found, ())
        facts = shown.facts.model_dump(mode="json", exclude_none=True)
        text = TextContent(text=shown.facts.model_dump_json(exclude_none=True))
        return CallToolResult(content=[*shown.content, text], structured_content=facts)

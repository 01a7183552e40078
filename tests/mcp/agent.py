"""An agent as tests script it: the official client of the protocol, called step by step from ordinary code."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ImageContent, TextContent

# The handshake of 2025, and the calls of 2026 that need none.
REVISIONS = ("legacy", "2026-07-28")
_PATIENCE_S = 120
Json = dict[str, Any]


@dataclass
class Progress:
    """What a call told of how far it was."""

    percents: list[float] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        assert total == 100
        self.percents.append(progress)
        self.words.append(message or "")


@dataclass
class Agent:
    """One connection of a client to a server of tools."""

    portal: BlockingPortal
    client: Client

    def ask(self, name: str, /, progress: Progress | None = None, **arguments: Any) -> CallToolResult:
        """The whole answer of a tool, also where it is an error."""
        return self.portal.call(lambda: self.client.call_tool(name, arguments, _PATIENCE_S, progress))

    def call(self, name: str, /, progress: Progress | None = None, **arguments: Any) -> Json:
        """The facts of an answer, which are also there as text for clients that read no other."""
        found = self.ask(name, progress, **arguments)
        text = [one for one in found.content if isinstance(one, TextContent)][-1].text
        assert not found.is_error, text
        assert httpx2.Response(200, text=text).json() == found.structured_content
        return dict(found.structured_content)

    def fails(self, name: str, /, **arguments: Any) -> str:
        """The sentence of an error, which is also there with its code."""
        found = self.ask(name, **arguments)
        assert found.is_error, found.structured_content
        text = found.content[0]
        assert isinstance(text, TextContent)
        error = found.structured_content["error"]
        assert text.text == f"{error['message']} [{error['code']}]"
        return text.text

    def picture(self, **arguments: Any) -> bytes:
        found = self.ask("thumbnail", **arguments)
        assert not found.is_error, found.content
        image = found.content[0]
        assert isinstance(image, ImageContent) and image.mime_type == "image/jpeg"
        return base64.b64decode(image.data)

    def read(self, uri: str) -> Any:
        return self.portal.call(lambda: self.client.read_resource(uri)).contents[0]


@contextmanager
def on_this_machine(data: Path, revision: str, log: TextIO | None = None) -> Iterator[Agent]:
    """`slimreel mcp`, as agents start it."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "slimreel", "mcp", "--data", str(data)], env=dict(os.environ)
    )
    with _connected(lambda: Client(stdio_client(server, log or sys.stderr), mode=revision)) as found:
        yield found


@contextmanager
def over_http(address: str, token: str, revision: str, **headers: str) -> Iterator[Agent]:
    """The same at a service."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[Client]:
        sent = {"Authorization": f"Bearer {token}", **headers}
        async with (
            httpx2.AsyncClient(headers=sent, timeout=_PATIENCE_S) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=revision) as client,
        ):
            yield client

    with _connected(connect) as found:
        yield found


@contextmanager
def _connected(connect: Callable[[], AbstractAsyncContextManager[Client]]) -> Iterator[Agent]:
    with start_blocking_portal() as portal:

        async def begun() -> AbstractAsyncContextManager[Client]:
            return connect()

        with portal.wrap_async_context_manager(portal.call(begun)) as client:
            yield Agent(portal, client)

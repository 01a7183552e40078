"""The path of the tools for agents (MCP). What is behind it is loaded when somebody first calls: it takes 30 MB, and
most services never need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from slimreel.services.wiring import Services

if TYPE_CHECKING:
    from slimreel.mcp_server.networked import Endpoint


class ToolsDoor:
    """An ASGI application. It works while `running` is open."""

    def __init__(self, services: Services, is_stopping: Callable[[], bool]) -> None:
        self._services, self._is_stopping = services, is_stopping
        self._wanted, self._open = asyncio.Event(), asyncio.Event()
        self._endpoint: Endpoint | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stands ready; the endpoint runs in a task of its own from the first call on."""
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def _keep(self) -> None:
        await self._wanted.wait()
        from slimreel.mcp_server.networked import Endpoint

        endpoint = Endpoint(self._services, self._is_stopping)
        async with endpoint.running():
            self._endpoint = endpoint
            self._open.set()
            await asyncio.Event().wait()  # until it is cancelled

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._wanted.set()
        await self._open.wait()
        assert self._endpoint is not None
        await self._endpoint(scope, receive, send)

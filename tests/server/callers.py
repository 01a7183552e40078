"""A small application with the routes that a test is of, and a caller whose token is the name of an account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI

Scope = MutableMapping[str, Any]


class Named:
    """Puts into the scope who calls, as the gate does."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
            caller = SimpleNamespace(user_id=name, scopes=("upload",), session_id=None)
            scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)


def application(services: SimpleNamespace) -> FastAPI:
    app = FastAPI()
    app.state.services = services
    app.add_middleware(Named)
    return app

"""Tools for clients of the service: at one path of it, behind its gate, with no memory between two calls.

A stranger's page that points a name of its own at this machine is refused by the hosts that are allowed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from slimreel.errors.service import PlanForbids
from slimreel.mcp_server.place import Place
from slimreel.mcp_server.serving import make_server
from slimreel.services.tokens import Caller
from slimreel.services.wiring import Services
from slimreel.settings.service import ServiceSettings

_ATTRIBUTION = ("X-Skill-Source", "X-Skill-Version", "X-Skill-Platform")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_ANYWHERE = ("0.0.0.0", "::", "")
_NOT_A_POST = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"There is no stream to listen to and no session to '
    b'end here: each POST is answered by itself."}}'
)


class ServedPlace(Place):
    """The service, called over HTTP by whoever has a token."""

    is_local = False

    def __init__(self, services: Services, is_stopping: Callable[[], bool]) -> None:
        super().__init__(services)
        self._is_stopping = is_stopping

    def caller(self, request: Any) -> Caller:
        return cast(Caller, request.scope["state"]["caller"])

    def base_url(self, request: Any) -> str:
        return f"{request.url.scheme}://{request.url.netloc}"

    def usual_session(self, caller: Caller) -> str | None:
        found = self.services.sessions.listed(caller.user_id, count=2)
        return found[0].id if len(found) == 1 else None

    def used(self, session_id: str) -> None:
        """Nothing is remembered between two calls."""

    def before_render(self) -> None:
        """Workers run beside the service."""

    def check_rendering(self) -> None:
        """A worker that died is started again, or runs elsewhere."""

    def check_render(self, request: Any) -> None:
        if self.services.settings.require_attribution and not all(request.headers.get(one) for one in _ATTRIBUTION):
            raise PlanForbids(detail=f"the headers {', '.join(_ATTRIBUTION)} have to say which skill asks")

    def is_stopping(self) -> bool:
        return self._is_stopping()


class Endpoint:
    """An ASGI application that speaks the protocol. It works while `running` is open."""

    def __init__(self, services: Services, is_stopping: Callable[[], bool]) -> None:
        self._manager = StreamableHTTPSessionManager(
            make_server(ServedPlace(services, is_stopping)),
            stateless=True,
            security_settings=allowed(services.settings),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self._manager.run():
            yield

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            await self._manager.handle_request(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"allow", b"POST")]
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": _NOT_A_POST})


def allowed(settings: ServiceSettings) -> TransportSecuritySettings:
    """The names that the service may be called by, and the pages that may call it."""
    public = urlsplit(settings.public_url)
    names = [*_LOOPBACK, *([settings.host] if settings.host not in _ANYWHERE else []), public.hostname or ""]
    hosts = [one for name in dict.fromkeys(names) if name for one in (name, f"{name}:*")]
    origins = [one.strip().rstrip("/") for one in settings.allowed_origins.split(",") if one.strip()]
    own = [f"{public.scheme}://{public.netloc}"] if public.netloc else []
    loopback = [f"http://{name}{port}" for name in _LOOPBACK for port in ("", ":*")]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[*origins, *own, *loopback])

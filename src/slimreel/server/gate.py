"""What stands in front of the application and decides from the headers alone, before a byte of a body is read: form,
origin, token, size, rate. It knows no route but by the tables it is given, and does nothing for a caller itself."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, BadToken, FileTooLarge, TooManyRequests
from slimreel.server import framing
from slimreel.server.addresses import Client, Proxies
from slimreel.server.cors import Origins, is_preflight
from slimreel.server.envelope import Failure, refusal
from slimreel.server.exchange import BodyLimit, Exchange
from slimreel.server.framing import Fields, HeadLimits
from slimreel.server.languages import accepted
from slimreel.server.limits import Monotonic, Open, Rate
from slimreel.server.paths import PathTable
from slimreel.services.ids import hashed, new
from slimreel.settings.service import ServiceSettings

Authenticate = Callable[[str, str], object]
"""The caller behind a token, for a client at an address; may wait for the database. Raises BadToken."""

JSON_BYTES = 1024 * 1024
# Around an uploaded file stand the lines of multipart.
_AROUND_UPLOAD_BYTES = 1024 * 1024
_STREAM_WAIT_S = 10
# A page of the workspace takes a dozen files, and a whole office may share one address.
_PUBLIC_FACTOR = 10
# Asking for tokens never waits behind the endpoints, which have threads of their own.
_AUTHENTICATING_THREADS = 8
_TOKEN = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,256})")
# curl calls every body a form unless it is told otherwise, and many published clients do not tell it.
_JSON_TYPES = re.compile(rb"application/([a-z0-9.-]+\+)?json|application/x-www-form-urlencoded")
_CONTENT_POLICY = (
    b"default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    b"img-src 'self' blob: data:; media-src 'self' blob:"
)
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", _CONTENT_POLICY),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PathTables:
    """Which paths need no token, which take files, and which answer with a stream of events."""

    public: PathTable = field(default_factory=PathTable)
    uploads: PathTable = field(default_factory=PathTable)
    streams: PathTable = field(default_factory=PathTable)


class Gate:
    """The outermost ASGI application. `scope["state"]` has for those within: `caller` (None where the path is public),
    `address` of the client, `address_block` it is counted as, and `incident`, the id that errors and logs carry."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: ServiceSettings,
        paths: PathTables,
        authenticate: Authenticate,
        remembered: Callable[[str], object | None] = lambda token: None,
        monotonic: Monotonic = time.monotonic,
        linger_s: float = 2.0,
    ) -> None:
        self._app = app
        self._paths = paths
        self._authenticate = authenticate
        self._remembered = remembered
        self._linger_s = linger_s
        self._upload_bytes = settings.upload_bytes
        self._proxies = Proxies(settings.trusted_proxies)
        self._origins = Origins(settings.allowed_origins)
        self._calls = Rate(settings.requests_per_minute, monotonic)
        self._public = Rate(settings.requests_per_minute * _PUBLIC_FACTOR, monotonic)
        self._strangers = Rate(settings.requests_per_minute, monotonic)
        self._streams_of_token = Open(settings.streams_per_token)
        self._streams_of_address = Open(settings.streams_per_address)
        self._threads = anyio.CapacityLimiter(_AUTHENTICATING_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        fields: Fields = scope["headers"]
        incident = new("inc")
        client = self._proxies.client((scope.get("client") or ("",))[0], fields)
        fault = framing.fault_of_fields(scope["http_version"], fields, HeadLimits())
        fault = fault or framing.fault_of_path(scope["path"])
        exchange = Exchange(
            receive,
            send,
            headers=[*_ALWAYS, (b"x-request-id", incident.encode()), *self._origins.headers(fields)],
            has_body=framing.has_body(fields),
            linger_s=self._linger_s,
            language=accepted(fields),
        )
        state = scope.setdefault("state", {})
        state.update(caller=None, address=client.address, address_block=client.block, incident=incident)
        state["language"] = exchange.language
        if fault is not None:
            await exchange.refuse(Failure(fault.status, {}, refusal(400, fault.sentence)))
        elif is_preflight(scope["method"], fields):
            await self._answer_preflight(exchange, fields)
        else:
            await self._let_in(scope, exchange, client)

    async def _let_in(self, scope: Scope, exchange: Exchange, client: Client) -> None:
        try:
            key = await self._admit(scope, client)
            exchange.limit = self._limit_of_body(scope)
            with self._stream(scope, client, key):
                await self._app(scope, exchange.receive, exchange.send)
        except SlimreelError as error:
            if exchange.started:
                raise
            await exchange.fail(error, incident=scope["state"]["incident"])
        except ClientDisconnect:
            pass  # it left, or its body was cut off
        except Exception as error:
            _log.error("unforeseen: %s %s", scope["state"]["incident"], type(error).__name__)
            if not exchange.started:
                await exchange.fail(error, incident=scope["state"]["incident"])
            raise

    async def _answer_preflight(self, exchange: Exchange, fields: Fields) -> None:
        allowed = self._origins.preflight(fields)
        if allowed is None:
            message = "Pages of this origin may not call this service; its operator can allow them."
            await exchange.refuse(Failure(403, {}, refusal(403, message)))
        else:
            await exchange.answer(204, {name.decode(): value.decode("latin-1") for name, value in allowed}, None)

    async def _admit(self, scope: Scope, client: Client) -> str:
        """Finds the caller and counts the call; the key that the caller is counted under."""
        method = scope["method"]
        if method == "OPTIONS" or self._paths.public.has(method, scope["path"]):
            self._count(self._public, client.block, client)
            return ""
        if not client.exempt and (wait_s := self._strangers.wait_s(client.block)):
            raise TooManyRequests(detail="too many unknown tokens from this address", retry_after_s=wait_s)
        found = _TOKEN.fullmatch(framing.field(scope["headers"], b"authorization") or b"")
        try:
            if found is None:
                raise BadToken
            token = found[1].decode()
            caller = self._remembered(token)
            if caller is None:
                caller = await to_thread.run_sync(self._authenticate, token, client.address, limiter=self._threads)
        except BadToken:
            self._count(self._strangers, client.block, client)
            raise
        key = hashed(token)
        self._count(self._calls, key, client)
        scope["state"]["caller"] = caller
        return key

    def _count(self, rate: Rate, key: str, client: Client) -> None:
        if not client.exempt and (wait_s := rate.take(key)):
            raise TooManyRequests(detail="more calls in a minute than are allowed", retry_after_s=wait_s)

    def _limit_of_body(self, scope: Scope) -> BodyLimit:
        """How large this body may be. Raises FileTooLarge where it says itself that it is larger, and BadRequest where
        it should be JSON and says that it is not."""
        fields: Fields = scope["headers"]
        kind = (framing.field(fields, b"content-type") or b"").partition(b";")[0].strip().lower()
        says_json = _JSON_TYPES.fullmatch(kind) is not None
        if self._paths.uploads.has(scope["method"], scope["path"]) and not says_json:
            megabytes = f"{self._upload_bytes / 1_000_000:g} MB"
            error = FileTooLarge(filename="This file", limit=megabytes)
            limit = BodyLimit(self._upload_bytes + _AROUND_UPLOAD_BYTES, error)
        else:
            limit = BodyLimit(JSON_BYTES, FileTooLarge(filename="The body of this request", limit="1 MiB"))
            if framing.has_body(fields) and kind and not says_json:
                raise BadRequest(detail="the body should be JSON (Content-Type: application/json)")
        if int(framing.field(fields, b"content-length") or 0) > limit.most_bytes:
            raise limit.error
        return limit

    @contextmanager
    def _stream(self, scope: Scope, client: Client, key: str) -> Iterator[None]:
        """Holds a place among the open streams for as long as this one is open."""
        if client.exempt or not self._paths.streams.has(scope["method"], scope["path"]):
            yield
            return
        if not self._streams_of_address.enter(client.block):
            raise TooManyRequests(detail="too many open streams from this address", retry_after_s=_STREAM_WAIT_S)
        try:
            if not self._streams_of_token.enter(key):
                raise TooManyRequests(detail="too many open streams of this token", retry_after_s=_STREAM_WAIT_S)
            try:
                yield
            finally:
                self._streams_of_token.leave(key)
        finally:
            self._streams_of_address.leave(client.block)

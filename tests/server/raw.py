"""A real uvicorn with the strict protocol and the gate around a tiny application, and sockets that say anything."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any

import uvicorn

from slimreel.errors.service import BadToken
from slimreel.server.envelope import success
from slimreel.server.gate import Gate, PathTables
from slimreel.server.json_bodies import read_object
from slimreel.server.paths import PathTable
from slimreel.server.strict_http import Deadlines, server_options, strict_protocol
from slimreel.settings.service import ServiceSettings

TOKEN = "nmv_usr_good"
BEARER = f"Authorization: Bearer {TOKEN}\r\n"
FAST = Deadlines(head_s=0.3, idle_s=0.3, body_s=0.3, body_window_s=30, reader_s=0.3, linger_s=0.5)
PATIENT = Deadlines(linger_s=0.5)
PATHS = PathTables(
    public=PathTable(["GET /health", "POST /token", "GET /files/**"]),
    uploads=PathTable(["POST /upload", "PATCH /api/uploads/*"]),
    streams=PathTable(["POST /run_sse", "GET /api/slimreel/*/feed"]),
)
CHUNK = b"x" * 65536


@dataclass
class App:
    """Remembers what reached it."""

    calls: list[str] = field(default_factory=list)
    read_bytes: int = 0
    asked: int = 0
    left: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls.append(f"{scope['method']} {scope['path']}")
        match scope["path"]:
            case "/run_sse":
                await self._stream(receive, send)
            case "/big":
                await self._big(send)
            case "/broken":
                raise RuntimeError("/secret/folder is broken")
            case "/early":
                await self._json(send, {"early": True})
            case "/slow":
                await asyncio.sleep(FAST.head_s * 4)
                await self._json(send, {})
            case "/json":
                await self._json(send, {"read": read_object(await self._body(receive))})
            case _:
                size = len(await self._body(receive))
                state = {name: scope["state"][name] for name in ("caller", "address", "address_block")}
                await self._json(send, {"size": size, **state})

    async def _body(self, receive: Any) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left.set()
                return bytes(body)
            body += message["body"]
            self.read_bytes += len(message["body"])
            if not message["more_body"]:
                return bytes(body)

    async def _stream(self, receive: Any, send: Any) -> None:
        await self._body(receive)
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: {}\n\n", "more_body": True})
        await receive()
        self.left.set()

    async def _big(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(2000):
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _json(self, send: Any, data: dict[str, Any]) -> None:
        raw = json.dumps(success(data)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(raw)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": raw})

    def authenticate(self, token: str, address: str) -> object:
        self.asked += 1
        if not token.startswith(TOKEN):
            raise BadToken
        return token


@dataclass
class Running:
    port: int
    app: App

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, request: str | bytes) -> Answer:
        """Sends it on a connection of its own and reads one answer."""
        with self.connect() as connection:
            connection.sendall(request.encode("latin-1") if isinstance(request, str) else request)
            return answer(connection)


@dataclass
class Answer:
    """status 0: the connection was closed without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def answer(connection: socket.socket, method: str = "GET") -> Answer:
    """The next answer on the connection."""
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    except ConnectionError:
        return Answer(0, {}, b"")
    finally:
        response.close()


def is_closed(connection: socket.socket) -> bool:
    """Waits until the other side closes; whatever it still says is dropped."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def request(method: str, path: str, headers: str = "", body: bytes = b"", *, token: bool = True) -> bytes:
    """A usual request."""
    length = f"Content-Length: {len(body)}\r\n" if body and "Content-Length" not in headers else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: slimreel.test\r\n{BEARER if token else ''}{length}{headers}\r\n"
    return head.encode("latin-1") + body


@contextmanager
def running(
    settings: ServiceSettings,
    *,
    deadlines: Deadlines = PATIENT,
    exempt: Any = None,
    inner: Any = None,
    authenticate: Any = None,
) -> Iterator[Running]:
    """A server on a port of its own, in a thread. `inner`: another application than App."""
    app = App()
    gate = Gate(
        inner or app,
        settings=settings,
        paths=PATHS,
        authenticate=authenticate or app.authenticate,
        linger_s=deadlines.linger_s,
    )
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    options = server_options(settings, deadlines=deadlines)
    options["http"] = strict_protocol(settings, deadlines=deadlines, exempt=exempt)
    config = uvicorn.Config(gate, lifespan="off", log_config=None, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Running(listening.getsockname()[1], app)
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listening.close()

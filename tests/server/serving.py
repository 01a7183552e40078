"""The whole service as tests reach it: as `slimreel serve` in a process of its own, and in this process over ASGI."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from slimreel.server.app import make_app
from slimreel.server.wakes import Wakes
from slimreel.services.wiring import Services, build
from slimreel.settings.service import ServiceSettings
from tests.server.described import HOOKS

_READY_S = 60
_ENDED_S = 60
_READY = "slimreel serves at "


@dataclass(frozen=True)
class Serving:
    """A `slimreel serve` that runs."""

    process: subprocess.Popen[str]
    address: str
    data: Path

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end as systemd or a terminal does; its exit status."""
        self.process.send_signal(with_signal)
        return self.process.wait(_ENDED_S)


def begin(data: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """`slimreel serve` on this folder; `settings` by their names."""
    named = {f"SLIMREEL_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "slimreel", "serve", "--data", str(data), *(arguments or ("--port", "0"))]
    with (data.parent / f"{data.name}.log").open("w") as log:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ | named)


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[Serving]:
    """Ends with SIGTERM, to which it has to answer with 0."""
    process = begin(data, **settings)
    running = Serving(process, address_of(process), data)
    try:
        yield running
        if process.poll() is None:
            assert running.stop() == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def address_of(process: subprocess.Popen[str]) -> str:
    """What it says where it is, once it answers there."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert process.stdout is not None

    def read(output: IO[str]) -> None:
        lines.put(output.readline())

    threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
    line = lines.get(timeout=_READY_S)
    assert line.startswith(_READY), line
    return line.removeprefix(_READY).strip()


class InProcess(httpx.BaseTransport):
    """Hands requests of an ordinary client to an application in a loop that runs in another thread."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal, address: str) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 4000))
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answered() -> httpx.Response:
            sent = httpx.Request(request.method, request.url, headers=request.headers.raw, content=request.read())
            found = await self._inner.handle_async_request(sent)
            content = await found.aread()
            return httpx.Response(found.status_code, headers=found.headers.raw, content=content)

        return self._portal.call(answered)


@dataclass(frozen=True)
class Api:
    """The application of these settings, without a worker."""

    services: Services
    app: ASGIApp
    http: httpx.Client


@contextmanager
def in_process(settings: ServiceSettings, address: str = "127.0.0.1") -> Iterator[Api]:
    """The application as it is when it serves, for calls that need no render. `address` is where its clients are."""
    services = build(settings)
    wakes = Wakes(services.feed)
    app = make_app(services, wakes)
    services.chat.open()
    with start_blocking_portal() as portal:
        transport = InProcess(app, portal, address)
        with httpx.Client(transport=transport, base_url="http://service.test", event_hooks=HOOKS) as http:
            yield Api(services, app, http)
        portal.call(wakes.close)
    services.chat.close()
    services.close()

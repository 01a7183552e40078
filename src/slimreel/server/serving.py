"""Runs the service: uvicorn with our connections, and beside it the worker, which is started again when it dies."""

from __future__ import annotations

import ctypes
import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from slimreel.errors import UsageError
from slimreel.server.app import make_app
from slimreel.server.strict_http import server_options
from slimreel.server.wakes import Wakes
from slimreel.services.logs import write_json
from slimreel.services.processes import Program
from slimreel.services.wiring import build
from slimreel.settings.service import ServiceSettings

# A worker that is asked to end gives its render back and clears up; that takes a few seconds.
# How long one thread may keep the others waiting; with Python's 5 ms a call beside ten others takes 50.
_SWITCH_S = 0.001
_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_DRAIN_S = 25.0
_LOOK_S = 0.5
_BACKLOG = 2048
_AGAIN_S = (0.5, 1.0, 2.0, 5.0, 10.0)
log = logging.getLogger("slimreel.server")


def serve(settings: ServiceSettings, *, with_worker: bool, told: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. `told` gets the one line that says where, as soon as it answers.

    Raises UsageError where the address is taken, Unavailable where the database does not answer.
    """
    listening = _listening(settings.host, settings.port)
    write_json()
    _spare_memory()
    sys.setswitchinterval(_SWITCH_S)
    services = build(settings)
    wakes = Wakes(services.feed)
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server = _Server(
        uvicorn.Config(make_app(services, wakes), lifespan="on", log_config=None, **server_options(settings)),
        wakes,
        lambda: told(f"slimreel serves at {address}"),
    )
    keeper = _WorkerKeeper(settings) if with_worker else None
    try:
        with suppress(KeyboardInterrupt):  # uvicorn raises the signal again that it has obeyed
            server.run(sockets=[listening])
    finally:
        if keeper is not None:
            keeper.close()
        services.close()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(_BACKLOG)  # two sockets may be bound to one port, but only one listens
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        detail = f"{host}:{port} cannot be listened on ({why}). Name another with --port."
        raise UsageError(field="port", detail=detail) from error
    return found


def _spare_memory() -> None:
    """glibc gives each of many threads a heap of its own, of which most stays empty; two serve all of them."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


class _Server(uvicorn.Server):
    """Tells when it answers, and ends the streams before it waits for connections to close."""

    def __init__(self, config: uvicorn.Config, wakes: Wakes, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._wakes = wakes
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._wakes.stop()
        await super().shutdown(sockets)


class _WorkerKeeper:
    """Keeps one worker running beside the service."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._arguments = ["--data", str(settings.data)]
        self._stopped = threading.Event()
        self._worker = self._start()
        self._thread = threading.Thread(target=self._keep, name="slimreel-worker-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join()
        self._worker.stop()
        self._worker.wait(_DRAIN_S)
        self._worker.kill()

    def _start(self) -> Program:
        return Program("slimreel.services.working", self._arguments)

    def _keep(self) -> None:
        deaths = 0
        while not self._stopped.wait(_LOOK_S):
            status = self._worker.wait(0)
            if status is None:
                continue
            log.warning("the worker ended", extra={"status": status})
            self._stopped.wait(_AGAIN_S[min(deaths, len(_AGAIN_S) - 1)])
            deaths += 1
            if not self._stopped.is_set():
                self._worker = self._start()

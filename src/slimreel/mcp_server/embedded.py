"""Tools for one person at one machine: a service of its own in this process, spoken to over stdin and stdout.

Stdout belongs to the protocol alone. When its client closes stdin or a signal comes it ends and leaves nothing running.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, BinaryIO

import anyio
import anyio.from_thread
import anyio.lowlevel
from mcp.server.stdio import stdio_server

from slimreel.errors.service import Unavailable
from slimreel.mcp_server.place import Place
from slimreel.mcp_server.serving import make_server
from slimreel.services.processes import Program
from slimreel.services.tokens import ALL_SCOPES, Caller
from slimreel.services.wiring import Services, build
from slimreel.settings.service import ServiceSettings

_CLIENT = "slimreel-mcp-on-this-machine"
_LOOPBACK = "127.0.0.1"
_PLENTY_BYTES = 1 << 40
_GRACE_S = 1.0  # clients of the protocol kill what has not ended two seconds after they closed stdin
_WAITING_LINES = 64


def settings_of_one(settings: ServiceSettings) -> ServiceSettings:
    """The settings where files and renders are the person's own: nothing costs, and the disk is the limit."""
    return replace(
        settings,
        price_edit=0,
        price_preview=0,
        price_export=0,
        plan_export="allow",
        upload_bytes=_PLENTY_BYTES,
        account_bytes=_PLENTY_BYTES,
        disk_percent=98,
    )


def serve(settings: ServiceSettings) -> None:
    """Serve until stdin ends, or SIGTERM or SIGINT. Raises Unavailable, UsageError."""
    services = build(settings_of_one(settings))
    place = EmbeddedPlace(services)
    services.chat.open()
    try:
        anyio.run(_serve, place)
    finally:
        place.close()
        services.chat.close()
        services.close()


class EmbeddedPlace(Place):
    """The one account of a service in this process, and the worker that renders for it."""

    is_local = True

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        starter = services.starters.starter(_CLIENT, _LOOPBACK)
        self._caller = Caller(starter.user_id, "registered", "", frozenset({ALL_SCOPES}))
        self._session: str | None = None
        self._worker: Program | None = None
        self._lock = threading.Lock()

    def caller(self, request: Any) -> Caller:
        del request
        return self._caller

    def base_url(self, request: Any) -> str:
        del request
        return ""

    def usual_session(self, caller: Caller) -> str | None:
        del caller
        return self._session

    def used(self, session_id: str) -> None:
        self._session = session_id

    def check_render(self, request: Any) -> None:
        """A person's own machine asks nobody."""

    def is_stopping(self) -> bool:
        return False

    def before_render(self) -> None:
        """Starts the worker, or another one where the last has died."""
        with self._lock:
            if self._worker is None or self._worker.wait(0) is not None:
                # With a request it has pipes of its own: what it prints must not reach the client.
                arguments = ["--data", str(self.services.settings.data)]
                self._worker = Program("slimreel.services.working", arguments, request=b"")

    def check_rendering(self) -> None:
        with self._lock:
            worker = self._worker
        if worker is not None and worker.wait(0) is not None:
            complaint = (worker.complaints.strip().splitlines() or ["it said nothing"])[-1]
            raise Unavailable(detail=f"the program that renders has ended ({complaint[:300]})", retry_after_s=1)

    def close(self) -> None:
        with self._lock:
            if self._worker is not None:
                self._worker.kill(_GRACE_S)


class _Lines:
    """Lines of stdin as they come, until it ends or `end` is called. A read in a thread of a pool could not be left."""

    def __init__(self, source: BinaryIO) -> None:
        self._send, self._receive = anyio.create_memory_object_stream[str](_WAITING_LINES)
        self._source = source

    def begin(self) -> None:
        token = anyio.lowlevel.current_token()
        threading.Thread(target=self._read, args=(token,), name="slimreel-stdin", daemon=True).start()

    def end(self) -> None:
        self._send.close()

    def _read(self, token: Any) -> None:
        # The loop may be gone, or nobody may listen any more, whenever a line comes.
        with suppress(RuntimeError, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError, ValueError):
            for line in self._source:
                anyio.from_thread.run(self._send.send, line.decode("utf-8", "replace"), token=token)
            anyio.from_thread.run_sync(self._send.close, token=token)

    def __aiter__(self) -> AsyncIterator[str]:
        return aiter(self._receive)


async def _serve(place: EmbeddedPlace) -> None:
    server = make_server(place)
    lines = _Lines(_stdin_alone())
    lines.begin()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_end_on_signal, lines)
        async with stdio_server(stdin=lines) as (incoming, outgoing):  # type: ignore[arg-type]  # it only iterates
            await server.run(incoming, outgoing, server.create_initialization_options())
        tasks.cancel_scope.cancel()


def _stdin_alone() -> BinaryIO:
    """Stdin under a number of its own; no child and no library reads from where it was."""
    wire = os.dup(sys.stdin.fileno())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return os.fdopen(wire, "rb", closefd=False)


async def _end_on_signal(lines: _Lines) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            lines.end()

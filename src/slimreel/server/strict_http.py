"""uvicorn's connection with deadlines and caps: nobody keeps one open by saying nothing, by saying it slowly, or by not
reading the answer. It knows no path and no token.

uvicorn waits without end for the head and the body of a request, and for a reader. One look at regular intervals asks
what the connection is waiting for and since when; that needs fewer hooks in uvicorn than a timer for every change.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from slimreel.server.addresses import Proxies, block_of, is_loopback
from slimreel.server.envelope import refusal
from slimreel.server.framing import Fault, HeadLimits, malformed
from slimreel.server.limits import Open
from slimreel.server.strict_connection import StrictConnection
from slimreel.settings.service import ServiceSettings

# A reader makes progress when the server's own buffer has become this much shorter.
_READ_STEP_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a connection is waited for, seconds. A body has to bring `body_bytes` in each `body_window_s` too, so
    that a byte now and then is not enough: 500 bytes a second, as Apache's mod_reqtimeout asks for."""

    head_s: float = 5.0
    idle_s: float = 5.0
    body_s: float = 5.0
    body_window_s: float = 30.0
    body_bytes: int = 15_000
    reader_s: float = 30.0
    linger_s: float = 2.0

    @property
    def look_s(self) -> float:
        """How often a connection is looked at."""
        return min(self.head_s, self.body_s, self.reader_s, self.body_window_s) / 5


@dataclass(frozen=True, slots=True)
class _Policy:
    """What all connections of one server have in common."""

    deadlines: Deadlines
    limits: HeadLimits
    open_connections: Open
    exempt: Callable[[str], bool]


class _Awaited(Enum):
    HEAD = auto()
    BODY = auto()
    READER = auto()
    NOTHING = auto()


def strict_protocol(
    settings: ServiceSettings,
    *,
    deadlines: Deadlines | None = None,
    limits: HeadLimits | None = None,
    exempt: Callable[[str], bool] | None = None,
) -> type[StrictProtocol]:
    """The class of connections for uvicorn's `http=`. `exempt`: the addresses whose connections are not counted; by
    default this machine's own and the trusted proxies', behind which everybody comes from one address."""
    proxies = Proxies(settings.trusted_proxies)

    class Configured(StrictProtocol):
        policy = _Policy(
            deadlines=deadlines or Deadlines(),
            limits=limits or HeadLimits(),
            open_connections=Open(settings.connections_per_address),
            exempt=exempt or (lambda peer: is_loopback(peer) or proxies.trusts(peer)),
        )

    return Configured


def server_options(settings: ServiceSettings, *, deadlines: Deadlines | None = None) -> dict[str, Any]:
    """What uvicorn.Config has to be given so that nothing goes around the gate."""
    waits = deadlines or Deadlines()
    return {
        "http": strict_protocol(settings, deadlines=waits),
        "ws": "none",
        "proxy_headers": False,  # the gate reads them, and believes fewer
        "server_header": False,
        "access_log": False,
        "timeout_keep_alive": waits.idle_s,
        "limit_concurrency": 2000,
        "backlog": 512,
    }


class StrictProtocol(H11Protocol):
    """One connection. Made by strict_protocol(), which fills in the policy."""

    policy: ClassVar[_Policy]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn: StrictConnection = StrictConnection(self.policy.limits)
        self.timeout_keep_alive = self.policy.deadlines.idle_s  # type: ignore[assignment] # uvicorn says int, and gives it to call_later
        self._block: str | None = None
        self._refused = False
        self._look: asyncio.TimerHandle | None = None
        self._awaited = _Awaited.HEAD
        self._since_s = 0.0
        self._window_since_s = 0.0
        self._window_bytes = 0
        self._unread_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        if not self.policy.exempt(peer):
            block = block_of(peer)
            if not self.policy.open_connections.enter(block):
                self._refused = True
                transport.abort()
                return
            self._block = block
        self._tune(transport)
        self._begin(_Awaited.HEAD)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._block is not None:
            self.policy.open_connections.leave(self._block)
            self._block = None
        if self._look is not None:
            self._look.cancel()
            self._look = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._awaited is _Awaited.BODY:
            self._since_s = self.loop.time()
            self._window_bytes += len(data)
        elif self._current() is not None and self._waits_for_head() and not self.conn.head_has_begun():
            self._begin(_Awaited.HEAD)
        super().data_received(data)

    def on_response_complete(self) -> None:
        self._begin(_Awaited.HEAD)
        super().on_response_complete()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unread_bytes = 0
        self._since_s = self.loop.time()

    def _should_upgrade(self) -> bool:
        return False

    def send_400_response(self, msg: str) -> None:
        """Answers a request that cannot be read, and closes."""
        self._refused = True
        cycle = self._current()
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        self.transport.write(_refusal(self.conn.fault or malformed(msg)))
        # What is still on its way is dropped, since a reset could overtake the answer.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(self.policy.deadlines.linger_s, self.transport.abort)

    def _look_later(self) -> None:
        self._look = self.loop.call_later(self.policy.deadlines.look_s, self._look_after)

    def _look_after(self) -> None:
        awaited = self._what_is_awaited()
        if awaited is not self._awaited:
            self._begin(awaited)
        if self._too_late(awaited):
            self.transport.abort()
        else:
            self._look_later()

    def _begin(self, awaited: _Awaited) -> None:
        self._awaited = awaited
        self._since_s = self._window_since_s = self.loop.time()
        self._window_bytes = 0
        self._unread_bytes = 0

    def _what_is_awaited(self) -> _Awaited:
        if self.transport.get_write_buffer_size() > 0:
            return _Awaited.READER
        if self.transport.is_closing() or self._refused:
            return _Awaited.NOTHING
        if self._waits_for_head():
            # Between two requests uvicorn's own timer counts, until the first byte of the next.
            fresh = self._current() is None
            return _Awaited.HEAD if fresh or self.conn.head_has_begun() else _Awaited.NOTHING
        if self.conn.their_state is not h11.SEND_BODY or self.flow.read_paused:
            return _Awaited.NOTHING
        return _Awaited.NOTHING if self.cycle.waiting_for_100_continue else _Awaited.BODY

    def _current(self) -> RequestResponseCycle | None:
        """The last request and its answer; None before the first. uvicorn's own type leaves the None out."""
        return self.cycle

    def _waits_for_head(self) -> bool:
        return self.conn.their_state is h11.IDLE

    def _too_late(self, awaited: _Awaited) -> bool:
        now_s = self.loop.time()
        if awaited is _Awaited.HEAD:
            return now_s - self._since_s >= self.policy.deadlines.head_s
        if awaited is _Awaited.BODY:
            if now_s - self._window_since_s >= self.policy.deadlines.body_window_s:
                if self._window_bytes < self.policy.deadlines.body_bytes:
                    return True
                self._window_since_s, self._window_bytes = now_s, 0
            return now_s - self._since_s >= self.policy.deadlines.body_s
        if awaited is _Awaited.READER:
            unread = self.transport.get_write_buffer_size()
            if unread <= self._unread_bytes - _READ_STEP_BYTES:
                self._since_s, self._unread_bytes = now_s, unread
            self._unread_bytes = max(self._unread_bytes, unread)
            return now_s - self._since_s >= self.policy.deadlines.reader_s
        return False

    def _tune(self, transport: asyncio.Transport) -> None:
        found = transport.get_extra_info("socket")
        if found is None or found.family not in (socket.AF_INET, socket.AF_INET6):
            return
        # asyncio leaves this out for a socket that was bound before: 40 ms for each answer, as measured.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Where the system can, it also gives up what waits in its own buffers for a peer that is gone.
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if option is not None:
            found.setsockopt(socket.IPPROTO_TCP, option, int(self.policy.deadlines.reader_s * 1000))


def _refusal(fault: Fault) -> bytes:
    body = json.dumps(refusal(400, fault.sentence)).encode()
    head = f"HTTP/1.1 {fault.status} {HTTPStatus(fault.status).phrase}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body

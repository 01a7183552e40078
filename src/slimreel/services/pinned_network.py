"""Connects to a host at the very addresses that were checked, and holds every wait to what time is left.

A name is looked up once. Asking the resolver again for the connection is how a name that is public at the first look
and private at the second gets in. Knows no HTTP; the certificate is still that of the name.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from ipaddress import ip_address
from typing import Any

import httpcore

from slimreel.services.patience import Patience
from slimreel.services.public_address import is_public
from slimreel.services.web_address import is_literal

Resolve = Callable[[str], Sequence[str]]
# A server of ours that does not answer costs one wait for each of its addresses.
MOST_TRIED = 4
_WRITTEN_AT_ONCE = 64 * 1024


class Refused(Exception):
    """The host has no address, or one that may not be called. Which of the two is nobody's business."""


def look_up(host: str) -> list[str]:
    """Every address of a name, as the system knows it. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def may_be_called(address: str) -> bool:
    """Whether an address is public and not this machine itself."""
    return is_public(address) and not is_own(address)


def is_own(address: str) -> bool:
    """Whether this machine has that address: to reach it, it would send from it. No packet leaves for this."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
            probe.connect((address, 80))
            return ip_address(probe.getsockname()[0]) == ip_address(address)
    except (OSError, ValueError):
        return False


class PinnedNetwork(httpcore.NetworkBackend):
    """A network for one exchange: `resolve` gives the addresses of a name, and each of them must be `allowed`.

    One address that is not is enough to refuse the name, before anything is sent anywhere. `sockets` makes the
    connections. Raises Refused, TooSlow, TooMuchHead and what httpcore raises.
    """

    def __init__(
        self,
        patience: Patience,
        *,
        resolve: Resolve = look_up,
        allowed: Callable[[str], bool] = may_be_called,
        sockets: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._patience = patience
        self._resolve = resolve
        self._allowed = allowed
        self._sockets = sockets or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = [host] if is_literal(host) else self._look_up(host)
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise Refused
        failed: Exception | None = None
        for address in addresses[:MOST_TRIED]:
            wait_s = min(self._patience.step_s(), self._patience.pace.connect_s)
            try:
                stream = self._sockets.connect_tcp(address, port, wait_s, local_address, socket_options)
                return _PatientStream(stream, self._patience)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or Refused

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise Refused

    def _look_up(self, host: str) -> Sequence[str]:
        """The addresses of a name; none where there are none. The system's resolver knows no deadline, so it runs
        aside, and is left behind when it takes longer than there is time."""
        answer: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host))
            except (OSError, UnicodeError):
                answer.put([])

        threading.Thread(target=ask, name="look-up", daemon=True).start()
        try:
            return answer.get(timeout=min(self._patience.step_s(), self._patience.pace.connect_s))
        except queue.Empty:
            return []


class _PatientStream(httpcore.NetworkStream):
    """A connection of which each wait ends in time, whatever timeout is asked for."""

    def __init__(self, stream: httpcore.NetworkStream, patience: Patience) -> None:
        self._stream = stream
        self._patience = patience

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout=self._patience.step_s())
        self._patience.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITTEN_AT_ONCE):
            self._stream.write(buffer[start : start + _WRITTEN_AT_ONCE], timeout=self._patience.step_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait_s = min(self._patience.step_s(), self._patience.pace.connect_s)
        return _PatientStream(self._stream.start_tls(ssl_context, server_hostname, timeout=wait_s), self._patience)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

"""A server on loopback that plays one script to each connection, and a network on which every address leads to it.

So the whole policy stays in force in tests: a name resolves to a public address, and what would go there arrives here.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore

PUBLIC = "93.184.216.34"
Script = Callable[[socket.socket, bytes], None]


class FarServer:
    """Accepts on loopback, counts, and runs `script` (connection, request head) for each connection in a thread."""

    def __init__(self, script: Script, *, certificate: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.accepted = 0
        self.heads: list[bytes] = []
        self.over = threading.Event()
        self._certificate = certificate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.over.is_set():
                connection.close()
                return
            self.accepted += 1
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._certificate is not None:
                connection = self._certificate.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    data = connection.recv(65536)
                    if not data:
                        return
                    head += data
                self.heads.append(head)
                self.script(connection, head)

    def close(self) -> None:
        self.over.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            pass
        self._listener.close()
        for thread in self._threads:
            thread.join(10)


@contextlib.contextmanager
def far_server(script: Script, *, certificate: ssl.SSLContext | None = None) -> Iterator[FarServer]:
    server = FarServer(script, certificate=certificate)
    try:
        yield server
    finally:
        server.close()


def answers(body: bytes = b"", *lines: str, status: str = "200 OK", length: int | None = -1) -> Script:
    """A script of one answer. `length` is what Content-Length says: the truth by default, nothing when None."""
    said = [] if length is None else [f"Content-Length: {len(body) if length < 0 else length}"]
    head = "\r\n".join([f"HTTP/1.1 {status}", *said, *lines, "", ""]).encode()
    return lambda connection, _: connection.sendall(head + body)


class Diverted(httpcore.NetworkBackend):
    """Notes which address is called, and connects to `server` instead. No other connection can be opened over it."""

    def __init__(self, server: FarServer) -> None:
        self.called: list[tuple[str, int]] = []
        self._server = server
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        self.called.append((host, port))
        return self._sockets.connect_tcp("127.0.0.1", self._server.port, timeout)

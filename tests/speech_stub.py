"""A speech engine of our own on 127.0.0.1 that keeps what it was asked and answers as a test wants."""

from __future__ import annotations

import email
import email.policy
import io
import json
import socket
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEYS = ("SLIMREEL_SPEECH_URL", "SLIMREEL_SPEECH_KEY", "SLIMREEL_SPEECH_MODEL", "SLIMREEL_SPEECH_TIMEOUT_S")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path, headers, the fields of its form, and the sound."""

    path: str
    headers: dict[str, str]
    fields: dict[str, str]
    wav: bytes

    @property
    def seconds(self) -> float:
        with wave.open(io.BytesIO(self.wav)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 16_000)
            return float(sound.getnframes() / 16_000)


Reply = Callable[[BaseHTTPRequestHandler, Asked], None]


@dataclass(slots=True)
class Stub:
    """The running engine and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    """`over` ends whatever a reply waits for."""

    daemon_threads = False
    over = threading.Event()


def says(*segments: tuple[float, float, str], language: str = "english") -> Reply:
    """An honest answer."""
    told = [{"id": 0, "start": start, "end": end, "text": f" {text}"} for start, end, text in segments]
    return replies(200, json.dumps({"task": "transcribe", "language": language, "segments": told}).encode())


def replies(status: int, body: bytes, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        handler.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def in_turn(*several: Reply) -> Reply:
    """Each reply once, the last one for ever."""
    left = list(several)

    def reply(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler, asked)

    return reply


def hangs(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    assert isinstance(handler.server, Server)
    handler.server.over.wait(20)


def drips(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """An answer that goes on and on, a space at a time."""
    assert isinstance(handler.server, Server)
    handler.send_response(200)
    handler.end_headers()
    for _ in range(400):  # 20 s
        if handler.server.over.wait(0.05):
            break
        handler.wfile.write(b" ")


def hangs_up(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def stub(reply: Reply) -> Iterator[Stub]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            replies(200, b'{"data": []}')(self, Asked(self.path, {}, {}, b""))

        def do_POST(self) -> None:
            asked = _read(self)
            engine.asked.append(asked)
            with suppress(OSError):  # who asked is gone
                reply(self, asked)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.over = threading.Event()
    engine = Stub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield engine
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _read(handler: BaseHTTPRequestHandler) -> Asked:
    body = handler.rfile.read(int(handler.headers["Content-Length"]))
    head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    assert isinstance(form, EmailMessage)
    fields: dict[str, str] = {}
    wav = b""
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        if name == "file":
            wav = payload
        else:
            fields[str(name)] = payload.decode()
    return Asked(handler.path, dict(handler.headers.items()), fields, wav)

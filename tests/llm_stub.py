"""An endpoint of our own on 127.0.0.1 that speaks as OpenAI's chat API does, keeps what it was asked, and answers as a
test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path, headers (names in small letters) and JSON."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """What the user is supposed to have said."""
        return next(str(one["content"]) for one in self.body["messages"] if one["role"] == "user")


Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Stub:
    """The running endpoint and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def calls(arguments: object, name: str = "commands", padding: int = 0) -> Reply:
    """A model that calls the tool, in an answer with so many further spaces."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": written}}
    return message({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls", padding)


def writes(text: str) -> Reply:
    """A model that knows no tools."""
    return message({"role": "assistant", "content": text}, "stop")


def message(said: object, reason: str, padding: int = 0) -> Reply:
    choice = {"index": 0, "message": said, "finish_reason": reason}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    whole = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return replies(200, json.dumps(whole).encode() + b" " * padding)


def replies(status: int, body: bytes, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        usual = {"Content_Type": "application/json", "Content_Length": str(len(body))}
        for name, value in (usual | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


@contextmanager
def stub(*answers: Reply | str) -> Iterator[Stub]:
    """An endpoint that gives these answers in turn, the last one for ever. `hangs` says nothing, `drips` never ends."""
    waiting: list[Reply | str] = list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            with suppress(OSError):
                answer(self) if callable(answer) else self.stay(answer)

        def do_GET(self) -> None:
            found.asked.append(Asked(self.path, {}, {}))
            self.send_error(404)

        def stay(self, how: str) -> None:
            if how == "drips":
                self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while not found.over.wait(0.05):
                if how == "drips":
                    self.wfile.write(b" ")
                    self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Stub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        found.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def commands(*listed: tuple[str, dict[str, Any]], left: Sequence[str] = ()) -> dict[str, Any]:
    """The arguments of the tool."""
    found: dict[str, Any] = {"commands": [{"op": op, "params": params} for op, params in listed]}
    return {**found, "not_understood": list(left)} if left else found

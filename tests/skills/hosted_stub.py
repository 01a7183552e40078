"""A stand-in for a hosted backend with its habits: turns without a word, talk of a screen, streams that break off, each
error once. It renders nothing; what it hands out is the file that it was given."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Stub:
    """How it behaves, and what it was asked. `refusals`: for a path, what the next call of it is answered with."""

    address: str = ""
    events: list[Any] = field(default_factory=list)
    breaks_off: bool = False
    failing_renders: int = 0
    refusals: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    revision: int = 0
    renders: int = 0

    def count(self, path: str) -> int:
        return sum(path in called for _, called in self.calls)


@contextmanager
def hosted(stub: Stub) -> Iterator[Stub]:
    """The stub while it answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stub.calls.append((method, self.path))
            stub.headers.append(dict(self.headers))
            for part, waiting in stub.refusals.items():
                if part in self.path and waiting:
                    status, code, said = waiting.pop(0)
                    self._json({"code": code, "success": False, "message": said, "data": None}, status)
                    return
            if self.path == "/run_sse":
                self._turn()
            elif self.path == "/file":
                self._body(b"made", "video/mp4", 200)
            else:
                self._json({"code": 0, "data": _data(self.path, method, stub)}, 200)

        def _turn(self) -> None:
            stub.revision += 1
            content = b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in stub.events)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Content-Length", str(len(content) + (10 if stub.breaks_off else 0)))
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

        def _json(self, body: Any, status: int) -> None:
            self._body(json.dumps(body).encode(), "application/json", status)

        def _body(self, content: bytes, kind: str, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _data(path: str, method: str, stub: Stub) -> Any:
    """What a call answers that goes well."""
    if path.endswith("anonymous-token"):
        return {"token": "nmv_usr_new", "credits": 100}
    if path.endswith("with-session/nemo_agent"):
        return {"session_id": "1234567890123456789"}
    if "upload-video" in path:
        return {"files": [{"id": "a1"}]}
    if "/api/state/" in path:
        return {"state": {"draft": {"t": [], "d": 1000 + stub.revision}}}
    if method == "POST":
        stub.renders += 1
        return {"id": "r", "status": "pending"}
    failed = stub.renders <= stub.failing_renders
    output = None if failed else {"url": f"{stub.address}/file", "size": 4}
    return {"id": "r", "status": "failed" if failed else "completed", "output": output, "error": "out of luck"}

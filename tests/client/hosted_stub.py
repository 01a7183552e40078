"""A stand-in for the hosted original, with its habits: heartbeats, silent turns, words of a screen, drafts with few
keys, no event ids, no progress, streams that drop, downloads that are cut, and each error of the table when it is told.

It edits nothing: a message that starts with "cut" makes its one track a second shorter, all others leave it.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CONTENT = bytes(range(256)) * 2000
_TURN = 3  # every third turn is silent: about 30 %
GUI = "Your edit is done. Click the Export button to download it. You can preview it in the timeline."


class Hosted:
    """The state of one such server, and what it is to do next."""

    def __init__(self) -> None:
        self.tokens = 0
        self.sessions = 0
        self.turns = 0
        self.length_ms = 0
        self.renders: dict[str, int] = {}  # how often each was asked for
        self.calls: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.said: list[str] = []
        # "METHOD first-word" → answers that come instead of the right one: (status, code) or "drop".
        self.next: dict[str, deque[tuple[int, int] | str]] = {}
        self.fail_renders = 0
        self.cut_downloads = 0
        self.drop_streams = 0
        self.credits = 100

    def will(self, call: str, *answers: tuple[int, int] | str) -> None:
        self.next.setdefault(call, deque()).extend(answers)

    def draft(self) -> dict[str, Any]:
        if not self.length_ms:
            return {}
        segment = {"d": self.length_ms, "m": {"title": "city timelapse"}}
        return {"t": [{"tt": 0, "sg": [segment]}], "d": self.length_ms, "m": {"title": "project"}}


class Handler(BaseHTTPRequestHandler):
    hosted: Hosted
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._obey("GET")

    def do_POST(self) -> None:
        self._obey("POST")

    def do_OPTIONS(self) -> None:
        self._obey("OPTIONS")

    def _obey(self, method: str) -> None:
        hosted = self.hosted
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.removeprefix("/api").split("/")[1]
        call = f"{method} {name}"
        hosted.calls[call] += 1
        hosted.headers.append(dict(self.headers.items()) | {"call": call})
        told = hosted.next.get(call)
        if told and (answer := told.popleft()):
            if answer == "drop":
                self.close_connection = True
                return
            assert not isinstance(answer, str)
            self._refuse(*answer)
            return
        if name not in ("auth", "file") and not re.fullmatch(
            "Bearer nmv_usr_[0-9]+", self.headers.get("Authorization", "")
        ):
            self._refuse(401, 1001)
            return
        answered = getattr(self, f"_{method.lower()}_{name.replace('-', '_')}", None)
        if answered is None:
            self._refuse(404, 404)
        else:
            answered(body)

    def _post_auth(self, _body: bytes) -> None:
        if not self.headers.get("X-Client-Id"):
            self._refuse(400, 400)
            return
        self.hosted.tokens += 1
        self._tell({"token": f"nmv_usr_{self.hosted.tokens}", "user_id": "anon_1", "credits": 100})

    def _post_tasks(self, _body: bytes) -> None:
        self.hosted.sessions += 1
        number = 10**18 + self.hosted.sessions
        self._tell({"task_id": "task_1", "session_id": str(number), "user_id": "anon_1", "bind_id": "anon_1"})

    def _post_upload_video(self, body: bytes) -> None:
        found = re.search(rb'filename="([^"]*)"\r\n[^\r]*\r\n\r\n(.*)\r\n--', body, re.DOTALL)
        assert found is not None
        self.hosted.length_ms = 10_000
        item = {
            "id": "v1",
            "filename": found[1].decode(),
            "file_type": "video",
            "size": len(found[2]),
            "duration": 10.0,
        }
        self._tell({"uploaded_files": [item]})

    def _get_state(self, _body: bytes) -> None:
        self._tell({"session_id": self.path.split("/")[-2], "state": {"draft": self.hosted.draft(), "video_infos": []}})

    def _get_credits(self, _body: bytes) -> None:
        self._tell({"available": self.hosted.credits, "frozen": 0, "total": self.hosted.credits})

    def _post_run_sse(self, body: bytes) -> None:
        hosted = self.hosted
        text = json.loads(body)["new_message"]["parts"][0]["text"]
        hosted.said.append(text)
        hosted.turns += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk(b'data: {"type":"heartbeat"}\n\ndata:\n\n')
        if text.startswith(("cut", "剪")):
            hosted.length_ms -= 1000
        if hosted.drop_streams:
            hosted.drop_streams -= 1
            self.close_connection = True
            return
        self._event({"functionCall": {"id": "1", "name": "edit", "args": {}}}, "model")
        self._event({"functionResponse": {"id": "1", "name": "edit", "response": {}}}, "user")
        if hosted.turns % _TURN:
            self._event({"text": GUI}, "model")
        self._chunk(b"")

    def _event(self, part: dict[str, Any], role: str) -> None:
        self._chunk(b"data: " + json.dumps({"content": {"parts": [part], "role": role}}).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _post_render(self, body: bytes) -> None:
        asked = json.loads(body)
        self.hosted.renders.setdefault(asked["id"], 0)
        self._tell({"id": asked["id"], "status": "pending"})

    def _get_render(self, _body: bytes) -> None:
        hosted, name = self.hosted, self.path.split("/")[-1]
        if name not in hosted.renders:
            self._refuse(404, 1002)
            return
        hosted.renders[name] += 1
        if hosted.renders[name] < 2:
            self._tell({"id": name, "status": "processing"})
        elif hosted.fail_renders:
            hosted.fail_renders -= 1
            self._tell({"id": name, "status": "failed", "error": "a node went away"})
        else:
            url = f"http://{self.headers['Host']}/file/{name}.mp4"
            self._tell({"id": name, "status": "completed", "output": {"url": url, "size": len(CONTENT)}})

    def _get_file(self, _body: bytes) -> None:
        assert "Authorization" not in self.headers or self.headers["Host"]
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(found[1]) if found else 0
        self.send_response(206 if found else 200)
        if found:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        part = CONTENT[start:]
        if self.hosted.cut_downloads:
            self.hosted.cut_downloads -= 1
            self.close_connection = True
            part = part[: len(part) // 3]
        self.wfile.write(part)

    def _tell(self, data: dict[str, Any]) -> None:
        self._send(200, {"code": 0, "message": "ok", "data": data})

    def _refuse(self, status: int, code: int) -> None:
        self._send(status, {"code": code, "message": "No", "data": None})

    def _send(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[tuple[Hosted, str]]:
    """The stub and its address, on a port of its own."""
    hosted = Hosted()
    handler = type("OneHosted", (Handler,), {"hosted": hosted})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hosted, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

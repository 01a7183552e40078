"""A client as published ones are: a base address, a token, a session, and the calls in their official order."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ATTRIBUTION = {
    "X-Skill-Source": "video-compressor-bitrate",
    "X-Skill-Version": "1.0.0",
    "X-Skill-Platform": "clawhub",
}
_PATIENCE_S = 120
Json = dict[str, Any]


@dataclass
class Said:
    """What a turn answered: its events without heartbeats, and the ids that they came under."""

    events: list[Json] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(str(one["text"]) for one in self.events if one.get("type") == "text" and not one.get("partial"))

    @property
    def tools(self) -> list[str]:
        return [
            part["functionCall"]["name"]
            for one in self.events
            for part in one["content"]["parts"]
            if "functionCall" in part
        ]

    @property
    def options(self) -> list[str]:
        return [option for one in self.events for option in one.get("options", ())]


class Client:
    """One user of the service."""

    def __init__(self, http: httpx.Client, **headers: str) -> None:
        self.http = http
        self.client_id = str(uuid.uuid4())
        self.headers = headers
        self.user = "me"

    def sign_in(self) -> Json:
        answer = self.http.post("/api/auth/anonymous-token", headers={"X-Client-Id": self.client_id})
        found: Json = ok(answer)["data"]
        self.headers["Authorization"] = f"Bearer {found['token']}"
        self.user_id = found["user_id"]
        return found

    def begin(self, language: str = "en") -> str:
        body = {"task_name": "project", "language": language}
        found = ok(self.post(f"/api/tasks/{self.user}/with-session/nemo_agent", body))["data"]
        self.session_id = str(found["session_id"])
        self.task_id = found["task_id"]
        return self.session_id

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, headers=self.headers, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.http.post(path, headers=self.headers, json=body, **more)

    def upload(self, *paths: Path) -> list[Json]:
        files = [("files", (path.name, path.read_bytes(), "application/octet-stream")) for path in paths]
        address = f"/api/upload-video/nemo_agent/{self.user}/{self.session_id}"
        answer = ok(self.http.post(address, headers=self.headers, files=files))
        assert answer["data"]["session_state_applied"] is True
        assert answer["data"]["files"] == answer["data"]["uploaded_files"]
        return list(answer["data"]["files"])

    def message(self, text: str, **more: Any) -> Json:
        parts = {"role": "user", "parts": [{"text": text}]}
        body = {"app_name": "nemo_agent", "user_id": self.user, "session_id": self.session_id, "new_message": parts}
        return {**body, "streaming": False, **more}

    def say(self, text: str, **more: Any) -> Said:
        """The whole turn, to the close of its stream."""
        with self.run(self.message(text, **more)) as answer:
            assert answer.status_code == 200, answer.read()
            return heard(answer)

    @contextmanager
    def run(self, body: Mapping[str, Any], **headers: str) -> Iterator[httpx.Response]:
        sent = {**self.headers, "Accept": "text/event-stream", **headers}
        with self.http.stream("POST", "/run_sse", headers=sent, json=body) as answer:
            yield answer

    def state(self) -> Json:
        return dict(ok(self.get(f"/api/state/nemo_agent/{self.user}/{self.session_id}/latest"))["data"]["state"])

    def credits(self) -> Json:
        return dict(ok(self.get("/api/credits/balance/simple"))["data"])

    def submit(self, draft: Any, output: Json | None = None, name: str | None = None) -> Json:
        body = {
            "id": name or f"render_{uuid.uuid4().hex[:12]}",
            "sessionId": self.session_id,
            "draft": draft,
            "output": {"format": "mp4", "quality": "high"} if output is None else output,
        }
        return ok(self.post("/api/render/proxy/lambda", body))

    def wait(self, name: str) -> Json:
        """The status of a render once it has ended."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            found = ok(self.get(f"/api/render/proxy/lambda/{name}"))
            if found["status"] not in ("pending", "processing") or time.monotonic() > until:
                return found
            time.sleep(0.1)

    def export(self, draft: Any = None, output: Json | None = None) -> Json:
        done = self.wait(self.submit(self.state()["draft"] if draft is None else draft, output)["id"])
        assert done["status"] == "completed", done
        return done

    def download(self, done: Json, to: Path) -> Path:
        """By the link alone, with no header of ours."""
        answer = httpx.get(done["output"]["url"])
        assert answer.status_code == 200, answer.text
        to.write_bytes(answer.content)
        return to


def signed_in(http: httpx.Client, **headers: str) -> Client:
    """A new user with a session."""
    client = Client(http, **headers)
    client.sign_in()
    client.begin()
    return client


def ok(answer: httpx.Response) -> Json:
    """The body of a success, which has all three envelopes in it."""
    assert answer.status_code == 200, (answer.status_code, answer.text)
    found: Json = answer.json()
    assert (found["code"], found["success"]) == (0, True)
    for name, value in found["data"].items():
        if name not in ("code", "success", "message", "data"):
            assert found[name] == value
    return found


def refused(answer: httpx.Response, status: int, code: int) -> Json:
    """The body of an error, which is the same for all errors."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    found: Json = answer.json()
    assert (found["code"], found["success"], found["data"]) == (code, False, None)
    assert re.search(r"([.?。]|\bbind=\w+)$", found["message"]), found["message"]
    return found


def heard(answer: httpx.Response) -> Said:
    """Reads a stream as strictly as a reader of SSE does: `data:` in one line, an empty line behind each event."""
    found, last = Said(), None
    for line in answer.iter_lines():
        if line.startswith("id: "):
            last = int(line[4:])
        elif line.startswith("data: "):
            event = json.loads(line[6:])
            if event.get("type") != "heartbeat":
                found.events.append(event)
                if last is not None:
                    found.ids.append(last)
            last = None
        else:
            assert line == "", line
    return found

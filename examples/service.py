"""Edits a video with a service: a token, a session, an upload, a message, an export.

NEMO_API_URL=http://127.0.0.1:8000 python examples/service.py clip.mp4 "cut the first second, 1 Mbps" out.mp4
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx


def main(path: str, wish: str, out: str) -> int:
    with httpx.Client(base_url=os.environ.get("NEMO_API_URL", "http://127.0.0.1:8000"), timeout=900) as http:
        http.headers["Authorization"] = f"Bearer {token(http)}"
        session = data(http.post("/api/tasks/me/with-session/nemo_agent", json={"language": "en"}))["session_id"]
        with Path(path).open("rb") as file:
            data(http.post(f"/api/upload-video/nemo_agent/me/{session}", files={"files": (Path(path).name, file)}))
        for text in say(http, session, wish):
            print(text)
        done = export(http, session)
        with http.stream("GET", done["outputUrl"]) as answer, Path(out).open("wb") as file:
            answer.raise_for_status()
            file.writelines(answer.iter_bytes())
    print(f"{out}: {done['output']['size'] / 1e6:.1f} MB")
    return 0


def data(answer: httpx.Response) -> dict[str, Any]:
    """The data of an answer; its sentence ends the program if it is a refusal."""
    body = answer.json()
    if body["code"] != 0:
        raise SystemExit(f"{body['code']}: {body['message']}")
    return dict(body["data"])


def token(http: httpx.Client) -> str:
    if found := os.environ.get("NEMO_TOKEN") or os.environ.get("SLIMREEL_TOKEN"):
        return found
    # Keep the client id: with it the same account, its projects and credits come back.
    client_id = os.environ.get("NEMO_CLIENT_ID") or str(uuid.uuid4())
    return str(data(http.post("/api/auth/anonymous-token", headers={"X-Client-Id": client_id}))["token"])


def say(http: httpx.Client, session: str, text: str) -> list[str]:
    """What the service answers, read to the end of the stream, which is the end of the turn."""
    body = {"session_id": session, "new_message": {"parts": [{"text": text}]}}
    said = []
    with http.stream("POST", "/run_sse", json=body) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                if event.get("type") == "text":
                    said.append(event["text"])
    return said


def export(http: httpx.Client, session: str) -> dict[str, Any]:
    """The status of the finished render."""
    name = f"render_{uuid.uuid4().hex}"
    found = data(http.post("/api/render/proxy/lambda", json={"id": name, "sessionId": session}))
    while found["status"] in ("pending", "processing"):
        time.sleep(1)
        found = data(http.get(f"/api/render/proxy/lambda/{name}"))
    if found["status"] != "completed":
        raise SystemExit(found["error"])
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))

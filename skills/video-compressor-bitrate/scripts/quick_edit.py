#!/usr/bin/env python3
"""One video, one wish, one checked file, over HTTP and with Python's own library alone.

    quick_edit.py clip.mp4 "compress to 8 Mbps" -o out.mp4

Words for the user go to stdout, at the end one line of JSON; what went wrong goes to stderr. Exit codes: 0 well,
1 failed, 2 wrong usage, 3 file refused, 4 no credits or no export, 5 nothing was changed, mostly because it was asked
back: put the question to the user.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERSION = "1.0.0"
PLATFORMS = {".clawhub": "clawhub", ".cursor": "cursor", ".claude": "claude_code", ".openclaw": "openclaw"}
TURN_S = 900
ALIVE_ONLY_S = 600
STEADY_S = 120
CHUNK = 1 << 20
# What the state is asked after when a turn ended without a word: after 30 s, then each minute.
QUIET_S = (30, 60, 60, 60, 60)
Json = dict[str, Any]


class Refused(Exception):
    """The service said no. `code` is its number, `said` its sentence."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


class Service:
    """The calls that a quick edit needs. A bad token is replaced once; a rate limit is waited for once."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self.token = os.environ.get("NEMO_TOKEN") or os.environ.get("SLIMREEL_TOKEN") or ""
        self.client_id = os.environ.get("NEMO_CLIENT_ID") or str(uuid.uuid4())
        self.headers = {
            "X-Skill-Source": "video-compressor-bitrate",
            "X-Skill-Version": VERSION,
            "X-Skill-Platform": _platform(),
        }

    def sign_in(self) -> None:
        self.token = ""
        self.token = self.ask("POST", "/api/auth/anonymous-token")["token"]

    def open(self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str) -> Any:
        """The answer, still to be read. Raises Refused, or URLError where nobody answers."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {"X-Client-Id": self.client_id}
        address = path if "://" in path else self.base + path
        request = urllib.request.Request(address, data=body, headers=sent, method=method)  # type: ignore[arg-type]  # a file is read as it goes
        try:
            return urllib.request.urlopen(request, timeout=STEADY_S)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """The data of the answer. A bad token is renewed once, a rate limit waited for once."""
        sent = None if body is None else json.dumps(body).encode()
        for last in (False, True):
            try:
                with self.open(method, path, sent, Content_Type="application/json") as answer:
                    found = json.load(answer)
                if found.get("code"):
                    raise Refused(int(found["code"]), str(found.get("message")))
                return {**found, **(found.get("data") or {})}
            except Refused as refused:
                if last or refused.code not in (1001, 429):
                    raise
                if refused.code == 429:
                    time.sleep(30)
                elif self.token:
                    self.sign_in()
                else:
                    raise
        raise AssertionError

    def upload(self, session: str, path: Path) -> None:
        """Streams the file; it is never whole in memory."""
        mark = uuid.uuid4().hex
        name = path.name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{mark}--\r\n".encode()

        def pieces() -> Iterator[bytes]:
            yield head
            with path.open("rb") as file:
                while piece := file.read(CHUNK):
                    yield piece
            yield tail

        with self.open(
            "POST",
            f"/api/upload-video/nemo_agent/me/{session}",
            pieces(),
            Content_Type=f"multipart/form-data; boundary={mark}",
            Content_Length=str(len(head) + path.stat().st_size + len(tail)),
        ) as answer:
            found = json.load(answer)
        if found.get("code"):
            raise Refused(int(found["code"]), str(found.get("message")))

    def say(self, session: str, words: str) -> tuple[list[str], list[str]]:
        """Texts of the turn and, where it asked back, the answers to choose from. A dropped stream gives what came."""
        body = {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": session,
            "new_message": {"role": "user", "parts": [{"text": words}]},
            "streaming": False,
        }
        texts: list[str] = []
        options: list[str] = []
        told = at_work = time.monotonic()
        until = told + TURN_S
        try:
            with self.open("POST", "/run_sse", json.dumps(body).encode(), Content_Type="application/json") as stream:
                for raw in stream:
                    if time.monotonic() > min(until, at_work + ALIVE_ONLY_S):
                        break
                    event = _event(raw)
                    if event and event.get("type") != "heartbeat":
                        at_work = time.monotonic()
                    found = _texts(event)
                    options += event.get("options") or []
                    if event.get("errorCode"):
                        raise Refused(_number(event["errorCode"]), str(event.get("errorMessage")))
                    texts += found
                    if found:
                        told = time.monotonic()
                    elif time.monotonic() - told > STEADY_S:
                        print("⏳ Still working...", flush=True)
                        told = time.monotonic()
        except (OSError, http.client.HTTPException):
            pass  # the work goes on without us; the state tells how it ended
        return texts, options

    def draft(self, session: str) -> Json:
        return dict(self.ask("GET", f"/api/state/nemo_agent/me/{session}/latest")["state"].get("draft") or {})

    def render(self, session: str, draft: Json) -> Json:
        """The status of a finished render. A failed one is tried once more under a new id."""
        for _ in range(2):
            name = f"render_{uuid.uuid4().hex}"
            output = {"format": "mp4", "quality": "high"}
            body = {"id": name, "sessionId": session, "draft": draft, "output": output}
            found = self.ask("POST", "/api/render/proxy/lambda", body)
            wait = 1
            while found["status"] in ("pending", "processing"):
                time.sleep(wait)
                wait = min(wait * 2, 30)
                found = self.ask("GET", f"/api/render/proxy/lambda/{name}")
            if found["status"] == "completed":
                return found
        raise Refused(1, f"The video could not be made: {found.get('error') or found['status']}")

    def download(self, address: str, to: Path, size: int) -> None:
        """Beside its place first, so that nothing unfinished bears its name."""
        part = to.with_name(to.name + ".part")
        try:
            with urllib.request.urlopen(address, timeout=STEADY_S) as answer, part.open("wb") as file:
                while piece := answer.read(CHUNK):
                    file.write(piece)
            if size and part.stat().st_size != size:
                raise Refused(1, "The download is not whole; try again.")
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)


def _platform() -> str:
    parts = Path(__file__).resolve().parts
    return next((name for folder, name in PLATFORMS.items() if folder in parts), "unknown")


def _refusal(error: urllib.error.HTTPError) -> Refused:
    try:
        body = json.loads(error.read())
        return Refused(int(body["code"]), str(body["message"]))
    except (ValueError, KeyError, TypeError, OSError):
        return Refused(error.code, f"The service answered with {error.code}.")


def _event(raw: bytes) -> Json:
    if not raw.startswith(b"data:"):
        return {}
    try:
        found = json.loads(raw[5:])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _texts(event: Json) -> list[str]:
    parts = (event.get("content") or {}).get("parts") or []
    return [part["text"] for part in parts if part.get("text") and not event.get("partial")]


def _number(code: object) -> int:
    return int(code) if str(code).isdigit() else 1


def _work(service: Service, path: Path, words: str, to: Path) -> int:
    if not service.token:
        service.sign_in()
    begin = {"task_name": "project", "language": "zh" if any("\u4e00" <= one <= "\u9fff" for one in words) else "en"}
    session = str(service.ask("POST", "/api/tasks/me/with-session/nemo_agent", begin)["session_id"])
    service.upload(session, path)
    before = service.draft(session)
    texts, options = service.say(session, words)
    for text in texts:
        print(text, flush=True)
    after = service.draft(session)
    if not texts:
        for seconds in QUIET_S:
            if after != before:
                break
            time.sleep(seconds)
            after = service.draft(session)
        print("The timeline was changed." if after != before else "Nothing was changed.", flush=True)
    if after == before:
        print(json.dumps({"session_id": session, "options": options}, ensure_ascii=False))
        return 5
    done = service.render(session, after)
    output = done["output"]
    size = int(output.get("size") or 0)
    service.download(done.get("outputUrl") or output["url"], to, size)
    facts = {"output": str(to), "bytes": size, "source_bytes": path.stat().st_size, "session_id": session}
    kept = {name: output.get(name) for name in ("width", "height", "duration", "bitrate", "codec")}
    print(json.dumps(facts | kept, ensure_ascii=False))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("words", help="what it shall become, as the user said it")
    parser.add_argument("-o", "--output", type=Path, help="NAME-slim.mp4 beside the file unless given")
    parser.add_argument("--overwrite", action="store_true")
    given = parser.parse_args()
    to = given.output or given.file.with_name(f"{given.file.stem}-slim.mp4")
    if not given.file.is_file():
        parser.error(f"there is no file {given.file}")
    if to.exists() and not given.overwrite:
        parser.error(f"{to} exists already; --overwrite replaces it")
    try:
        return _work(Service(os.environ.get("NEMO_API_URL") or "http://127.0.0.1:8000"), given.file, given.words, to)
    except Refused as refused:
        print(refused.said, file=sys.stderr)
        return {4001: 3, 4002: 3, 2001: 4, 402: 4}.get(refused.code, 1)
    except OSError as error:
        print(f"The service cannot be reached: {getattr(error, 'reason', error)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

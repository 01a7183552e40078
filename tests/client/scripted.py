"""Plays flows of the client against answers that are written down, without a server, a clock or a disk."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slimreel.client.conversation import Conversation
from slimreel.client.steps import Close, Flow, Opened, Piece, Read, Request, Response, Tell, Wait
from slimreel.errors import SlimreelError

TOKEN = "nmv_usr_" + "x" * 43
SESSION = "1234567890123456789"


@dataclass(frozen=True)
class Stream:
    """An answer in pieces: bytes come, a number lets so many seconds pass first, and `broken` cuts it off."""

    pieces: tuple[bytes | float, ...] = ()
    broken: bool = False
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream"})
    status: int = 200


@dataclass
class Played:
    """What came of a flow, and all that it asked for."""

    value: Any = None
    error: SlimreelError | None = None
    requests: list[Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    told: list[Tell] = field(default_factory=list)

    @property
    def calls(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.requests]

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.told]

    def count(self, path: str) -> int:
        return sum(one.path.startswith(path) for one in self.requests)


def ok(**data: Any) -> Response:
    body = {"code": 0, "success": True, "message": "ok", "data": data, **data}
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())


def refused(code: int, status: int, message: str = "No.", **headers: str) -> Response:
    body = {"code": code, "success": False, "message": message, "data": None}
    found = {"content-type": "application/json"} | {
        name.replace("_", "-").lower(): text for name, text in headers.items()
    }
    return Response(status, found, json.dumps(body).encode())


def lost(*, sent: bool = True) -> Response:
    return Response(0, problem="the connection was reset", sent=sent)


def state(draft: Mapping[str, Any] | None = None, **more: Any) -> Response:
    return ok(session_id=SESSION, user_id="anon_1", state={"draft": dict(draft or {}), **more})


def draft(length_ms: int = 10_000, **more: Any) -> dict[str, Any]:
    """With the keys that every server has, and no more."""
    segment = {"d": length_ms, "m": {"title": "city timelapse"}}
    return {"t": [{"tt": 0, "sg": [segment]}], "d": length_ms, "m": {"width": 1920, "height": 1080}, **more}


def event(event_id: int | None = None, **fields: Any) -> bytes:
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}data: {json.dumps(fields, ensure_ascii=False)}\n\n".encode()


def words(text: str, event_id: int | None = None, **more: Any) -> bytes:
    return event(event_id, content={"parts": [{"text": text}], "role": "model"}, **more)


HEARTBEAT = event(type="heartbeat")


def talk(**more: Any) -> Conversation:
    """One that is signed in and has a session."""
    numbers = itertools.count(1)
    about: dict[str, Any] = {
        "token": TOKEN,
        "session_id": SESSION,
        "user_id": "anon_1",
        "was_reached": True,
        "new_id": lambda: str(next(numbers)),
    }
    return Conversation(server="http://far.test", **(about | more))


def play(flow: Flow[Any], *answers: Response | Stream) -> Played:
    """Each request takes the next answer; one too few or too many is an error of the test."""
    played, left = Played(), list(answers)
    pieces: list[bytes | float] = []
    broken, now_s = False, 0.0
    answer: Any = None
    try:
        while True:
            step = flow.send(answer)
            answer = None
            match step:
                case Request():
                    played.requests.append(step)
                    assert left, f"no answer is left for {step.method} {step.path}"
                    found = left.pop(0)
                    if isinstance(found, Stream):
                        assert isinstance(step, Opened)
                        pieces, broken = list(found.pieces), found.broken
                        answer = Response(found.status, found.headers)
                    else:
                        pieces, broken = [found.body] if isinstance(step, Opened) else [], False
                        answer = found
                case Read():
                    while pieces and isinstance(pieces[0], float):
                        now_s += float(pieces.pop(0))
                    data = pieces.pop(0) if pieces else b""
                    assert isinstance(data, bytes)
                    answer = Piece(data, now_s, broken and not data)
                case Wait():
                    played.waits.append(step.seconds)
                case Tell():
                    played.told.append(step)
                case Close():
                    pieces = []
    except StopIteration as done:
        played.value = done.value
    except SlimreelError as error:
        played.error = error
    assert not left, f"{len(left)} answers were not asked for: {played.calls}"
    return played

"""One request and its answer as the gate sees them pass: counts the body, adds headers to the answer, and sees to it
that a client which is still sending can read the answer. It knows no rule of its own.

A connection that is closed while its client still sends is reset, and the client may lose the answer that says why. So
what comes after an early answer is read and dropped for a moment before the connection is closed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
from starlette.types import Message, Receive, Send

from slimreel.errors import SlimreelError
from slimreel.server.envelope import Failure, failure

Headers = list[tuple[bytes, bytes]]

_CLOSE = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """The most bytes a body may have, and the error that says it has more."""

    most_bytes: int
    error: SlimreelError


class Exchange:
    """`receive` and `send` for the application, around those of the server.

    `headers` go on every answer, each unless the answer has it already. `linger_s`: how long a body is dropped that
    comes after its answer.
    """

    def __init__(
        self, receive: Receive, send: Send, *, headers: Headers, has_body: bool, linger_s: float, language: str = "en"
    ) -> None:
        self._receive = receive
        self._send = send
        self._headers = headers
        self._linger_s = linger_s
        self.language = language
        self._closes = False
        self._body_left = has_body
        self._bytes = 0
        self.limit: BodyLimit | None = None
        self.started = False
        self.cut_off = False

    async def receive(self) -> Message:
        message = await self._next() if not self.cut_off else {"type": "http.disconnect"}
        limit = self.limit
        if limit is None or self.cut_off or self._bytes <= limit.most_bytes:
            return message
        if not self.started:
            await self.fail(limit.error)
        self.cut_off = True
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.cut_off:
            return  # the answer is out already; what the application says to a body that was cut off is nobody's
        if message["type"] == "http.response.start":
            self.started = True
            await self._send({**message, "headers": self._with_ours(message.get("headers", ()))})
        elif message.get("more_body", False) or not self._body_left:
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._linger()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def fail(self, error: BaseException, *, incident: str = "") -> None:
        """Answers with an error."""
        await self.refuse(failure(error, incident=incident, language=self.language))

    async def refuse(self, answer: Failure) -> None:
        self._closes = True
        await self.answer(answer.status, answer.headers, answer.body)

    async def answer(self, status: int, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> None:
        """A whole answer: JSON, or none."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind: Headers = [] if body is None else [(b"content-type", b"application/json")]
        ours = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        length: Headers = [] if status == 204 else [(b"content-length", str(len(raw)).encode())]
        await self.send({"type": "http.response.start", "status": status, "headers": [*kind, *length, *ours]})
        await self.send({"type": "http.response.body", "body": raw})

    def _with_ours(self, theirs: Sequence[tuple[bytes, bytes]]) -> Headers:
        there = {name.lower() for name, _ in theirs}
        added = [(name, value) for name, value in self._headers if name not in there or name == b"vary"]
        if (self._closes or self._body_left) and b"connection" not in there:
            added.append(_CLOSE)
        return [*theirs, *added]

    async def _next(self) -> Message:
        message: MutableMapping[str, Any] = await self._receive()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._body_left = message.get("more_body", False)
        else:
            self._body_left = False
        return message

    async def _linger(self) -> None:
        with anyio.move_on_after(self._linger_s):
            while self._body_left:
                await self._next()

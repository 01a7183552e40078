"""The client for ordinary code: carries out the steps of the flows with httpx, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import httpx

from slimreel.client import calls, exchange, exporting, talking, uploading
from slimreel.client.conversation import Credits, Exported, State, Turn, Uploaded
from slimreel.client.environment import Keepsakes
from slimreel.client.files import LocalSource, arriving
from slimreel.client.steps import Close, Flow, Listener, Piece, Read, Request, Response, Tell, Value, Wait, ignore


class Client:
    """A conversation with a video service: slimreel's, or any that speaks the same protocol.

    Example:
        with Client("http://127.0.0.1:8000") as client:
            client.upload(Path("clip.mov"))
            print(client.say("compress it to 8 Mbps").text)
            client.export(Path("small.mp4"))

    `listen` is called with each Tell: progress, "still working", notices. `skill` is a SKILL.md that calls are made
    for. Methods raise the errors of slimreel.errors.client. Not to be used by two threads at once.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        token: str | None = None,
        skill: Path | None = None,
        language: str = "en",
        listen: Listener = ignore,
        keepsakes: Keepsakes | None = None,
        transport: httpx.BaseTransport | None = None,
        pace: exchange.Pace | None = None,
    ) -> None:
        wishes = exchange.Wishes(server=server, token=token, skill=skill, language=language, keepsakes=keepsakes)
        self.talk = wishes.conversation()
        self.listen = listen
        self._http = httpx.Client(transport=transport, trust_env=exchange.uses_proxies(self.talk.server))
        self._pace = pace or exchange.Pace()
        self._opened: httpx.Response | None = None
        self._pieces: Iterator[bytes] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._close()
        self._http.close()

    def connect(self, session_id: str = "") -> str:
        """Opens a project, or goes on with one; its session id. The other methods do it by themselves."""
        self.talk.session_id, self.talk.draft = session_id, None
        self.run(calls.prepare(self.talk, in_session=True))
        return self.talk.session_id

    def upload(self, path: Path) -> Uploaded:
        """Sends a file; called again after a failure, it goes on where it was if the server can do that."""
        return self.run(uploading.upload(self.talk, LocalSource(path)))

    def fetch(self, *urls: str) -> tuple[Uploaded, ...]:
        """Has the server get files by their addresses."""
        return self.run(uploading.fetch(self.talk, list(urls)))

    def say(self, text: str) -> Turn:
        """Says something, and waits for the end of the turn."""
        return self.run(talking.say(self.talk, text))

    def state(self) -> State:
        return self.run(talking.state(self.talk))

    def credits(self) -> Credits:
        return self.run(talking.credits_left(self.talk))

    def export(
        self,
        to: Path,
        *,
        draft: Mapping[str, Any] | None = None,
        output: Mapping[str, Any] | None = None,
        render_id: str | None = None,
        overwrite: bool = False,
    ) -> Exported:
        """Makes the finished file of a draft (else of the latest one) and writes it; with `render_id`, that of a render
        which was begun already. Also raises OutputExists and StorageError."""
        with arriving(to, overwrite=overwrite) as sink:
            if render_id is not None:
                return self.run(exporting.finish(self.talk, render_id, sink))
            return self.run(exporting.export(self.talk, sink, draft=draft, output=output))

    def run(self, flow: Flow[Value]) -> Value:
        """Carries out a flow to its end."""
        answer: Any = None
        try:
            while True:
                answer = self._do(flow.send(answer))
        except StopIteration as done:
            return cast(Value, done.value)
        finally:
            flow.close()
            self._close()

    def _do(self, step: object) -> Response | Piece | None:
        match step:
            case Request():
                return self._send(step)
            case Read():
                return self._read()
            case Wait():
                self._pace.sleep(step.seconds)
            case Tell():
                self.listen(step)
            case Close():
                self._close()
        return None

    def _send(self, step: Request) -> Response:
        self._close()
        try:
            request = exchange.built(self._http, self.talk, step, self.listen)
            response = self._http.send(request, stream=True, follow_redirects=exchange.wants_redirects(step))
            self._opened = response
            if exchange.is_whole(step, response):
                body = response.read()
                self._pieces = iter([body])
                return exchange.answered(response, body)
            self._pieces = response.iter_bytes()
            return exchange.answered(response, b"")
        except exchange.FAILURES as error:
            self._close()
            return exchange.unanswered(error)

    def _read(self) -> Piece:
        try:
            return Piece(next(self._pieces, b""), self._pace.monotonic())
        except exchange.FAILURES:
            return Piece(b"", self._pace.monotonic(), broken=True)

    def _close(self) -> None:
        opened, self._opened, self._pieces = self._opened, None, iter(())
        if opened is not None:
            opened.close()

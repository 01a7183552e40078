"""The client for asyncio: carries out the same flows as sync.py with httpx's other half."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import httpx

from slimreel.client import calls, exchange, exporting, talking, uploading
from slimreel.client.conversation import Credits, Exported, State, Turn, Uploaded
from slimreel.client.environment import Keepsakes
from slimreel.client.files import LocalSource, arriving
from slimreel.client.steps import Close, Flow, Listener, Piece, Read, Request, Response, Tell, Value, Wait, ignore


class AsyncClient:
    """As Client, with methods to await. Not to be used by two tasks at once; several clients may be."""

    def __init__(
        self,
        server: str | None = None,
        *,
        token: str | None = None,
        skill: Path | None = None,
        language: str = "en",
        listen: Listener = ignore,
        keepsakes: Keepsakes | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        pace: exchange.AsyncPace | None = None,
    ) -> None:
        wishes = exchange.Wishes(server=server, token=token, skill=skill, language=language, keepsakes=keepsakes)
        self.talk = wishes.conversation()
        self.listen = listen
        self._http = httpx.AsyncClient(transport=transport, trust_env=exchange.uses_proxies(self.talk.server))
        self._pace = pace or exchange.AsyncPace()
        self._opened: httpx.Response | None = None
        self._pieces: AsyncIterator[bytes] = _several()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._close()
        await self._http.aclose()

    async def connect(self, session_id: str = "") -> str:
        self.talk.session_id, self.talk.draft = session_id, None
        await self.run(calls.prepare(self.talk, in_session=True))
        return self.talk.session_id

    async def upload(self, path: Path) -> Uploaded:
        return await self.run(uploading.upload(self.talk, LocalSource(path)))

    async def fetch(self, *urls: str) -> tuple[Uploaded, ...]:
        return await self.run(uploading.fetch(self.talk, list(urls)))

    async def say(self, text: str) -> Turn:
        return await self.run(talking.say(self.talk, text))

    async def state(self) -> State:
        return await self.run(talking.state(self.talk))

    async def credits(self) -> Credits:
        return await self.run(talking.credits_left(self.talk))

    async def export(
        self,
        to: Path,
        *,
        draft: Mapping[str, Any] | None = None,
        output: Mapping[str, Any] | None = None,
        render_id: str | None = None,
        overwrite: bool = False,
    ) -> Exported:
        with arriving(to, overwrite=overwrite) as sink:
            if render_id is not None:
                return await self.run(exporting.finish(self.talk, render_id, sink))
            return await self.run(exporting.export(self.talk, sink, draft=draft, output=output))

    async def run(self, flow: Flow[Value]) -> Value:
        """Carries out a flow to its end."""
        answer: Any = None
        try:
            while True:
                answer = await self._do(flow.send(answer))
        except StopIteration as done:
            return cast(Value, done.value)
        finally:
            flow.close()
            await self._close()

    async def _do(self, step: object) -> Response | Piece | None:
        match step:
            case Request():
                return await self._send(step)
            case Read():
                return await self._read()
            case Wait():
                await self._pace.sleep(step.seconds)
            case Tell():
                self.listen(step)
            case Close():
                await self._close()
        return None

    async def _send(self, step: Request) -> Response:
        await self._close()
        try:
            request = exchange.built(self._http, self.talk, step, self.listen)
            response = await self._http.send(request, stream=True, follow_redirects=exchange.wants_redirects(step))
            self._opened = response
            if exchange.is_whole(step, response):
                body = await response.aread()
                self._pieces = _several(body)
                return exchange.answered(response, body)
            self._pieces = response.aiter_bytes()
            return exchange.answered(response, b"")
        except exchange.FAILURES as error:
            await self._close()
            return exchange.unanswered(error)

    async def _read(self) -> Piece:
        try:
            return Piece(await anext(self._pieces, b""), self._pace.monotonic())
        except exchange.FAILURES:
            return Piece(b"", self._pace.monotonic(), broken=True)

    async def _close(self) -> None:
        opened, self._opened, self._pieces = self._opened, None, _several()
        if opened is not None:
            await opened.aclose()


async def _several(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece

"""Streams of events: what the feed holds, then what comes, with heartbeats in silence. A stream only reads.

Whether anybody listens changes nothing of the work; a stream that broke off is resumed by the id of its last event.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

import anyio.to_thread
from fastapi.responses import StreamingResponse

from slimreel.server.wakes import Wakes
from slimreel.services.adk import fragments
from slimreel.services.db.models import FeedEntry
from slimreel.services.feed import Feed

HEARTBEAT_S = 10.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_MEDIA_TYPE = "text/event-stream; charset=utf-8"


def turn_stream(
    feed: Feed, wakes: Wakes, session_id: str, turn_id: str, *, last_id: int, growing: bool, longest_s: float
) -> StreamingResponse:
    """The events of one turn; the stream ends with it."""

    async def frames() -> AsyncIterator[str]:
        async for entry in _entries(feed, wakes, session_id, turn_id, last_id, longest_s):
            if entry is None:
                yield _frame({"type": "heartbeat"})
            elif entry.kind == "end":
                return
            else:
                if growing and entry.payload.get("type") == "text":
                    for piece in fragments(entry.payload):
                        yield _frame(piece)
                yield _frame(entry.payload, entry.id)

    return StreamingResponse(frames(), media_type=_MEDIA_TYPE, headers=HEADERS)


def session_stream(feed: Feed, wakes: Wakes, session_id: str, *, last_id: int, longest_s: float) -> StreamingResponse:
    """All that happens in a session, each entry as {"kind", "turn_id", "job", "payload"}, until the client goes."""

    async def frames() -> AsyncIterator[str]:
        yield "retry: 2000\n\n"
        async for entry in _entries(feed, wakes, session_id, None, last_id, longest_s):
            if entry is None:
                yield _frame({"kind": "heartbeat"})
                continue
            told = {"kind": entry.kind, "turn_id": entry.turn_id, "job": entry.job_id, "payload": entry.payload}
            yield _frame(told, entry.id)

    return StreamingResponse(frames(), media_type=_MEDIA_TYPE, headers=HEADERS)


async def _entries(
    feed: Feed, wakes: Wakes, session_id: str, turn_id: str | None, last_id: int, longest_s: float
) -> AsyncIterator[FeedEntry | None]:
    """The entries as they come; None where there was silence for a while."""
    loop = asyncio.get_running_loop()
    until = loop.time() + longest_s
    # Streams that were opened together shall not all beat at once.
    silence_s = HEARTBEAT_S * random.uniform(0.8, 1.0)
    async with wakes.of(session_id) as woken:
        woken.set()
        while loop.time() < until:
            try:
                await asyncio.wait_for(woken.wait(), min(silence_s, until - loop.time()))
            except TimeoutError:
                yield None
                continue
            woken.clear()
            while found := await anyio.to_thread.run_sync(partial(feed.after, session_id, last_id, turn_id=turn_id)):
                for entry in found:
                    last_id = entry.id
                    yield entry
            if wakes.stopping.is_set():
                return


def _frame(payload: Mapping[str, Any], event_id: int | None = None) -> str:
    """One event: JSON in one line, since a line break would end it."""
    data = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event_id}\ndata: {data}\n\n" if event_id is not None else f"data: {data}\n\n"

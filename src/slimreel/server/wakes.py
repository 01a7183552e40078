"""Wakes streams when something happened in their session, whichever process made it happen. Reads no payload.

One look at the feed serves all streams of this process; while there is none, nobody looks.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread

from slimreel.errors.service import Unavailable
from slimreel.services.feed import Feed

_LOOK_S = 0.1


class Wakes:
    """The streams that wait, by session."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._looking: asyncio.Task[None] | None = None
        self.stopping = asyncio.Event()

    @asynccontextmanager
    async def of(self, session_id: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the session has a new entry, or the service stops."""
        woken = asyncio.Event()
        self._waiting[session_id].add(woken)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield woken
        finally:
            self._waiting[session_id].discard(woken)
            if not self._waiting[session_id]:
                del self._waiting[session_id]

    def stop(self) -> None:
        """Ends every stream: the service is about to stop."""
        self.stopping.set()
        for streams in self._waiting.values():
            for woken in streams:
                woken.set()

    async def close(self) -> None:
        self.stop()
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    async def _look(self) -> None:
        last: int | None = None
        while self._waiting and not self.stopping.is_set():
            with suppress(Unavailable):  # a database that is away for a moment wakes nobody
                if last is None:
                    last = await anyio.to_thread.run_sync(self._feed.newest)
                    self._wake(set(self._waiting))  # what came between a stream's own look and this one
                else:
                    last, sessions = await anyio.to_thread.run_sync(self._feed.sessions_after, last)
                    self._wake(sessions)
            await asyncio.sleep(_LOOK_S)

    def _wake(self, sessions: set[str]) -> None:
        for session_id in sessions & self._waiting.keys():
            for woken in self._waiting[session_id]:
                woken.set()

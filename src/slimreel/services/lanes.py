"""Keeps what people look at from taking the machine: quick work waits its turn, heavy work goes on behind the call.

It knows nothing of what is made, only for which account and under which name.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from slimreel.errors import SlimreelError
from slimreel.errors.service import TooManyRequests, Unavailable

Made = TypeVar("Made")
_log = logging.getLogger(__name__)
# Calls wait in threads of the service, so only some of those may be taken up by waiting.
_QUICK_AT_ONCE, _QUICK_PER_ACCOUNT, _QUICK_IN_ALL = 2, 8, 16
_TURN_S = 20.0
_HEAVY_AT_ONCE = 2
_WAITING = 6
_RETRY_S = 5


class QuickLane:
    """Work of at most a few seconds, two at once; whoever comes too often or too late is sent away."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_QUICK_AT_ONCE)
        self._lock = threading.Lock()
        self._waiting: Counter[str] = Counter()

    @contextmanager
    def turn(self, user_id: str) -> Iterator[None]:
        """A turn of this account. Raises TooManyRequests."""
        with self._lock:
            if self._waiting[user_id] >= _QUICK_PER_ACCOUNT or self._waiting.total() >= _QUICK_IN_ALL:
                raise TooManyRequests(detail="many pictures are being made already", retry_after_s=1)
            self._waiting[user_id] += 1
        try:
            if not self._places.acquire(timeout=_TURN_S):
                raise TooManyRequests(detail="many pictures are being made already", retry_after_s=_RETRY_S)
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._waiting[user_id] -= 1
                self._waiting += Counter()  # accounts that wait for nothing go


class Work(Generic[Made]):
    """Heavy work that goes on, and how it ended."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.ended = threading.Event()
        self.made: Made | None = None
        self.problem: SlimreelError | None = None


class HeavyLane(Generic[Made]):
    """Work of seconds to many minutes: one at a time for an account, two in all. The same work is never begun twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._works: dict[str, Work[Made]] = {}
        self._waiters = threading.BoundedSemaphore(_WAITING)

    def ask(self, user_id: str, name: str, make: Callable[[], Made], *, wait_s: float) -> Made | None:
        """What `make` gives, begun here or before; None where that takes longer than `wait_s`.

        Raises TooManyRequests where other work is in the way, and what `make` raised: once, then it may be tried again.
        """
        with self._lock:
            work = self._works.get(name)
            if work is None:
                work = self._begin(user_id, name, make)
        if wait_s and self._waiters.acquire(blocking=False):
            try:
                work.ended.wait(wait_s)
            finally:
                self._waiters.release()
        if not work.ended.is_set():
            return None
        with self._lock:
            if self._works.get(name) is work:
                del self._works[name]
        if work.problem is not None:
            raise work.problem
        return work.made

    def _begin(self, user_id: str, name: str, make: Callable[[], Made]) -> Work[Made]:
        running = [work for work in self._works.values() if not work.ended.is_set()]
        if any(work.user_id == user_id for work in running):
            raise TooManyRequests(detail="something else is being measured for this account", retry_after_s=_RETRY_S)
        if len(running) >= _HEAVY_AT_ONCE:
            raise TooManyRequests(detail="much is being measured here already", retry_after_s=_RETRY_S)
        # Those that nobody asked for again: what they made is in the store.
        self._works = {known: work for known, work in self._works.items() if not work.ended.is_set() or work.problem}
        while len(self._works) > 100:
            del self._works[next(known for known, work in self._works.items() if work.ended.is_set())]
        work: Work[Made] = Work(user_id)
        self._works[name] = work
        threading.Thread(target=_carry_out, args=(work, make), name="slimreel-evidence", daemon=True).start()
        return work


def _carry_out(work: Work[Made], make: Callable[[], Made]) -> None:
    problem: SlimreelError = Unavailable(detail="it could not be finished", retry_after_s=_RETRY_S)
    try:
        work.made = make()
    except SlimreelError as error:
        problem = error
    except OSError as error:
        _log.warning("something to look at could not be made: %s", error.strerror)
    finally:
        if work.made is None:
            work.problem = problem
        work.ended.set()

"""Runs an iterator of events to its end for those who want its value alone. Knows no use case."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TypeVar

Event = TypeVar("Event")
Value = TypeVar("Value")


def finish(events: Generator[Event, None, Value], listen: Callable[[Event], None]) -> Value:
    """Run `events` to their end, handing each to `listen`; whatever goes wrong, the work is stopped and cleared."""
    with closing(events):
        while True:
            try:
                event = next(events)
            except StopIteration as stop:
                result: Value = stop.value
                return result
            listen(event)

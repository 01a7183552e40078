"""A client of video services that speak the protocol of slimreel, for ordinary code and for asyncio.

It needs httpx alone: neither FFmpeg, nor a database, nor any part of the service. The names below are loaded when they
are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slimreel.client.asynchronous import AsyncClient
    from slimreel.client.conversation import Credits, Exported, State, Turn, Uploaded
    from slimreel.client.routing import route
    from slimreel.client.steps import Tell
    from slimreel.client.sync import Client
    from slimreel.client.timeline import summary

__all__ = ["AsyncClient", "Client", "Credits", "Exported", "State", "Tell", "Turn", "Uploaded", "route", "summary"]

_HOMES = {
    "AsyncClient": "asynchronous",
    "Client": "sync",
    "Tell": "steps",
    "route": "routing",
    "summary": "timeline",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'conversation')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

"""Where one server of tools runs: what it is built on, who calls, and what differs between a pipe and the network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio.to_thread

from slimreel.errors.service import BadRequest, UnknownSession
from slimreel.services.db.models import Session
from slimreel.services.tokens import Caller
from slimreel.services.wiring import Services

Value = TypeVar("Value")
_SHOWN = 5


class Place(ABC):
    """A server of tools, embedded in a program or part of a service."""

    # Whether paths of this machine may be read and written.
    is_local: bool

    def __init__(self, services: Services) -> None:
        self.services = services

    @abstractmethod
    def caller(self, request: Any) -> Caller:
        """Who makes this request, which is None on a pipe."""

    @abstractmethod
    def base_url(self, request: Any) -> str:
        """What links to the service begin with; empty where there is none."""

    @abstractmethod
    def usual_session(self, caller: Caller) -> str | None:
        """The session that is meant where none is named; None where that cannot be told."""

    @abstractmethod
    def used(self, session_id: str) -> None:
        """A session was named or begun."""

    @abstractmethod
    def check_render(self, request: Any) -> None:
        """May this request ask for a render? Raises PlanForbids."""

    @abstractmethod
    def before_render(self) -> None:
        """A render was asked for, or may be."""

    @abstractmethod
    def check_rendering(self) -> None:
        """Raises Unavailable where nothing renders any more, so that nobody waits for it."""

    @abstractmethod
    def is_stopping(self) -> bool:
        """Whether what waits has to answer now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a tool. `report` tells progress from 0 to 100 and what goes on."""

    place: Place
    caller: Caller
    request: Any
    report: Callable[[float, str], Awaitable[None]]

    @property
    def services(self) -> Services:
        return self.place.services

    @property
    def base_url(self) -> str:
        return self.place.base_url(self.request)

    async def do(self, work: Callable[[], Value]) -> Value:
        """The work in a thread: services wait for databases and disks."""
        return await anyio.to_thread.run_sync(work)

    def session(self, named: str | None) -> Session:
        """The session that is named, else the one that is meant. Raises UnknownSession, BadRequest."""
        wanted = named or self.caller.session_id or self.place.usual_session(self.caller)
        if wanted is None:
            raise BadRequest(detail=self._which())
        found = self.services.sessions.find(self.caller.user_id, wanted, self.caller.session_id)
        self.place.used(found.id)
        return found

    def check_open(self, session_id: str) -> None:
        """Raises UnknownSession where the caller's token does not open it."""
        if not self.caller.may_open(session_id):
            raise UnknownSession

    def remedy(self) -> str:
        """What a caller without credits can do."""
        if self.caller.kind == "registered":
            return "Top up credits in your account."
        if self.caller.session_id is not None:
            return "Whoever sent you the link can register, or top up credits."
        link = self.services.links.absolute(f"/register?bind={self.caller.user_id}", self.base_url)
        return f"Register to go on: {link}"

    def _which(self) -> str:
        found = self.services.sessions.listed(self.caller.user_id, count=_SHOWN)
        if not found:
            return "there is no session yet; call add_files, which begins one"
        names = ", ".join(f"{one.id} ({one.name})" for one in found)
        return f"say session_id, as add_files answered it; the last used are {names}"

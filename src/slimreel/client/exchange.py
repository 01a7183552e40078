"""What both shells share: a request as httpx wants it, and its answers and failures as the flows want them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from slimreel.client.attribution import attribution
from slimreel.client.conversation import Conversation
from slimreel.client.environment import DEFAULT_SERVER, Keepsakes, read_environment
from slimreel.client.forms import AsyncForm, Form
from slimreel.client.steps import Listener, Opened, Request, Response, Tell

CONNECT_S = 15.0
# Failures in which no byte of the call has come through.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a client waits, and the clock that it measures silence by."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class AsyncPace:
    """As Pace, for a loop."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a client is set up; what is None is read from the environment of the user."""

    server: str | None = None
    token: str | None = None
    skill: Path | None = None
    language: str = "en"
    task_name: str = "project"
    keepsakes: Keepsakes | None = None

    def conversation(self) -> Conversation:
        """A token of the environment goes to the server that is called, whichever that is; an empty one asks for a
        starter token."""
        found = read_environment()
        return Conversation(
            server=self.server or found.server or DEFAULT_SERVER,
            token=found.token if self.token is None else self.token,
            keepsakes=self.keepsakes or Keepsakes(),
            attribution=attribution(self.skill),
            language=self.language,
            task_name=self.task_name,
        )


def built(http: httpx.Client | httpx.AsyncClient, talk: Conversation, step: Request, listen: Listener) -> httpx.Request:
    """The call, with the headers of the conversation."""
    headers = talk.headers(step)
    more: dict[str, Any] = {}
    if step.form is not None:
        name = step.form.name
        form = Form(step.form, lambda fraction: listen(Tell("upload", name, fraction)))
        headers |= form.headers
        more["content"] = AsyncForm(form) if isinstance(http, httpx.AsyncClient) else form
    elif step.content is not None:
        more["content"] = step.content
    elif step.json is not None:
        more["json"] = step.json
    timeout = httpx.Timeout(step.timeout_s, connect=CONNECT_S)
    return http.build_request(step.method, talk.address(step.path), headers=headers, timeout=timeout, **more)


def uses_proxies(server: str) -> bool:
    """Not for this machine itself: a proxy cannot reach it, and has no business with its token."""
    host = urlsplit(server).hostname or ""
    return host not in ("localhost", "::1") and not host.startswith("127.")


def wants_redirects(step: Request) -> bool:
    """Links to files may lead on to a store; calls of the protocol lead nowhere else."""
    return step.method == "GET" and isinstance(step, Opened)


def is_whole(step: Request, response: httpx.Response) -> bool:
    """Is the body read at once? A stream is read in pieces; an answer in JSON instead of one is not."""
    kind = response.headers.get("content-type", "")
    return not isinstance(step, Opened) or not response.is_success or kind.startswith("application/json")


def answered(response: httpx.Response, body: bytes) -> Response:
    return Response(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)


def unanswered(error: Exception) -> Response:
    detail = str(error) or type(error).__name__
    return Response(0, problem=detail, sent=not isinstance(error, (*_UNSENT, httpx.InvalidURL)))


FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)

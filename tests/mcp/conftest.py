"""Agents for tests: on a pipe and over HTTP, in both revisions of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.mcp.agent import REVISIONS, Agent, on_this_machine, over_http
from tests.server.client import Client, signed_in
from tests.server.conftest import clip, service
from tests.server.serving import Serving

__all__ = ["clip", "service"]
Clip = Callable[..., Path]


@pytest.fixture(scope="session", params=REVISIONS)
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """An agent with `slimreel mcp` of its own."""
    with on_this_machine(tmp_path_factory.mktemp("mcp") / "data", request.param) as found:
        yield found


@pytest.fixture
def owner(service: Serving) -> Iterator[Client]:
    """A user of the service with a session, who talks to it over its ordinary calls."""
    with httpx.Client(base_url=service.address, timeout=120) as http:
        yield signed_in(http)


@pytest.fixture(params=REVISIONS)
def there(request: pytest.FixtureRequest, service: Serving, owner: Client) -> Iterator[Agent]:
    """An agent that uses the service with the owner's token."""
    token = owner.headers["Authorization"].removeprefix("Bearer ")
    with over_http(service.address, token, request.param) as found:
        yield found

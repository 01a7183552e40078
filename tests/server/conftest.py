"""A server that tests may share: uvicorn with the strict protocol and the gate, behind a trusted proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from slimreel.settings.service import ServiceSettings
from tests.server.raw import Running, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """This machine is its trusted proxy, so that a test can come from anywhere by saying X-Forwarded-For."""
    settings = ServiceSettings(
        data=tmp_path_factory.mktemp("data"),
        trusted_proxies="127.0.0.1, 10.0.0.0/8",
        allowed_origins="https://app.example.org, http://localhost:5173",
        upload_bytes=5_000_000,
        requests_per_minute=0,
        streams_per_token=0,
    )
    with running(settings) as found:
        yield found

"""Servers that tests share: the strict protocol and the gate alone, the whole service in its own process, and the
application in this one; and clips to send to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from slimreel.settings.service import ServiceSettings
from tests.engine import witness
from tests.server.client import Client, signed_in
from tests.server.described import HOOKS
from tests.server.raw import Running, running
from tests.server.serving import Api, Serving, in_process, serving

Clip = Callable[..., Path]


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


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """`slimreel serve` as users start it."""
    with serving(tmp_path_factory.mktemp("served") / "data") as found:
        yield found


@pytest.fixture
def http(service: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.address, timeout=120, event_hooks=HOOKS) as found:
        yield found


@pytest.fixture
def client(http: httpx.Client) -> Client:
    """A new user with a session of the real service."""
    return signed_in(http)


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The application in this process, called from this machine."""
    with in_process(ServiceSettings(data=tmp_path_factory.mktemp("api"))) as found:
        yield found


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """`clip("beach.mp4", length_s=3)`: moving pictures of 320x180 with a tone, made once."""
    folder = tmp_path_factory.mktemp("clips")

    def call(name: str, length_s: int = 3) -> Path:
        path = folder / str(length_s) / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            witness.ffmpeg(
                *("-f", "lavfi", "-i", f"testsrc2=s=320x180:r=25:d={length_s}"),
                *("-f", "lavfi", "-i", f"sine=d={length_s}:b=4"),
                *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", "-c:a", "aac", path),
            )
        return path

    return call

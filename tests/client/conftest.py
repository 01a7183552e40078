"""Clients against the stand-in for the hosted original: nothing of this user's home is read, and no pause is waited."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from slimreel.client import Client, Tell
from slimreel.client.environment import Keepsakes
from slimreel.client.exchange import Pace
from tests.client import hosted_stub
from tests.client.hosted_stub import Hosted
from tests.server.conftest import clip, service

__all__ = ["clip", "service"]

_VARIABLES = ("SLIMREEL_TOKEN", "NEMO_TOKEN", "SLIMREEL_API_URL", "NEMO_API_URL")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with nothing set and nothing kept."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    found = tmp_path / "home"
    found.mkdir()
    monkeypatch.setenv("HOME", str(found))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(found / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(found / "data"))
    return found


@dataclass
class User:
    """A client of the stand-in, what it was told, and how long it would have waited."""

    client: Client
    hosted: Hosted
    told: list[Tell] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.told]


def video(folder: Path) -> Path:
    path = folder / "clip.mp4"
    path.write_bytes(bytes(300_000))
    return path


@pytest.fixture
def user(home: Path) -> Iterator[User]:
    told: list[Tell] = []
    waits: list[float] = []
    seconds = itertools.count(0, 10)
    with hosted_stub.serving() as (hosted, address):
        pace = Pace(waits.append, lambda: float(next(seconds)))
        keepsakes = Keepsakes(home / "kept.json")
        transport = httpx.HTTPTransport(verify=False)  # loading certificates takes longer than a test
        with Client(address, listen=told.append, pace=pace, keepsakes=keepsakes, transport=transport) as client:
            yield User(client, hosted, told, waits)

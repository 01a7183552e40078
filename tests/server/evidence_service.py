"""A whole service in this process, asked as clients ask it, with clips that FFmpeg draws; renders are done at once."""

from __future__ import annotations

import asyncio
import io
import subprocess
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from slimreel.engine import ffmpeg
from slimreel.server.app import make_app
from slimreel.server.wakes import Wakes
from slimreel.services.jobs import Jobs
from slimreel.services.publish import Publisher
from slimreel.services.renders import Renders
from slimreel.services.wiring import Services, build
from slimreel.settings.service import ServiceSettings
from tests.server.described import described

WORKER = "wrk_0000000000000001"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of its own with one session."""

    token: str
    session_id: str


@dataclass(frozen=True, slots=True)
class EvidenceService:
    services: Services
    app: Any

    def ask(self, method: str, path: str, account: Account | None = None, **parts: Any) -> httpx.Response:
        """One call; {sid} in the path is the account's session."""
        headers = {**parts.pop("headers", {})}
        if account is not None:
            headers["Authorization"] = f"Bearer {account.token}"
            path = path.format(sid=account.session_id)

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=None) as client:
                return await client.request(method, path, headers=headers, **parts)

        found = asyncio.run(call())
        described().check(found)
        return found

    def get(self, path: str, account: Account | None = None, **query: Any) -> httpx.Response:
        return self.ask("GET", f"/api/slimreel{path}", account, params=query)

    def post(self, path: str, account: Account | None = None, **body: Any) -> httpx.Response:
        return self.ask("POST", f"/api/slimreel{path}", account, json=body)

    def account(self, language: str = "en") -> Account:
        told = self.ask("POST", "/api/auth/anonymous-token", headers={"X-Client-Id": str(uuid.uuid4())}).json()
        token = told["data"]["token"]
        path = "/api/tasks/me/with-session/nemo_agent"
        body = {"task_name": "evidence", "language": language}
        begun = self.ask("POST", path, Account(token, ""), json=body).json()
        return Account(token, begun["data"]["session_id"])

    def upload(self, account: Account, path: Path, name: str | None = None) -> dict[str, Any]:
        """The file as the session tells of it."""
        files = {"files": (name or path.name, path.read_bytes())}
        answer = self.ask("POST", "/api/upload-video/nemo_agent/me/{sid}", account, files=files)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["data"]["files"][0]
        return found

    def render(self, name: str, user_id: str) -> None:
        """Carries out the job of this name, as a worker would."""
        jobs: Jobs = self.services.jobs
        job = jobs.get(user_id, name)
        renders = Renders(self.services.settings, jobs, self.services.assets, Publisher(self.services.storage))
        fence = jobs.take(job.id, WORKER)
        assert fence is not None
        assert renders.make(job.id, fence), jobs.get(user_id, name).problem
        assert renders.publish(job.id, fence)
        assert renders.settle(job.id, fence)

    def user_of(self, account: Account) -> str:
        return self.services.tokens.authenticate(account.token).user_id

    def settled(self) -> None:
        """Waits for what is being measured behind calls."""
        for thread in threading.enumerate():
            if thread.name == "slimreel-evidence":
                thread.join()


@pytest.fixture(scope="module")
def evidence_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvidenceService]:
    settings = ServiceSettings(data=tmp_path_factory.mktemp("data"), grants_per_address=0)
    services = build(settings)
    yield EvidenceService(services, make_app(services, Wakes(services.feed)))
    services.close()


def clip(path: Path, *arguments: str) -> Path:
    """A file that FFmpeg makes of these arguments."""
    command = [str(ffmpeg.binary()), "-hide_banner", "-loglevel", "error", "-y", *arguments, str(path)]
    subprocess.run(command, check=True)
    return path


def drawn(path: Path, picture: str, *more: str) -> Path:
    """A clip of a picture that FFmpeg draws, in H.264."""
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    return clip(path, "-f", "lavfi", "-i", picture, *more, *coded)


def pixels(picture: bytes, tmp_path: Path) -> tuple[int, int, bytes]:
    """Width, height and RGB of a JPEG."""
    assert picture[:3] == b"\xff\xd8\xff", picture[:80]
    place = tmp_path / "look.jpg"
    place.write_bytes(picture)
    arguments = ["-i", str(place), "-f", "image2pipe", "-c:v", "ppm", "-"]
    command = [str(ffmpeg.binary()), "-hide_banner", "-loglevel", "error", *arguments]
    made = io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout)
    assert made.readline() == b"P6\n"
    width, height = map(int, made.readline().split())
    assert made.readline() == b"255\n"
    return width, height, made.read()


def mean(rgb: bytes) -> tuple[float, float, float]:
    count = len(rgb) // 3
    return (sum(rgb[0::3]) / count, sum(rgb[1::3]) / count, sum(rgb[2::3]) / count)

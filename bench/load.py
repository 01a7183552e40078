"""Loads the service as many clients would: a large upload, many streams, much polling, while something is rendered.

`python -m bench.load`; it starts `slimreel serve` itself, talks to it over loopback only, and stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from bench import machine
from bench.load_report import page
from bench.markdown import megabytes

_STREAMS, _PER_SECOND, _SECONDS, _SESSIONS = 200, 100, 20, 1000
_RENDER = {"format": "mp4", "size": "4MB"}


@dataclass(frozen=True, slots=True)
class QuickEdit:
    """One clip: bytes before and after, and the time it took."""

    clip: str
    source_bytes: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was seen. Times in milliseconds; memory is the largest resident set of the API's process."""

    upload_bytes: int
    upload_s: float
    rss_idle_bytes: int
    rss_upload_bytes: int
    rss_export_bytes: int
    streams: int
    polls: int
    seconds: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    failed: int
    render_running: bool
    p50_one_session_ms: float
    p50_many_sessions_ms: float
    sessions: int
    quick_edits: list[QuickEdit]


class Service:
    """A service of its own for the benchmark."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "slimreel", "serve", "--port", "0", "--data", str(folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if found is None:
            raise RuntimeError(f"the service did not start: {line!r}")
        self.url = found[0]

    def rss_bytes(self, field: str = "VmHWM") -> int:
        """The resident set of the API's process: its largest so far, or with VmRSS now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(rf"{field}:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)


class Client:
    """One account at the service."""

    def __init__(self, url: str, name: str) -> None:
        self.http = httpx.AsyncClient(
            base_url=url, timeout=600, trust_env=False, limits=httpx.Limits(max_connections=400)
        )
        self._name = name

    async def begin(self) -> str:
        """A token and a session; the session's id."""
        answer = await self.http.post("/api/auth/anonymous-token", headers={"X-Client-Id": self._name})
        self.http.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        return await self.session()

    async def session(self) -> str:
        answer = await self.http.post("/api/tasks/me/with-session/nemo_agent", json={})
        found: str = answer.raise_for_status().json()["session_id"]
        return found

    async def upload(self, session: str, path: Path) -> None:
        with path.open("rb") as file:
            answer = await self.http.post(
                f"/api/upload-video/nemo_agent/me/{session}", files={"files": (path.name, file)}
            )
        answer.raise_for_status()

    async def say(self, session: str, text: str) -> list[dict[str, object]]:
        body = {"session_id": session, "new_message": {"parts": [{"text": text}]}}
        answer = await self.http.post("/run_sse", json=body)
        lines = answer.raise_for_status().text.splitlines()
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]

    async def render(self, session: str, name: str, output: dict[str, str]) -> None:
        answer = await self.http.post(
            "/api/render/proxy/lambda", json={"id": name, "sessionId": session, "output": output}
        )
        answer.raise_for_status()

    async def status(self, name: str) -> str:
        found: str = (await self.http.get(f"/api/render/proxy/lambda/{name}")).raise_for_status().json()["status"]
        return found

    async def wait(self, name: str) -> str:
        while (found := await self.status(name)) in ("pending", "processing"):
            await asyncio.sleep(0.2)
        return found

    async def poll(self, session: str) -> float:
        """Milliseconds that one look at the state takes; infinite where it fails."""
        begun = time.perf_counter()
        answer = await self.http.get(f"/api/state/nemo_agent/me/{session}/latest")
        return (time.perf_counter() - begun) * 1000 if answer.status_code == 200 else float("inf")


async def quick_edit(client: Client, clip: Path) -> QuickEdit:
    """The seed's own example, from the first byte of the upload to the finished file."""
    session, name = await client.session(), f"render_{clip.stem}"
    begun = time.monotonic()
    await client.upload(session, clip)
    await client.say(session, "compress this video to 8 Mbps bitrate without losing visible quality")
    await client.render(session, name, {"format": "mp4", "quality": "high"})
    if await client.wait(name) != "completed":
        raise RuntimeError("the quick edit was not completed")
    seconds = time.monotonic() - begun
    made = await client.http.get(f"/api/render/proxy/lambda/{name}/download", follow_redirects=True)
    return QuickEdit(clip.name, clip.stat().st_size, len(made.raise_for_status().content), round(seconds, 1))


async def measure(service: Service, clips: Sequence[Path], large: Path) -> Figures:
    client = Client(service.url, "bench")
    session = await client.begin()
    idle = service.rss_bytes()
    quick_edits = [await quick_edit(client, clip) for clip in clips]

    begun = time.monotonic()
    second = await client.session()
    await client.upload(second, large)
    upload_s, after_upload = time.monotonic() - begun, service.rss_bytes()
    await client.render(second, "render_large", _RENDER)
    if await client.wait("render_large") != "completed":
        raise RuntimeError("the large file was not rendered")
    after_export = service.rss_bytes()

    few = [await client.poll(session) for _ in range(100)]
    third = await client.session()
    await client.upload(third, large)
    await client.render(third, "render_beside", {**_RENDER, "size": "3MB"})
    while await client.status("render_beside") == "pending":
        await asyncio.sleep(0.1)
    times, running = await _polled(client, session)
    sessions = [await client.session() for _ in range(_SESSIONS)]
    await client.http.post("/api/render/proxy/lambda/render_beside/cancel")
    await client.wait("render_beside")
    many = [await client.poll(session) for _ in range(100)]
    good = sorted(one for one in times if one != float("inf"))
    return Figures(
        upload_bytes=large.stat().st_size,
        upload_s=round(upload_s, 2),
        rss_idle_bytes=idle,
        rss_upload_bytes=after_upload,
        rss_export_bytes=after_export,
        streams=_STREAMS,
        polls=len(times),
        seconds=_SECONDS,
        p50_ms=_share(good, 0.5),
        p99_ms=_share(good, 0.99),
        worst_ms=_share(good, 1.0),
        failed=len(times) - len(good),
        render_running=running,
        p50_one_session_ms=_share(sorted(few), 0.5),
        p50_many_sessions_ms=_share(sorted(many), 0.5),
        sessions=len(sessions),
        quick_edits=quick_edits,
    )


async def _polled(client: Client, session: str) -> tuple[list[float], bool]:
    """Looks at the state, so many a second, beside open streams; did the render still run at the end?"""
    async with asyncio.TaskGroup() as group:
        streams = [group.create_task(_listen(client, session)) for _ in range(_STREAMS)]
        await asyncio.sleep(2)
        looks, begun = [], time.perf_counter()
        for number in range(1, _PER_SECOND * _SECONDS + 1):
            looks.append(group.create_task(client.poll(session)))
            await asyncio.sleep(max(0.0, begun + number / _PER_SECOND - time.perf_counter()))
        times = [await look for look in looks]
        running = await client.status("render_beside") == "processing"
        for stream in streams:
            stream.cancel()
    return times, running


async def _listen(client: Client, session: str) -> None:
    async with client.http.stream("GET", f"/api/slimreel/sessions/{session}/feed") as answer:
        async for _ in answer.aiter_bytes():
            pass


def _share(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else float("inf")


def make_large(path: Path) -> None:
    """Nearly 500 MB of video that decodes fast: noise in MJPEG."""
    source = "testsrc2=size=1920x1080:rate=30:duration=60,noise=alls=60:allf=t"
    command = [machine.ffmpeg(), "-loglevel", "error", "-f", "lavfi", "-i", source, "-c:v", "mjpeg", "-q:v", "3"]
    subprocess.run([*command, "-pix_fmt", "yuvj420p", "-fs", "490000000", str(path)], check=True)


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 1 where a goal is missed."""
    options = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    options.add_argument(
        "--clip",
        type=Path,
        required=True,
        action="append",
        help="a clip of half a minute for the quick edit; again for more",
    )
    options.add_argument("--out", type=Path, default=Path("bench/results"))
    chosen = options.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder:
        large = Path(folder) / "large.mov"
        make_large(large)
        print(f"a large file of {megabytes(large.stat().st_size)} MB is made", flush=True)
        service = Service(Path(folder) / "data")
        try:
            figures = asyncio.run(measure(service, chosen.clip, large))
        finally:
            service.close()
    chosen.out.mkdir(parents=True, exist_ok=True)
    facts = {"date": machine.today(), "machine": machine.describe(), "figures": asdict(figures)}
    (chosen.out / "load.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    text, kept = page(figures, machine.describe(), machine.today())
    (chosen.out / "load.md").write_text(text, encoding="utf-8")
    print(text)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

"""Runs one FFmpeg in the sandbox: yields how far it is, stops it when it stops advancing, keeps the end of its stderr.

It knows FFmpeg's progress lines and exit, but not what any command line means.
"""

from __future__ import annotations

import functools
import os
import re
import selectors
import tempfile
import time
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from slimreel.engine import sandbox
from slimreel.engine.card import Card
from slimreel.errors import DiskFull, FfmpegFailed, Stalled, UsageError
from slimreel.settings import read_settings

_TAIL_LINES = 60
_TICK_S = 0.5
# Lines of FFmpeg and its encoders that have the word error but are none of the input's faults.
_HARMLESS = re.compile(r"x265 \[|Svt\[|deprecated|Last message repeated", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Advance:
    """One progress report: seconds of media written, frames, bytes so far, media seconds per second."""

    out_time_s: float
    frame: int
    size_bytes: int
    speed: float | None


@dataclass(slots=True)
class Finished:
    """How a run ended well: its last report and the error lines it printed on the way."""

    last: Advance
    complaints: list[str] = field(default_factory=list)


Run = Generator[Advance, None, Finished]


@functools.cache
def binary() -> Path:
    """The FFmpeg that is used: SLIMREEL_FFMPEG, else the one of the imageio-ffmpeg wheel."""
    named = read_settings().ffmpeg
    if named is not None:
        if not named.is_file():
            raise UsageError(detail=f"SLIMREEL_FFMPEG names {named}, which is not a file")
        return named.resolve()
    import imageio_ffmpeg

    return Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve()


def version() -> str:
    """The first line of what FFmpeg says of itself, without its copyright."""
    with tempfile.TemporaryDirectory(prefix="slimreel-version-") as folder:
        process = sandbox.start([binary(), "-version"], sandbox.Policy(write=(Path(folder),)))
        answer, _ = process.communicate()
    words = answer.decode(errors="replace").split()
    return words[2] if words[:2] == ["ffmpeg", "version"] else "unknown"


def run(
    arguments: Sequence[str],
    *,
    folder: Path,
    stage: str,
    path: str,
    fds: Sequence[int] = (),
    policy: sandbox.Policy | None = None,
    card: Card | None = None,
) -> Run:
    """Run FFmpeg with `arguments`, its working folder `folder` (the only place it may write).

    Only with a `card` may it talk to devices.

    Raises FfmpegFailed, DiskFull, Stalled. Closing the generator kills the process.
    """
    argv = [str(binary()), "-hide_banner", "-nostdin", "-y", "-loglevel", "level+error"]
    argv += ["-nostats", "-stats_period", str(_TICK_S), "-progress", "pipe:1", *arguments]
    policy = replace(policy or sandbox.Policy(), write=(folder,))
    if card is not None:
        policy = card.opened_to(policy)
    process = sandbox.start(argv, policy, pass_fds=fds, cwd=folder)
    reader = _Reader(stage)
    try:
        yield from reader.follow(process)
        status = process.wait()
    finally:
        sandbox.kill(process)
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    if status != 0:
        raise failure(status, list(reader.tail), stage, path, arguments)
    return Finished(reader.last, reader.complaints)


def start(
    arguments: Sequence[str], folder: Path, policy: sandbox.Policy, *, fds: Sequence[int], stdout: int
) -> sandbox.Process:
    """An FFmpeg whose output goes to a descriptor; whoever started it reads what it says on stderr, and ends it."""
    argv = [str(binary()), "-hide_banner", "-nostdin", "-y", "-loglevel", "level+error", "-nostats", *arguments]
    return sandbox.start(argv, replace(policy, write=(folder,)), pass_fds=fds, stdout=stdout, cwd=folder)


def failure(status: int, tail: list[str], stage: str, path: str, arguments: Sequence[str]) -> FfmpegFailed | DiskFull:
    """The error that an exit status and the last lines of stderr mean."""
    text = "\n".join(tail)
    if "No space left on device" in text:
        return DiskFull(path=path)
    meaningful = [line for line in tail if not _HARMLESS.search(line)]
    detail = meaningful[0] if meaningful else f"no message (signal or status {status})"
    command = " ".join(arguments)
    return FfmpegFailed(path=path, stage=stage, exit_status=status, detail=detail, command=command, stderr=text)


class _Reader:
    """Reads both pipes of one FFmpeg until they close."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.last = Advance(0.0, 0, 0, None)
        self.tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self.complaints: list[str] = []
        self._report: dict[str, str] = {}
        self._moved_at = time.monotonic()
        self._cpu_ticks = 0
        self._stall_s = read_settings().stall_s

    def follow(self, process: sandbox.Process) -> Generator[Advance, None, None]:
        with selectors.DefaultSelector() as selector:
            buffers = {}
            for pipe in (process.stdout, process.stderr):
                assert pipe is not None
                selector.register(pipe, selectors.EVENT_READ)
                buffers[pipe.fileno()] = b""
            while selector.get_map():
                for key, _ in selector.select(timeout=_TICK_S):
                    chunk = os.read(key.fd, 65536)
                    if not chunk:
                        selector.unregister(key.fileobj)
                        continue
                    *lines, buffers[key.fd] = (buffers[key.fd] + chunk).split(b"\n")
                    is_report = key.fileobj is process.stdout
                    for line in lines:
                        text = line.decode(errors="replace").strip()
                        if is_report:
                            yield from self._take_report(text)
                        elif text:
                            self._take_complaint(text)
                self._watch(process.pid)

    def _take_report(self, line: str) -> Generator[Advance, None, None]:
        key, _, value = line.partition("=")
        self._report[key] = value.strip()
        if key != "progress":
            return
        advance = Advance(
            out_time_s=_number(self._report.get("out_time_us")) / 1e6,
            frame=int(_number(self._report.get("frame"))),
            size_bytes=int(_number(self._report.get("total_size"))),
            speed=_number(self._report.get("speed", "").rstrip("x")) or None,
        )
        moved = (advance.out_time_s, advance.frame, advance.size_bytes)
        if moved != (self.last.out_time_s, self.last.frame, self.last.size_bytes):
            self._moved_at = time.monotonic()
        self.last = advance
        yield advance

    def _take_complaint(self, line: str) -> None:
        self.tail.append(line[:500])
        if "[error]" in line and not _HARMLESS.search(line) and len(self.complaints) < 1000:
            self.complaints.append(line[:300])

    def _watch(self, pid: int) -> None:
        """A lookahead or a slow filter may keep frames back, so work done counts as advance too."""
        now = time.monotonic()
        if now - self._moved_at < self._stall_s / 4:
            return
        ticks = sandbox.cpu_ticks(pid)
        if ticks > self._cpu_ticks + 5:
            self._cpu_ticks = ticks
            self._moved_at = now
        elif now - self._moved_at > self._stall_s:
            raise Stalled(seconds=round(self._stall_s), stage=self.stage)


def _number(text: str | None) -> float:
    try:
        return max(0.0, float(text)) if text else 0.0
    except ValueError:
        return 0.0

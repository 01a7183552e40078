"""Calls a program of engine/child in a sandboxed interpreter: a request in, a reply out, both JSON.

Whatever a hostile file does to the child, here it ends as one of slimreel's errors. It must not know media.
"""

from __future__ import annotations

import importlib.util
import json
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from slimreel.engine import sandbox
from slimreel.errors import BeyondSalvage, EngineError, NotAVideo, SlimreelError, Stalled

START = Path(__file__).with_name("child") / "start.py"
MIB = 1024**2
# av and a 4K picture take 0.4 GiB of address space; a ten-hour MP4 adds 0.3 GiB of index.
MEMORY_BYTES = 1536 * MIB
REPLY_BYTES = 32 * MIB
COMPLAINT_BYTES = 4096
# On a busy machine a child may be given a twentieth of a core: past its deadline it goes on while it gets any time at
# all, looked at so often, up to so many deadlines; how much it may get in all its policy says.
LOOK_S, MOST_DEADLINES = 5.0, 10
POLL_S = 0.002


def call(
    program: str,
    request: dict[str, Any],
    *,
    path: object,
    fds: Sequence[int] = (),
    policy: sandbox.Policy | None = None,
    deadline_s: float = 60.0,
    reply_bytes: int = REPLY_BYTES,
) -> dict[str, Any]:
    """The reply of `program` to `request`; `fds` are inherited, and `path` names the input in errors.

    Raises NotAVideo or BeyondSalvage as the program says, Stalled where it does nothing after `deadline_s`, and
    EngineError when it crashes or its reply is no reply.
    """
    limits = policy or sandbox.Policy(memory_bytes=MEMORY_BYTES, cpu_s=int(deadline_s) + 1)
    command: list[str | Path] = [sys.executable, "-I", "-S", START, program, _av_init()]
    with tempfile.TemporaryFile() as question:
        question.write(json.dumps(request).encode())
        question.seek(0)
        process = sandbox.start(command, sandbox.python_policy(limits), pass_fds=fds, stdin=question)
        try:
            reply, complaint = _listen(process, program, deadline_s, reply_bytes, path)
        finally:
            sandbox.kill(process)
    return _judge(reply, complaint, process.returncode, path)


def _av_init() -> str:
    """Where the package `av` starts. It is found, never imported: only children run its code."""
    spec = importlib.util.find_spec("av")
    return spec.origin if spec is not None and spec.origin else ""


class _Drain(threading.Thread):
    """Reads a pipe to its end, or until there is more than allowed: then `overflowed` is set."""

    def __init__(self, pipe: IO[bytes] | None, limit: int) -> None:
        super().__init__(daemon=True)
        self.content = b""
        self.overflowed = False
        self._pipe = pipe
        self._limit = limit
        self.start()

    def run(self) -> None:
        if self._pipe is None:
            return
        with self._pipe as pipe:
            self.content = pipe.read(self._limit + 1)
        self.overflowed = len(self.content) > self._limit


def _listen(
    process: sandbox.Process, program: str, deadline_s: float, reply_bytes: int, path: object
) -> tuple[bytes, bytes]:
    start, ticks = time.monotonic(), -1
    reply, complaint = _Drain(process.stdout, reply_bytes), _Drain(process.stderr, COMPLAINT_BYTES)
    reply.join(deadline_s)
    while reply.is_alive():
        before, ticks = ticks, sandbox.cpu_ticks(process.pid)
        waited_s = time.monotonic() - start
        if ticks <= before or waited_s > MOST_DEADLINES * deadline_s:
            raise Stalled(seconds=round(waited_s), stage=program)
        reply.join(LOOK_S)
    if reply.overflowed:
        raise EngineError(path=path, detail="the answer of the program that reads it is too long")
    closed = time.monotonic()
    while process.poll() is None:
        if time.monotonic() - closed > deadline_s:
            raise Stalled(seconds=round(deadline_s), stage=program)
        time.sleep(POLL_S)
    complaint.join(1.0)
    return reply.content, complaint.content


def _judge(reply: bytes, complaint: bytes, status: int | None, path: object) -> dict[str, Any]:
    if status is not None and status < 0:
        if -status == getattr(signal, "SIGXCPU", 0):
            raise EngineError(path=path, detail="reading it took too much processor time")
        raise EngineError(path=path, detail=f"reading it crashed ({_signal_name(-status)}), so it is probably damaged")
    try:
        answer = json.loads(reply) if status == 0 else None
    except ValueError:
        answer = None
    if isinstance(answer, dict) and isinstance(answer.get("ok"), dict):
        found: dict[str, Any] = answer["ok"]
        return found
    if isinstance(answer, dict) and "refused" in answer:
        raise _refusal(str(answer["refused"]), str(answer.get("detail")), path)
    last_line = complaint.decode(errors="replace").strip().rpartition("\n")[2][-300:]
    raise EngineError(path=path, detail=last_line or "the program that reads it gave no answer")


def _refusal(kind: str, detail: str, path: object) -> SlimreelError:
    if kind == "damaged":
        return BeyondSalvage(path=path, detail=detail)
    if kind in ("unreadable", "too_big"):
        return NotAVideo(path=path, detail=detail)
    return EngineError(path=path, detail=detail)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

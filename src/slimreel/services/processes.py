"""Starts programs of our own, each in a process group of its own that dies with us. Knows nothing of what they do.

A program is a module that is run as `python -m`. On Linux the kernel kills it when this process ends, however that
happens; FFmpeg below it is bound to it in the same way (engine/child/launch.py), so one kill ends all of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import queue
import runpy
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

GRACE_S = 1.0  # between SIGTERM and SIGKILL
_PR_SET_PDEATHSIG = 1
# A tenth of the weight: an API beside it answers as if it were alone (bench/results/load.md).
_NICE = 10
_COMPLAINT_LINES = 40
_LINE_BYTES = 4 * 1024 * 1024  # of one message; results of a hundred parts take a tenth of it


class Program:
    """A program that runs: a request goes in, lines come out."""

    def __init__(self, module: str, arguments: Sequence[str] = (), request: bytes | None = None) -> None:
        self._process = _from_one_thread(module, arguments, request is not None)
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=_COMPLAINT_LINES)
        self._threads = [self._thread(self._read)]
        if request is not None:
            self._threads += [self._thread(self._write, request), self._thread(self._listen)]

    @property
    def process(self) -> int:
        return self._process.pid

    @property
    def complaints(self) -> str:
        """The end of what it wrote to stderr, for a log."""
        return "".join(self._complaints)

    def line(self, timeout_s: float) -> bytes | None:
        """Its next line. None after its last one; raises TimeoutError where there is none yet."""
        try:
            return self._lines.get(timeout=timeout_s)
        except queue.Empty:
            raise TimeoutError from None

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Its exit status, negative where a signal ended it; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout_s)
        return None

    def stop(self) -> None:
        """Asks it to end, and leaves the rest to it."""
        self._signal(signal.SIGTERM)

    def kill(self, grace_s: float = GRACE_S) -> None:
        """Ends it and all that it started: SIGTERM, a second, SIGKILL. When this returns it is gone."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            if self.wait(grace_s) is None:
                self._signal(signal.SIGKILL)
                self._process.wait()
        for thread in self._threads:
            thread.join(timeout=1.0)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process.poll() is None:
                os.killpg(self._process.pid, number)

    @staticmethod
    def _thread(target: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]  # its own methods
        thread.start()
        return thread

    def _write(self, request: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):  # it has ended before it read
            pipe.write(request)
        with contextlib.suppress(OSError):
            pipe.close()

    def _read(self) -> None:
        pipe = self._process.stdout
        if pipe is None:
            return
        with pipe:
            while line := pipe.readline(_LINE_BYTES):
                self._lines.put(line)
        self._lines.put(None)

    def _listen(self) -> None:
        pipe = self._process.stderr
        if pipe is None:
            return
        with pipe:
            while line := pipe.readline(4096):
                self._complaints.append(line.decode(errors="replace"))


# The kernel ties a child to the *thread* that forked it, so one thread that stays does it for all (engine/sandbox.py).
@functools.cache
def _forking_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="slimreel-programs")


def _from_one_thread(module: str, arguments: Sequence[str], asked: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "slimreel.services.processes", str(os.getpid()), module, *arguments]
    pipe = subprocess.PIPE if asked else None
    return (
        _forking_thread()
        .submit(
            lambda: subprocess.Popen(
                command,
                stdin=pipe or subprocess.DEVNULL,
                stdout=pipe,
                stderr=pipe,
                start_new_session=True,
            )
        )
        .result()
    )


def give_way() -> None:
    """Lets everything else on the machine go first, what this process starts included; see engine/child/launch.py."""
    os.nice(_NICE)
    with contextlib.suppress(OSError):  # a kernel that does not weigh sessions
        Path("/proc/self/autogroup").write_text(str(_NICE))


def _become(parent: int, module: str, arguments: list[str]) -> None:
    """What a new process does first: bind itself to its parent, then run the module as its program."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), signal.SIGKILL)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2], sys.argv[3:])

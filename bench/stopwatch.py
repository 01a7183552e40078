"""Starts a command and says what it cost: CPU seconds of its whole process tree, wall seconds, peak memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_CHILD = Path(__file__).with_name("stopwatch_child.py")
_TAIL = 2000  # characters of stderr that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one command, or several in a row, took. `peak_bytes` is of the largest single process."""

    cpu_s: float
    wall_s: float
    peak_bytes: int

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            cpu_s=self.cpu_s + other.cpu_s,
            wall_s=self.wall_s + other.wall_s,
            peak_bytes=max(self.peak_bytes, other.peak_bytes),
        )


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended. `exit_code` is negative for a signal, None when time ran out."""

    exit_code: int | None
    usage: Usage
    stdout: str
    stderr: str


def run(argv: Sequence[str], folder: Path, timeout_s: float | None = None) -> Finished:
    """Run `argv` in `folder`, its output kept in files there. A run that takes longer than `timeout_s` is killed."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="run-") as place:
        report, out, err = (Path(place, name) for name in ("report.json", "stdout", "stderr"))
        command = [sys.executable, "-I", "-S", str(_CHILD), str(report), *argv]
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
            )
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                pass
            finally:
                _end(process)
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in (out, err)]
        if not report.exists():
            return Finished(None, Usage(cpu_s=0, wall_s=timeout_s or 0, peak_bytes=0), texts[0], texts[1][-_TAIL:])
        found = json.loads(report.read_text(encoding="utf-8"))
        return Finished(found.pop("exit_code"), Usage(**found), texts[0], texts[1][-_TAIL:])


def run_all(commands: Sequence[Sequence[str]], folder: Path, timeout_s: float | None = None) -> Finished:
    """Run several commands in a row as one; the first that fails ends it."""
    done = run(commands[0], folder, timeout_s)
    for argv in commands[1:]:
        if done.exit_code != 0:
            break
        after = run(argv, folder, timeout_s)
        done = Finished(after.exit_code, done.usage + after.usage, after.stdout, after.stderr)
    return done


def _end(process: subprocess.Popen[bytes]) -> None:
    """Whatever is left of the session that was started for this command."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

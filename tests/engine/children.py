"""Starts the real ffmpeg and small Python programs in the real sandbox, for the tests of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from slimreel.engine import sandbox, sniff

FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())
HOME_MADE = ["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]
EVERY_LAYER = ("rlimits", "no_new_privs", "landlock", "seccomp")


@dataclass(frozen=True)
class Ended:
    code: int
    stdout: str
    stderr: str
    peak_bytes: int = 0


def run(argv: Sequence[str | Path], policy: sandbox.Policy, *, fds: tuple[int, ...] = (), without: str = "") -> Ended:
    """Runs a child to its end; `without` names one layer to leave open. The peak is of resident memory."""
    child = sandbox.start(argv, policy, pass_fds=fds, _without=frozenset({without} - {""}))
    stdout, stderr = child.stdout, child.stderr
    assert stdout is not None
    assert stderr is not None
    out, err = stdout.read(), stderr.read()
    stdout.close()
    stderr.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return Ended(child.returncode, out.decode(errors="replace"), err.decode(errors="replace"), usage.ru_maxrss * 1024)


def run_python(code: str, policy: sandbox.Policy, *, without: str = "") -> Ended:
    """Runs a piece of Python in the sandbox, with the standard library alone."""
    return run([sys.executable, "-I", "-S", "-c", code], sandbox.python_policy(policy), without=without)


def make(path: Path, *arguments: str) -> Path:
    """Has the plain ffmpeg make a small file of its own test picture."""
    command: list[str | Path] = [
        FFMPEG,
        *HOME_MADE,
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=64x64:r=25:d=1",
        *arguments,
        path,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def decode(path: Path, job: Path, *, frames: int = 10, stream: str = "0:v:0") -> Ended:
    """Decodes the first frames of a picture stream with all defences; stdout has one line a frame."""
    fd, demuxer, _ = sniff.open_input(path)
    try:
        options = ["-threads", "2", *sniff.input_options(demuxer, fd)]
        output = ["-map", stream, f"-frames:{stream[2]}", str(frames), "-f", "framecrc", "pipe:1"]
        return run([FFMPEG, *HOME_MADE, *options, *output], sandbox.Policy(write=(job,)), fds=(fd,))
    finally:
        os.close(fd)


def frames_of(ended: Ended) -> int:
    """How many frames `decode` saw."""
    return sum(not line.startswith("#") for line in ended.stdout.splitlines())


def ends_within(pid: int, seconds: float) -> bool:
    """Whether a process, of which this one is not the parent, is gone before the time is over."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False

"""Ctrl-C, SIGTERM and a closed terminal in the middle of the work: children gone, folders gone, exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import SLIMREEL, interruptible, make_clip

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")


# Windows has no SIGHUP.
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def children_of(pid: int) -> list[int]:
    """All processes below `pid`."""
    parents = {int(entry.name): parent_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


def parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", SIGNALS)
def test_stopping_leaves_nothing(tmp_path: Path, number: signal.Signals):
    make_clip(tmp_path / "clip.mp4", seconds=20, size="640x360", rate=25)
    command = [*SLIMREEL, "compress", "clip.mp4", "200 kbps", "--speed", "best", "--progress", "json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=pipe,
        stderr=pipe,
        text=True,
        preexec_fn=interruptible,  # noqa: PLW1509 - this process runs one thread when it forks
    ) as running:
        try:
            children = wait_for_work(running)
            assert children
            assert list(tmp_path.glob(".slimreel-*"))
            running.send_signal(number)
            time.sleep(0.05)
            running.send_signal(number)  # an impatient second one must not cut the cleaning short
            _, complaint = running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 130
    assert complaint == "slimreel: Stopped. Nothing unfinished was left behind.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert not [pid for pid in children if is_alive(pid)]


def wait_for_work(running: subprocess.Popen[str]) -> list[int]:
    """The children, once an FFmpeg is well under way."""
    assert running.stdout is not None
    for line in running.stdout:
        if '"stage":"encode"' in line or '"stage":"analyse"' in line:
            break
    give_up = time.monotonic() + 20
    while not (children := children_of(running.pid)) and time.monotonic() < give_up:
        time.sleep(0.02)
    time.sleep(0.3)  # the launcher becomes FFmpeg
    return children

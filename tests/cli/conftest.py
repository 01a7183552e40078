"""What the tests of the command line share: small clips made by FFmpeg itself, and the real program."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]
SLIMREEL = [sys.executable, "-m", "slimreel"]


def make_clip(path: Path, *, seconds: float = 2, size: str = "128x128", rate: int = 10) -> Path:
    """A moving test picture with a tone, H.264 and AAC, some 250 kbit/s at the default size."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error",
        "-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds},noise=alls=20:allf=t",
        "-f", "lavfi", "-i", f"sine=440:d={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k",
        "-movflags", "+faststart", "-f", "mp4",
        f"file:{path}",
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=60)
    return path


@pytest.fixture(scope="session")
def clip_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4").read_bytes()


@pytest.fixture
def clip(tmp_path: Path, clip_bytes: bytes) -> Path:
    """A clip of two seconds in a folder of its own."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip_bytes)
    return path


@pytest.fixture
def slimreel(tmp_path: Path) -> Program:
    """Runs the program in the test's folder."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        command = [*SLIMREEL, *map(str, arguments)]
        settings: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 120} | options
        return subprocess.run(command, check=False, **settings)

    return run


def interruptible() -> None:
    """Before exec: a test run in the background of a shell, or by nohup, may have been told to ignore signals."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

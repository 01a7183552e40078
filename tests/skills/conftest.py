"""What tests of the skill and the examples share: the real service, a clip, and a folder to run commands in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server.conftest import Clip, clip, service
from tests.server.serving import Serving

__all__ = ["clip", "service"]
ROOT = Path(__file__).resolve().parents[2]
SKILL = ROOT / "skills" / "video-compressor-bitrate"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, service: Serving, clip: Clip) -> Run:
    """`run("sh", "-c", …)` in a folder with clip.mp4 and talk.mp4, where slimreel and the service are found."""
    for name in ("clip.mp4", "talk.mp4"):
        (tmp_path / name).write_bytes(clip(name).read_bytes())
    known = {name: value for name, value in os.environ.items() if not name.startswith(("NEMO_", "SLIMREEL_"))}
    known |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "NEMO_API_URL": service.address,
        "SKILL": str(SKILL),
        "POLL_S": "0.2",
    }

    def call(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        told = known | environment
        return subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True, check=False, timeout=240)

    return call

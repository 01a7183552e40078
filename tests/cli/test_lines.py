"""The line of a file says "target met" exactly where the promise was kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.cli.lines import of_result
from slimreel.core.goal import Goal
from slimreel.workbench.result import Result


def line(kind: str, error_percent: float, seconds: float, language: str = "en") -> str:
    fields: dict[str, Any] = {
        "strategy": "encode",
        "codec": "h264",
        "width": 64,
        "height": 36,
        "video_bitrate_bps": 1000,
        "bytes": 990,
        "source_bytes": 2000,
        "target": {"kind": kind},
        "error_percent": error_percent,
        "duration_s": seconds,
        "output": "b.mp4",
        "audio_bitrate_bps": 0,
        "fps": 25.0,
        "input": "a.mp4",
        "reasons": (),
        "cpu_seconds": 1.0,
        "wall_seconds": 1.0,
        "goal": Goal(),
    }
    return of_result(Result(**fields), Path("a.mp4"), Path("b.mp4"), language)


@pytest.mark.parametrize(
    ("kind", "error_percent", "seconds", "verdict"),
    [
        ("size", -1.0, 5, "target met (−1.0 %)"),
        ("size", -1.1, 5, "below the limit (−1.1 %)"),
        ("size", -3.0, 4.9, "target met (−3.0 %)"),
        ("size", -3.1, 4.9, "below the limit (−3.1 %)"),
        ("size", 0.1, 5, "target missed (+0.1 %)"),
        ("bitrate", 1.0, 5, "target met (+1.0 %)"),
        ("bitrate", -1.1, 5, "target missed (−1.1 %)"),
        ("bitrate", -2.9, 4.9, "target met (−2.9 %)"),
        ("bitrate", 3.1, 4.9, "target missed (+3.1 %)"),
    ],
)
def test_verdicts(kind: str, error_percent: float, seconds: float, verdict: str) -> None:
    assert line(kind, error_percent, seconds).endswith(verdict)


@given(error_percent=st.floats(-60, 60), seconds=st.floats(0.1, 100), kind=st.sampled_from(["size", "bitrate"]))
def test_met_means_within_the_promise(error_percent: float, seconds: float, kind: str) -> None:
    allowed = 1 if seconds >= 5 else 3
    kept = -allowed <= error_percent <= (0 if kind == "size" else allowed)
    assert ("target met" in line(kind, error_percent, seconds)) == kept
    assert ("达到目标" in line(kind, error_percent, seconds, "zh").replace("未达到目标", "")) == kept

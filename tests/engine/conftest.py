"""Compressions that tests of the engine share: each is made once a session, at the encoders' fast speed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.workbench.compress import Event, compress
from slimreel.workbench.result import Result
from tests.engine import witness

TARGETS = set(
    "quality vmaf_min crf video_bitrate_bps total_bitrate_bps max_bitrate_bps target_size_bytes size_ratio".split()
)


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file and what was said of it."""

    path: Path
    result: Result

    @property
    def reasons(self) -> dict[str, dict[str, Any]]:
        return {reason.id: dict(reason.fields) for reason in self.result.reasons}


Shrink = Callable[..., Made]
Make = Callable[..., Path]


def goal(**wanted: Any) -> Goal:
    """A goal at fast speed; without a target an encode of low quality, not sought but given."""
    if not TARGETS & set(wanted) and wanted.get("reencode") is not False:
        wanted |= {"crf": 28.0, "reencode": wanted.get("reencode", True)}
    return Goal(encode_speed="fast", **wanted)


@pytest.fixture(scope="session")
def shrink(tmp_path_factory: pytest.TempPathFactory) -> Shrink:
    """`shrink(source, suffix=".mp4", salvage=False, **goal)`: compressed once, however often it is asked for.

    Whatever reason stands in a result has been heard by who listened.
    """
    done: dict[object, Made] = {}

    def call(source: Path, suffix: str = ".mp4", *, salvage: bool = False, **wanted: Any) -> Made:
        key = (source, suffix, salvage, tuple(sorted(wanted.items())))
        if key not in done:
            folder = tmp_path_factory.mktemp("made")
            out = folder / f"{source.stem}{suffix}"
            heard: list[Reason] = []

            def listen(event: Event) -> None:
                heard.extend(event.reasons if event.kind == "decided" else ())

            result = compress(source, goal(**wanted), out, listen, salvage=salvage)
            assert set(map(repr, result.reasons)) <= set(map(repr, heard))
            assert [path.name for path in folder.iterdir()] == [out.name]
            done[key] = Made(out, result)
        return done[key]

    return call


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """`make("name.mp4", *ffmpeg_arguments)`: a clip made by FFmpeg, once. Other arguments make another clip, whatever
    a test elsewhere has called its own."""
    folder = tmp_path_factory.mktemp("clips")

    def call(name: str, *arguments: object) -> Path:
        told = hashlib.sha256(repr([str(argument) for argument in arguments]).encode()).hexdigest()
        path = folder / told[:12] / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            witness.ffmpeg(*arguments, path)
        return path

    return call


@pytest.fixture(scope="session")
def plain(make: Make) -> Path:
    """Two seconds of 320x180 at 25 fps with a tone, H.264 and AAC in MP4."""
    return make(
        "plain.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2:b=4"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )

"""Weighs a file that was made: bytes of its pictures, its sound and all the rest, counted packet by packet."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.media import MediaInfo
from slimreel.engine import probe, sniff


@dataclass(frozen=True, slots=True)
class Measured:
    """A made file. `other_bytes` is everything that is not video."""

    info: MediaInfo
    video_bytes: int
    sound_bytes: int

    @property
    def file_bytes(self) -> int:
        return self.info.size_bytes

    @property
    def other_bytes(self) -> int:
        return self.file_bytes - self.video_bytes


def measure(path: Path) -> Measured:
    """Count the packets of a file of ours. It may hold sound alone."""
    source = sniff.open_input(path)
    try:
        facts = probe.read(source, path)
    finally:
        os.close(source.fd)
    info = MediaInfo.model_validate({**facts, "path": str(path)})
    return Measured(info, sum(s.bytes for s in info.video), sum(s.bytes for s in info.audio))

"""Weighs a file that was made: bytes of its pictures, counted packet by packet, and of all the rest."""

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

    @property
    def file_bytes(self) -> int:
        return self.info.size_bytes

    @property
    def other_bytes(self) -> int:
        return self.file_bytes - self.video_bytes


def measure(path: Path) -> Measured:
    """Count the packets of a file of ours."""
    source = sniff.open_input(path)
    try:
        facts = probe.read(source, path)
    finally:
        os.close(source.fd)
    info = probe.media_info(facts, path)
    return Measured(info, sum(stream.bytes for stream in info.video))

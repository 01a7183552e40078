"""What a file holds, as a use case: the library's `probe`."""

from __future__ import annotations

import os
from pathlib import Path

from slimreel.core.media import MediaInfo
from slimreel.engine import probe as prober


def probe(path: str | os.PathLike[str]) -> MediaInfo:
    """What the video at `path` holds, every packet counted: bytes, bits per second, seconds, pixels.

    Raises NotAVideo, HostileInput, DamagedInput where no picture is left (lesser damage stands in `damage`),
    NoSuchFile, PermissionRefused, StorageError and EngineError of slimreel.errors. Times are seconds of the
    file's own clock, as defined in slimreel.core.media.
    """
    return prober.probe(Path(path))

"""Every setting: its name, default and one sentence. Nothing else reads the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process, read once."""

    ffmpeg: Path | None = None  # SLIMREEL_FFMPEG: another FFmpeg binary than the one that pip brought
    fonts: Path | None = None  # SLIMREEL_FONTS: a folder of fonts to prefer
    stall_s: float = 60.0  # SLIMREEL_STALL_S: seconds without any advance after which FFmpeg is stopped
    threads: int = 0  # SLIMREEL_THREADS: threads of one encode; 0 lets the encoder choose
    debug: bool = False  # SLIMREEL_DEBUG: show where an internal error happened


def read_settings() -> Settings:
    """Settings from the environment."""
    ffmpeg = os.environ.get("SLIMREEL_FFMPEG")
    fonts = os.environ.get("SLIMREEL_FONTS")
    return Settings(
        ffmpeg=Path(ffmpeg) if ffmpeg else None,
        fonts=Path(fonts) if fonts else None,
        stall_s=float(os.environ.get("SLIMREEL_STALL_S", "60")),
        threads=int(os.environ.get("SLIMREEL_THREADS", "0")),
        debug=os.environ.get("SLIMREEL_DEBUG", "") not in ("", "0"),
    )

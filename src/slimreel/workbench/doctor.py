"""Examines this machine: what slimreel can do here, found by trying. Judges, repairs and prints nothing."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from slimreel.core.choices import Codec
from slimreel.core.codecs import ENCODERS
from slimreel.core.hardware import hardware_of
from slimreel.engine import capabilities, ffmpeg, fonts, sandbox, speech_server
from slimreel.errors import EngineError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The findings. `free_bytes` is the space on the disk of the temporary folder."""

    slimreel: str
    python: str
    system: str
    cpus: int
    ffmpeg: str
    ffmpeg_version: str
    encoders: dict[Codec, capabilities.Trial]
    hardware: tuple[capabilities.Trial, ...]
    filters: tuple[capabilities.Trial, ...]
    sandbox: str
    sandbox_is_full: bool
    font_folders: tuple[str, ...]
    fonts: int
    cjk_fonts: tuple[str, ...]
    missing_font_packages: tuple[str, ...]
    speech: capabilities.Trial | None  # the speech engine that the settings name
    temp_folder: str
    free_bytes: int

    @property
    def is_able(self) -> bool:
        """Can the main job be done, H.264?"""
        return self.encoders["h264"].works


def examine() -> Machine:
    """Tries everything, some seconds. Raises UsageError where SLIMREEL_FFMPEG names no file."""
    encoders = {codec: capabilities.try_encoder(row.name) for codec, row in ENCODERS.items()}
    chips = [row for codec in ENCODERS for row in hardware_of(codec)]
    level, found = _level(), fonts.find_fonts()
    folder = tempfile.gettempdir()
    return Machine(
        slimreel=version("slimreel"),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        cpus=os.cpu_count() or 1,
        ffmpeg=str(ffmpeg.binary()),
        ffmpeg_version=ffmpeg.version(),
        encoders=encoders,
        hardware=tuple(capabilities.try_encoder(row.name, one_frame=True) for row in chips),
        filters=tuple(capabilities.try_filter(name) for name in capabilities.NEEDED_FILTERS),
        **level,
        font_folders=found.folders,
        fonts=found.count,
        cjk_fonts=found.cjk,
        missing_font_packages=found.missing,
        speech=speech_engine(),
        temp_folder=str(Path(folder)),
        free_bytes=shutil.disk_usage(folder).free,
    )


def speech_engine() -> capabilities.Trial | None:
    """The speech engine that the settings name, tried by asking for its models; None where they name none."""
    try:
        server = speech_server.server_of_settings()
    except UsageError as error:
        return capabilities.Trial(name="SLIMREEL_SPEECH_URL", works=False, detail=str(error))
    if server is None:
        return None
    wrong = speech_server.look(server)
    return capabilities.Trial(name=server.url, works=wrong is None, detail=wrong or f"asked for {server.model}")


def _level() -> dict[str, Any]:
    try:
        level = sandbox.level()
    except EngineError as error:
        return {"sandbox": f"not working: {error}", "sandbox_is_full": False}
    return {"sandbox": level.sentence(), "sandbox_is_full": level.is_full}

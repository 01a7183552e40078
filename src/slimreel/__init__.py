"""Compress a video to a bitrate, a size or a quality, and check that the result keeps the promise.

The names below are loaded when they are first used, so `import slimreel` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slimreel.core.goal import Goal
    from slimreel.core.media import MediaInfo
    from slimreel.errors import (
        DamagedInput,
        EngineError,
        NotAVideo,
        OutputExists,
        SlimreelError,
        StorageError,
        TargetImpossible,
        UsageError,
        WishNotUnderstood,
    )
    from slimreel.workbench.compress import compress, compress_events
    from slimreel.workbench.estimate import Prospect, estimate
    from slimreel.workbench.probe import probe
    from slimreel.workbench.result import Result

__all__ = [
    "DamagedInput",
    "EngineError",
    "Goal",
    "MediaInfo",
    "NotAVideo",
    "OutputExists",
    "Prospect",
    "Result",
    "SlimreelError",
    "StorageError",
    "TargetImpossible",
    "UsageError",
    "WishNotUnderstood",
    "compress",
    "compress_events",
    "estimate",
    "probe",
]

_HOMES = {
    "Goal": "core.goal",
    "MediaInfo": "core.media",
    "Prospect": "workbench.estimate",
    "Result": "workbench.result",
    "compress": "workbench.compress",
    "compress_events": "workbench.compress",
    "estimate": "workbench.estimate",
    "probe": "workbench.probe",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

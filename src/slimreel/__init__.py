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
        BadDraft,
        DamagedInput,
        EditRefused,
        EngineError,
        GlyphsMissing,
        NotAVideo,
        NotComparable,
        OutputExists,
        SlimreelError,
        SpeechFailed,
        StorageError,
        TargetImpossible,
        UsageError,
        WishNotUnderstood,
    )
    from slimreel.workbench.compare import compare, compare_events
    from slimreel.workbench.comparison import Comparison
    from slimreel.workbench.compress import compress, compress_events
    from slimreel.workbench.edit import Edit, Made, edit, edit_events
    from slimreel.workbench.estimate import Prospect, estimate
    from slimreel.workbench.exchange import TimelineFile, export_timeline
    from slimreel.workbench.probe import probe
    from slimreel.workbench.report import write_report
    from slimreel.workbench.result import Result

__all__ = [
    "BadDraft",
    "Comparison",
    "DamagedInput",
    "Edit",
    "EditRefused",
    "EngineError",
    "GlyphsMissing",
    "Goal",
    "Made",
    "MediaInfo",
    "NotAVideo",
    "NotComparable",
    "OutputExists",
    "Prospect",
    "Result",
    "SlimreelError",
    "SpeechFailed",
    "StorageError",
    "TargetImpossible",
    "TimelineFile",
    "UsageError",
    "WishNotUnderstood",
    "compare",
    "compare_events",
    "compress",
    "compress_events",
    "edit",
    "edit_events",
    "estimate",
    "export_timeline",
    "probe",
    "write_report",
]

_HOMES = {
    "Comparison": "workbench.comparison",
    "Edit": "workbench.edit",
    "Goal": "core.goal",
    "Made": "workbench.edit",
    "MediaInfo": "core.media",
    "Prospect": "workbench.estimate",
    "Result": "workbench.result",
    "TimelineFile": "workbench.exchange",
    "compare": "workbench.compare",
    "compare_events": "workbench.compare",
    "compress": "workbench.compress",
    "compress_events": "workbench.compress",
    "edit": "workbench.edit",
    "edit_events": "workbench.edit",
    "estimate": "workbench.estimate",
    "export_timeline": "workbench.exchange",
    "probe": "workbench.probe",
    "write_report": "workbench.report",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

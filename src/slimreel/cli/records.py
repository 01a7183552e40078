"""What programs read: the one JSON object a file of `--json`, and the events of `--progress json`.

docs/howto/script-with-json.md is the contract; keys may be added, never changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slimreel.agent.reply import say, say_error
from slimreel.core.events import Decided, Progress

if TYPE_CHECKING:
    from slimreel.errors import SlimreelError
    from slimreel.workbench.result import Result

_KEYS = (
    "input", "output", "strategy", "bytes", "duration_s", "video_bitrate_bps", "audio_bitrate_bps", "width", "height",
    "fps", "codec", "target", "error_percent", "reasons", "cpu_seconds", "wall_seconds",
)  # fmt: skip
_SMALLEST = ("smallest_bytes", "smallest_bps")


def of_result(result: Result, language: str) -> dict[str, Any]:
    """The object of a finished file."""
    reasons = [say(reason, language) for reason in result.reasons]
    told = {key: reasons if key == "reasons" else getattr(result, key) for key in _KEYS}
    return told if result.quality is None else told | {"quality": result.quality}


def of_error(source: Path | str | None, error: SlimreelError, language: str = "en") -> dict[str, Any]:
    """The object of a file that failed, or of no file where none was named."""
    smallest = {key: error.fields[key] for key in _SMALLEST if error.fields.get(key) is not None}
    told = {"code": error.code, "message": say_error(error, language), **smallest}
    return {"input": None if source is None else str(source), "error": told}


def of_event(source: Path, event: Progress | Decided, eta_s: float | None, language: str) -> dict[str, Any]:
    """The object of an event; `fraction` is of this file."""
    if isinstance(event, Decided):
        reasons = [
            {"id": reason.id, "fields": reason.fields, "text": say(reason, language)} for reason in event.reasons
        ]
        return {"event": "decided", "input": str(source), "reasons": reasons}
    return {
        "event": "progress",
        "input": str(source),
        "stage": event.stage,
        "fraction": round(event.fraction, 4),
        "speed": event.speed,
        "eta_s": eta_s,
    }


def as_line(record: dict[str, Any]) -> str:
    """One compact line; letters beyond ASCII stay readable where the stream can write them."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(record, separators=(",", ":"))
    return text

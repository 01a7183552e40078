"""Writes the log as lines of JSON: what happened, where, and the fields beside it.

What people said and tokens are not in it: of an error its kind and its places are kept, and not its words.
"""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

from slimreel.services.clock import iso, now

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        found: dict[str, Any] = {
            "at": iso(now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        found |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            found["error"] = type(error).__name__
            found["where"] = [
                f"{place.filename}:{place.lineno} {place.name}" for place in traceback.extract_tb(error.__traceback__)
            ]
        return json.dumps(found, ensure_ascii=False, default=str)


def write_json() -> None:
    """Sends warnings and worse to stderr as lines of JSON, for the whole process."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])

"""Writes tests/server/adk_event.schema.json: the form of an event as Google's Agent Development Kit declares it.

The kit weighs too much for the lock file, so it is asked once, in an environment of its own:

    uv run --no-project --with google-adk==2.13.0 python scripts/adk_schema.py
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "tests/server/adk_event.schema.json"
_PROSE = ("description", "title")


def _bare(value: Any) -> Any:
    """Without the prose, which is most of it."""
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items() if not (key in _PROSE and isinstance(one, str))}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def main() -> None:
    kit = import_module("google.adk.events")  # not of this project's environment
    schema = _bare(kit.Event.model_json_schema(by_alias=True))
    schema["$comment"] = f"google-adk {version('google-adk')}, Event.model_json_schema(by_alias=True)"
    TARGET.write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

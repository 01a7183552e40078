"""Writes the golden lists of tools: `python -m tests.mcp.golden`. Agents in the field rely on them."""

from __future__ import annotations

import json
from pathlib import Path

from slimreel.mcp_server.serving import tools_of

FOLDER = Path(__file__).with_name("golden")
PLACES = {"here": True, "networked": False}


def text_of(*, is_local: bool) -> str:
    listed = [
        tool.listed().model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools_of(is_local=is_local)
    ]
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, is_local in PLACES.items():
        (FOLDER / f"tools-{name}.json").write_text(text_of(is_local=is_local), encoding="utf-8")

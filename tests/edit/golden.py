"""Writes the golden draft of the present form: `python -m tests.edit.golden`. Older forms are never written again."""

from __future__ import annotations

import json
from pathlib import Path

from slimreel.edit import wire
from slimreel.edit.draft import SCHEMA, Draft
from tests.edit.facts import do, edited, full

FOLDER = Path(__file__).with_name("golden")


def golden_draft() -> Draft:
    """A draft that has something under every key of the wire."""
    return edited(
        full(),
        do("reframe", aspect="9:16", mode="crop", focus="left"),
        do("speed", factor=2, clip="c3", keep_pitch=False),
        do("reverse", clip="c2"),
        do("volume", target="music", level=0.1, range_s=[2, 4]),
        do("compress", target_size_bytes=25_000_000, codec="hevc"),
        do("compress", crf=23, clip="c1"),
        do("gif", start_s=1, end_s=2.5),
        do("undo"),
        do("redo"),
    )


def text_of(draft: Draft) -> str:
    return json.dumps(wire.dump(draft), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (FOLDER / f"draft-{SCHEMA}.json").write_text(text_of(golden_draft()), encoding="utf-8")

"""Keeps the list of files that a turn asks for beside the draft itself."""

from __future__ import annotations

from dataclasses import replace

from slimreel.edit.draft import Draft, Output


def with_output(draft: Draft, wanted: Output) -> Draft:
    """The draft that asks for this file too; each file once."""
    others = tuple(output for output in draft.outputs if output != wanted)
    return replace(draft, outputs=(*others, wanted))

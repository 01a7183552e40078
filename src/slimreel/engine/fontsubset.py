"""Cuts a variable font down to the letters of a draft, at a regular and at a bold weight.

A few kilobytes go into a job's folder instead of a 33 MB collection, and a renderer that knows no variable fonts draws
the right weight.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

WEIGHTS = (400, 700)  # regular and bold, of OpenType's axis `wght`


@lru_cache(maxsize=32)
def subset(path: Path, number: int, letters: frozenset[str]) -> tuple[bytes, ...]:
    """A face's letters, and whatever they turn into beside each other, as one font for each of WEIGHTS."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    options = Options(name_IDs=["*"], notdef_outline=True)
    options.drop_tables += ["BASE", "VORG", "VVAR", "vhea", "vmtx"]  # for lines that run downwards
    cut = Subsetter(options)
    cut.populate(text="".join(sorted(letters)))
    with TTFont(path, fontNumber=number, lazy=True) as font:
        cut.subset(font)
        small = _saved(font)
    return tuple(
        _saved(instantiateVariableFont(TTFont(io.BytesIO(small)), {"wght": weight}, static=True)) for weight in WEIGHTS
    )


def _saved(font: Any) -> bytes:
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()

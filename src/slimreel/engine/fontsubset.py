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
# Height above and below the line (`hhea`) and the width of a space in Noto Sans, in shares of the em. libass makes the
# sum of the first two the size of the letters, so fonts that tell others would be drawn larger or smaller beside it.
# Noto's own sum of 1.36, room for every script's marks, makes letters a seventh smaller than those of other fonts.
_ABOVE, _BELOW, _SPACE = 0.92, 0.24, 0.26


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
    made = (instantiateVariableFont(TTFont(io.BytesIO(small)), {"wght": weight}, static=True) for weight in WEIGHTS)
    return tuple(_saved(_evened(font)) for font in made)


def _evened(font: Any) -> Any:
    """The font with the heights and the space that all have."""
    em = font["head"].unitsPerEm
    above, below = round(em * _ABOVE), round(em * _BELOW)
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = above, below
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = above, -below, 0
    if space := font.getBestCmap().get(ord(" ")):
        font["hmtx"][space] = (round(em * _SPACE), 0)
    return font


def _saved(font: Any) -> bytes:
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()

"""Where the skill and the pages for people and programs are: in the installed package, else in the checkout that this
file belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[2]


def folder(name: Literal["docs", "skills"]) -> Path:
    """The folder; it does not exist where somebody packed slimreel without it."""
    packed = _PACKAGE / name
    return packed if packed.is_dir() else _CHECKOUT / name

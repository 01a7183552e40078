"""Finds the fonts of this machine by the names of their files. Opens none."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from slimreel.settings import read_settings

_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
# File names of the usual fonts with Chinese, Japanese and Korean letters, on Linux, macOS and Windows.
_CJK = re.compile(
    r"cjk|noto(sans|serif)(sc|tc|jp|kr|hk)|sourcehan|wqy|uming|ukai|droidsansfallback|pingfang|hiragino|stheiti"
    r"|songti|msyh|msjh|simsun|simhei|deng|malgun|gulim|msgothic|meiryo|yugoth|harmonyos.*(sc|tc)|lxgw|unifont",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The folders that exist, how many font files they hold, and those that can write Chinese."""

    folders: tuple[str, ...]
    count: int
    cjk: tuple[str, ...]


def find_fonts() -> Fonts:
    """What is there now; SLIMREEL_FONTS comes first."""
    named = read_settings().fonts
    folders = [Path(text).expanduser() for text in _FOLDERS]
    present = [folder for folder in ([named] if named else []) + folders if folder.is_dir()]
    names = [name for folder in present for name in _font_names(folder)]
    return Fonts(tuple(map(str, present)), len(names), tuple(sorted({name for name in names if _CJK.search(name)})))


def _font_names(folder: Path) -> list[str]:
    return [name for _, _, names in os.walk(folder) for name in names if Path(name).suffix.lower() in _SUFFIXES]

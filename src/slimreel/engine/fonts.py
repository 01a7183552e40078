"""Finds the fonts of this machine: those of a person, those that come with slimreel, the system's. Opens none."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from slimreel.settings import read_settings

# The packages that carry the fonts of the Noto project, unchanged (docs/decisions/0017).
PACKAGES = ("manimgx-fonts", "manimgx-fonts-cjk")
_SYSTEM = (
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
    """The folders that exist, how many font files they hold, those that can write Chinese, and what should be there."""

    folders: tuple[str, ...]
    count: int
    cjk: tuple[str, ...]
    missing: tuple[str, ...]  # packages of PACKAGES that are not installed, or have no fonts in them


def find_fonts() -> Fonts:
    """What is there now."""
    folders = [folder for shelf in shelves() for folder in shelf]
    files = [path.name for folder in folders for path in files_in(folder)]
    missing = tuple(name for name in PACKAGES if not any(map(files_in, package_folders(name))))
    return Fonts(tuple(map(str, folders)), len(files), tuple(sorted(set(filter(_CJK.search, files)))), missing)


def shelves() -> tuple[tuple[Path, ...], ...]:
    """The folders in the order they are asked: SLIMREEL_FONTS, what comes with slimreel, the system's."""
    named = read_settings().fonts
    shipped = tuple(folder for name in PACKAGES for folder in package_folders(name))
    system = tuple(Path(text).expanduser() for text in _SYSTEM)
    return tuple(
        tuple(folder for folder in shelf if folder.is_dir()) for shelf in ((named,) if named else (), shipped, system)
    )


def package_folders(name: str) -> list[Path]:
    """Where a package of fonts lies; nowhere where it is not installed."""
    spec = find_spec(name.replace("-", "_"))
    return [Path(text) for text in (spec.submodule_search_locations or ())] if spec else []


def files_in(folder: Path) -> list[Path]:
    """The font files below a folder, in the order of their names."""
    return [
        Path(top, name)
        for top, _, names in os.walk(folder)
        for name in sorted(names)
        if Path(name).suffix.lower() in _SUFFIXES
    ]

"""Finds the files in a line that somebody typed or dragged into a terminal: quoted, escaped, or as file:// addresses.

Only what is there counts as a file; the rest of the line is what is said.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_WORD = re.compile(
    r"""'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<plain>(?:\\.|[^\s'"\\])+)|(?P<odd>['"\\])"""
)
_ESCAPED = re.compile(r"\\(.)")


def split_line(line: str) -> tuple[list[Path], str]:
    """The files in it, in their order, and what else it says."""
    whole = Path(line.strip()).expanduser()
    if line.strip() and _is_file(whole):
        return [whole], ""
    paths: list[Path] = []
    said: list[str] = []
    at = 0
    for word in _WORD.finditer(line):
        path = _path(word)
        if path is None:
            continue
        paths.append(path)
        said.append(line[at : word.start()])
        at = word.end()
    said.append(line[at:])
    return paths, " ".join(" ".join(said).split())


def _path(word: re.Match[str]) -> Path | None:
    if word["odd"]:
        return None
    if word["plain"] is not None:
        text = word["plain"] if os.name == "nt" else _ESCAPED.sub(r"\1", word["plain"])
    else:
        text = word["single"] if word["single"] is not None else word["double"]
    path = Path(_address(text) if text.lower().startswith("file://") else text).expanduser()
    # A bare word may be a word; a file has a place, or an ending.
    is_named = "/" in text or os.sep in text or path.suffix
    return path if is_named and _is_file(path) else None


def _address(text: str) -> str:
    path = unquote(urlsplit(text).path)
    return path.lstrip("/") if os.name == "nt" else path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False

"""Finds fonts for the letters of a draft before anything is rendered. A letter that no font has is an error that names
what to install; nothing is ever drawn as an empty box.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from slimreel.engine.fonts import find_fonts
from slimreel.engine.typefaces import Face, faces_of
from slimreel.errors import EditRefused, GlyphsMissing
from slimreel.graph.material import Lettering

# Plain sans serifs with many letters, in the order they are taken.
_USUAL = (
    "noto sans", "noto sans cjk sc", "source han sans sc", "pingfang sc", "microsoft yahei", "dejavu sans",
    "liberation sans", "arial", "helvetica", "segoe ui",
)  # fmt: skip
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_BOLD = 600
# What to install, by the words that the letters' Unicode names begin with.
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC", "BOPOMOFO")
_CJK = "a font with Chinese, Japanese and Korean letters (Debian: fonts-noto-cjk)"
_SYMBOLS = "a font with symbols and emoji drawn as outlines (Debian: fonts-symbola; others: Noto Emoji)"
_OTHERS = "a font that has them (Debian: fonts-noto)"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which family writes which letter, and the files that have those families."""

    lettering: Lettering
    files: tuple[Path, ...]


def choose(texts: Mapping[str, frozenset[str]], wanted: Iterable[str] = ()) -> Chosen:
    """Fonts for these texts, those named by a person among them. Raises GlyphsMissing, EditRefused."""
    if not texts:
        return Chosen(Lettering(), ())
    faces = _faces()
    named = {name.casefold() for name in wanted}
    for name in sorted(named - {face.family.casefold() for face in faces}):
        detail = f"there is no font called {name} here; leave it out, or put it into a folder named in SLIMREEL_FONTS"
        raise EditRefused(detail=detail)
    letters = {letter for found in texts.values() for letter in found if not _is_silent(letter)}
    families: dict[str, str] = {}
    first = ""
    for face in faces:
        missing = letters - families.keys()
        if not missing and first:
            break
        covered = face.covers(missing)
        first = first or (face.family if covered else "")
        families |= dict.fromkeys(covered, face.family)
    _check(texts, letters - families.keys())
    used = {*families.values()} | {face.family for face in faces if face.family.casefold() in named}
    files = dict.fromkeys(face.path for face in faces if face.family in used)
    own = {letter: family for letter, family in families.items() if family != first}
    return Chosen(Lettering(first, own), tuple(files))


def _check(texts: Mapping[str, frozenset[str]], missing: set[str]) -> None:
    for text, letters in texts.items():
        if lost := sorted(letters & missing):
            raise GlyphsMissing(letters=" ".join(lost[:10]), text=text[:60], package=_package(lost[0]))


def _package(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith(_EAST_ASIAN):
        return _CJK
    return _SYMBOLS if unicodedata.category(letter) == "So" else _OTHERS


def _is_silent(letter: str) -> bool:
    """Does it choose a form of the letter before it, and show nothing itself?"""
    return 0xFE00 <= ord(letter) <= 0xFE0F


@cache
def _faces() -> tuple[Face, ...]:
    """Every face of this machine that can be drawn, the most usual first."""
    paths = [
        Path(folder, name)
        for top in find_fonts().folders
        for folder, _, names in os.walk(top)
        for name in sorted(names)
        if Path(name).suffix.lower() in _SUFFIXES
    ]
    faces = [face for path in dict.fromkeys(paths) for face in faces_of(path)]
    return tuple(sorted(faces, key=_rank))


def _rank(face: Face) -> tuple[int, bool, bool, bool]:
    family = face.family.casefold()
    usual = _USUAL.index(family) if family in _USUAL else len(_USUAL)
    return usual, not face.is_upright, face.weight >= _BOLD, "mono" in family or "serif" in family

"""Finds fonts for the letters of a draft before anything is rendered. A letter that no font has is an error that names
what to install; nothing is ever drawn as an empty box.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from slimreel.core.writing import Shape, is_shown, main_language, shapes
from slimreel.engine.fonts import PACKAGES, files_in, package_folders, shelves
from slimreel.engine.fontsubset import WEIGHTS, subset
from slimreel.engine.typefaces import Face, faces_of
from slimreel.errors import EditRefused, GlyphsMissing
from slimreel.graph.material import Lettering

# Plain sans serifs with many letters, in the order they are taken.
_USUAL = (
    "noto sans", "noto emoji", "noto sans cjk sc", "source han sans sc", "pingfang sc", "microsoft yahei",
    "dejavu sans", "liberation sans", "arial", "helvetica", "segoe ui",
)  # fmt: skip
# How fonts call the shapes that they have, on Linux, macOS and Windows.
_MADE_FOR: dict[Shape, tuple[str, ...]] = {
    "zh-Hans": (" sc", " cn", "yahei", "simhei", "dengxian", "wenquanyi"),
    "zh-Hant": (" tc", " tw", " hk", "jhenghei", "mingliu"),
    "ja": (" jp", "hiragino", "yu gothic", "meiryo", "ms gothic"),
    "ko": (" kr", "malgun", "apple sd gothic", "gulim"),
    "emoji": ("emoji", "symbola"),
}
_BOLD = 600
# What to install, by the words that the letters' Unicode names begin with.
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC", "BOPOMOFO")
_CJK, _SYMBOLS, _OTHERS = "fonts-noto-cjk (Debian)", "fonts-symbola (Debian)", "fonts-noto (Debian)"

Need = tuple[str, Shape | None]  # a letter, and the shape it is to have


@dataclass(frozen=True, slots=True)
class FontFile:
    """What is put into a job's folder of a font: the letters that are drawn, or with None the whole file."""

    path: Path
    number: int = 0
    letters: frozenset[str] | None = None

    def write(self, folder: Path, stem: str) -> None:
        """Put it there, as files whose names begin with `stem`."""
        if self.letters is None:
            shutil.copyfile(self.path, folder / f"{stem}{self.path.suffix}")
            return
        for weight, content in zip(WEIGHTS, subset(self.path, self.number, self.letters), strict=True):
            (folder / f"{stem}-{weight}.otf").write_bytes(content)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which family writes which letter, and the files that have those families."""

    lettering: Lettering
    files: tuple[FontFile, ...]


def choose(written: Sequence[tuple[str, str | None]]) -> Chosen:
    """Fonts for these texts, each with the font that a person names for it. Raises GlyphsMissing, EditRefused."""
    hint = main_language(text for text, _ in written)
    named = {name: _named(name) for _, name in written if name}
    needs = {text: _needs(text, hint) for text, _ in written}
    lacking = {need for wanted in needs.values() for need in wanted}
    found: dict[Need, Face] = {}
    for shelf in shelves():
        if lacking:
            found |= assign(lacking, _faces(shelf))
            lacking -= found.keys()
    for text, wanted in needs.items():
        if lost := sorted({letter for letter, _ in lacking.intersection(wanted)}):
            raise GlyphsMissing(letters=" ".join(lost[:10]), text=text[:60], package=_package(lost[0]))
    first = next((found[need].family for wanted in needs.values() for need in wanted), Lettering().first)
    letters = {letter for text, _ in written for letter in text}
    own = {name: (face.family, frozenset(face.covers(letters))) for name, face in named.items()}
    lettering = Lettering(first, {need: face.family for need, face in found.items()}, own, hint)
    drawn: dict[str, set[str]] = {}
    for text, name in written:
        for family, run in lettering.runs(text, name):
            drawn.setdefault(family, set()).update(run)
    faces = dict.fromkeys([*named.values(), *(found[need] for wanted in needs.values() for need in wanted)])
    files = [file for face in faces if face.family in drawn for file in _files(face, drawn[face.family])]
    return Chosen(lettering, tuple(dict.fromkeys(files)))


def assign(needs: Collection[Need], faces: Sequence[Face]) -> dict[Need, Face]:
    """The first face that has each letter, those made for its shape before all others; nothing for what none has."""
    found: dict[Need, Face] = {}
    for shape in dict.fromkeys(shape for _, shape in needs):
        lacking = {letter for letter, wanted in needs if wanted == shape}
        for face in sorted(faces, key=lambda face: _strange(face.family.casefold(), shape)):
            if not lacking:
                break
            covered = face.covers(lacking)
            found |= {(letter, shape): face for letter in covered}
            lacking -= covered
    return found


def _needs(text: str, hint: Shape | None) -> list[Need]:
    wanted = zip(text, shapes(text, hint), strict=True)
    return list(dict.fromkeys(need for need in wanted if is_shown(need[0])))


def _named(name: str) -> Face:
    for shelf in shelves():
        for face in _faces(shelf):
            if face.family.casefold() == name.casefold():
                return face
    detail = f"there is no font called {name} here; leave it out, or put it into a folder named in SLIMREEL_FONTS"
    raise EditRefused(detail=detail)


def _files(face: Face, drawn: set[str]) -> list[FontFile]:
    """The letters of a face that comes with slimreel; of others every file of the family, for its other weights."""
    shipped = [folder for name in PACKAGES for folder in package_folders(name)]
    if face.path.parent in shipped:
        return [FontFile(face.path, face.number, frozenset({*drawn, " "}))]
    shelf = next(shelf for shelf in shelves() if any(face.path.is_relative_to(folder) for folder in shelf))
    return [FontFile(other.path) for other in _faces(shelf) if other.family == face.family]


def _package(letter: str) -> str:
    """What to install: first what should have come with slimreel and is not there."""
    missing = [name for name in PACKAGES if not package_folders(name)]
    if missing:
        return f"{' '.join(missing)} (pip)"
    if unicodedata.name(letter, "").startswith(_EAST_ASIAN):
        return _CJK
    return _SYMBOLS if unicodedata.category(letter) == "So" else _OTHERS


@cache
def _faces(folders: tuple[Path, ...]) -> tuple[Face, ...]:
    """Every face in these folders that can be drawn, the most usual first."""
    paths = dict.fromkeys(path for folder in folders for path in files_in(folder))
    return tuple(sorted((face for path in paths for face in faces_of(path)), key=_rank))


def _rank(face: Face) -> tuple[int, bool, bool, bool]:
    family = face.family.casefold()
    usual = _USUAL.index(family) if family in _USUAL else len(_USUAL)
    return usual, not face.is_upright, face.weight >= _BOLD, "mono" in family or "serif" in family


def _strange(family: str, shape: Shape | None) -> int:
    """How far a family is from a shape: 0 made for it, 1 for none, 2 for another."""
    made_for = {one for one, marks in _MADE_FOR.items() if any(f"{mark} " in f"{family} " for mark in marks)}
    return 1 if not made_for or shape is None else 0 if shape in made_for else 2

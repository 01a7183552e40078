"""Reads of font files what choosing needs: family, weight, and which letters a face has outlines for.

Parses the tables itself, a few kilobytes a file; which text is to be written it does not know.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_COLLECTION = b"ttcf"
_OUTLINES = (b"glyf", b"CFF ", b"CFF2")  # without any of them it holds pictures of letters, which are not drawn
_MOST_BYTES = 64_000_000  # of one table
_FAMILY, _TYPOGRAPHIC_FAMILY = 1, 16


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    path: Path
    number: int  # within a collection, from 0
    family: str
    weight: int  # 400 is regular, 700 bold
    is_upright: bool
    cmap: bytes

    def covers(self, letters: Iterable[str]) -> set[str]:
        """Those of the letters that it has."""
        return {letter for letter in letters if _has(self.cmap, ord(letter))}


def faces_of(path: Path) -> list[Face]:
    """The faces in a font file that can be drawn; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            return [face for number, start in enumerate(_starts(file)) if (face := _face(path, file, number, start))]
    except (OSError, struct.error, IndexError, UnicodeDecodeError):
        return []


def _starts(file: BinaryIO) -> tuple[int, ...]:
    head = _read(file, 0, 12)
    if head[:4] != _COLLECTION:
        return (0,)
    count = min(int.from_bytes(head[8:]), 256)
    return struct.unpack(f">{count}I", _read(file, 12, 4 * count))


def _face(path: Path, file: BinaryIO, number: int, start: int) -> Face | None:
    (count,) = struct.unpack(">H", _read(file, start + 4, 2))
    rows = struct.iter_unpack(">4sIII", _read(file, start + 12, 16 * count))
    places = {tag: (offset, length) for tag, _, offset, length in rows}
    if not any(tag in places for tag in _OUTLINES) or b"cmap" not in places or b"name" not in places:
        return None
    family = _family(_read(file, *places[b"name"]))
    if not family:
        return None
    metrics = _read(file, *places.get(b"OS/2", (0, 0)))
    weight, style = struct.unpack_from(">4xH56xH", metrics) if len(metrics) >= 64 else (400, 0)
    return Face(path, number, family, weight, not style & 1, _read(file, *places[b"cmap"]))


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(min(length, _MOST_BYTES))


def _family(names: bytes) -> str:
    _, count, storage = struct.unpack_from(">HHH", names, 0)
    found: dict[int, str] = {}
    for number in range(count):
        platform, _, language, name, length, offset = struct.unpack_from(">6H", names, 6 + 12 * number)
        if name not in (_FAMILY, _TYPOGRAPHIC_FAMILY) or platform not in (0, 3):
            continue
        text = names[storage + offset : storage + offset + length].decode("utf-16-be")
        if name not in found or language == 0x409:  # English as in the United States: what ASS calls it
            found[name] = text
    return found.get(_FAMILY, found.get(_TYPOGRAPHIC_FAMILY, ""))


def _has(cmap: bytes, letter: int) -> bool:
    (count,) = struct.unpack_from(">H", cmap, 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * number)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            (kind,) = struct.unpack_from(">H", cmap, offset)
            if kind == 12 and _in_groups(cmap, offset, letter):
                return True
            if kind == 4 and letter < 0x10000 and _in_segments(cmap, offset, letter):
                return True
    return False


def _in_groups(cmap: bytes, at: int, letter: int) -> bool:
    (count,) = struct.unpack_from(">I", cmap, at + 12)
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        start, end, glyph = struct.unpack_from(">III", cmap, at + 16 + 12 * middle)
        if letter < start:
            high = middle
        elif letter > end:
            low = middle + 1
        else:
            return bool(glyph + letter - start)
    return False


def _in_segments(cmap: bytes, at: int, letter: int) -> bool:
    (double,) = struct.unpack_from(">H", cmap, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", cmap, at + 14)
    starts = struct.unpack_from(f">{count}H", cmap, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", cmap, at + 16 + 2 * double)
    ranges_at = at + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", cmap, ranges_at)
    for number in range(count):
        if letter > ends[number]:
            continue
        if letter < starts[number]:
            return False
        if not offsets[number]:
            return bool((letter + deltas[number]) & 0xFFFF)
        where = ranges_at + 2 * number + offsets[number] + 2 * (letter - starts[number])
        (glyph,) = struct.unpack_from(">H", cmap, where)
        return bool(glyph)
    return False

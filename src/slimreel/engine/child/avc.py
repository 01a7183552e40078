"""Reads and joins the header records of H.264 streams, and tells which pictures forget all before them.

Byte layouts are of ISO/IEC 14496-15 §5.3.3 (avcC) and ITU-T H.264 §7.3. It must not know files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SEQUENCE, _PICTURE, _IDR = 7, 8, 5
_CODED = range(1, 6)  # units that hold a part of a picture
_MOST_UNITS = 64  # before the first part of a picture: delimiters, headers, messages


@dataclass(frozen=True)
class Record:
    """An avcC: its first six bytes, its sequence and picture parameter sets, and what stands behind them."""

    head: bytes
    sequences: tuple[bytes, ...]
    pictures: tuple[bytes, ...]
    rest: bytes

    @property
    def length_bytes(self) -> int:
        """How many bytes tell the length of each unit."""
        return (self.head[4] & 3) + 1

    def facts(self) -> dict[str, Any]:
        return {
            "profile": self.head[1],
            "level": self.head[3],
            "sequence_ids": [_number(unit[4:]) for unit in self.sequences],
            "picture_ids": [_number(unit[1:]) for unit in self.pictures],
        }

    def with_sets(self, sequences: list[bytes], pictures: list[bytes]) -> bytes:
        """The record with more parameter sets in it."""
        all_sequences = [*self.sequences, *(unit for unit in sequences if unit not in self.sequences)]
        all_pictures = [*self.pictures, *(unit for unit in pictures if unit not in self.pictures)]
        told = [self.head[:5], bytes([0xE0 | len(all_sequences)]), *map(_sized, all_sequences)]
        return b"".join([*told, bytes([len(all_pictures)]), *map(_sized, all_pictures), self.rest])


def record_of(stream: Any) -> Record | None:
    """The record of a stream's header; None for other codecs and forms."""
    context = stream.codec_context
    if context is None or context.codec.canonical_name != "h264":
        return None
    return read(bytes(context.extradata or b""))


def read(header: bytes) -> Record | None:
    """The record that these bytes are, if it has parameter sets of both kinds."""
    if len(header) < 7 or header[0] != 1:
        return None
    at, sequences = _sets(header, 6, header[5] & 31)
    if at >= len(header):
        return None
    at, pictures = _sets(header, at + 1, header[at])
    if at > len(header) or not sequences or not pictures:
        return None
    return Record(header[:5] + b"\xe0", tuple(sequences), tuple(pictures), header[at:])


def is_instant(packet: Any, length_bytes: int) -> bool:
    """Whether the first part of a picture in these bytes is of an IDR picture."""
    view, at = memoryview(packet), 0
    for _ in range(_MOST_UNITS):
        if at + length_bytes >= len(view):
            return False
        kind = view[at + length_bytes] & 31
        if kind in _CODED:
            return kind == _IDR
        at += length_bytes + int.from_bytes(view[at : at + length_bytes], "big")
    return False


def units_of(stream: bytes) -> list[bytes]:
    """The units behind start codes (Annex B)."""
    units = stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
    return [unit.rstrip(b"\0") for unit in units if unit.rstrip(b"\0")]


def sets_of(stream: bytes) -> tuple[list[bytes], list[bytes]]:
    """Sequence and picture parameter sets among the units behind start codes."""
    units = units_of(stream)
    return [unit for unit in units if unit[0] & 31 == _SEQUENCE], [unit for unit in units if unit[0] & 31 == _PICTURE]


def with_lengths(stream: bytes, length_bytes: int) -> bytes:
    """A picture behind start codes, its units behind their lengths instead, its parameter sets left out."""
    units = [unit for unit in units_of(stream) if unit[0] & 31 not in (_SEQUENCE, _PICTURE)]
    return b"".join(len(unit).to_bytes(length_bytes, "big") + unit for unit in units)


def _sets(header: bytes, at: int, count: int) -> tuple[int, list[bytes]]:
    found = []
    for _ in range(count):
        length = int.from_bytes(header[at : at + 2], "big")
        found.append(header[at + 2 : at + 2 + length])
        at += 2 + length
    return at, found


def _sized(unit: bytes) -> bytes:
    return len(unit).to_bytes(2, "big") + unit


def _number(content: bytes) -> int:
    """The first number of a parameter set, in Exp-Golomb code (H.264 §9.1)."""
    bits = "".join(f"{byte:08b}" for byte in content[:8])
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1

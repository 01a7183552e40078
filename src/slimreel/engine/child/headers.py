"""Takes from a keyframe's first bytes the part that says its size, without decoding it.

A new value means that the picture may have changed its size there, so it is worth a decode.
"""

from __future__ import annotations

from collections.abc import Iterator

HEAD_BYTES = 2048  # parameter sets come first in an access unit, and are shorter than this


def fingerprint(codec: str, head: bytes) -> bytes:
    """The sequence header in these bytes; empty where there is none or the codec is not known here."""
    if codec == "h264":
        return b"".join(unit for unit in _nal_units(head) if unit[0] & 0x1F == 7)
    if codec == "hevc":
        return b"".join(unit for unit in _nal_units(head) if unit[0] >> 1 & 0x3F == 33)
    if codec == "vp8":  # RFC 6386 §9.1: three bytes of tag, a start code, then 14 bits each and two of scale
        return head[6:10] if head[3:6] == b"\x9d\x01\x2a" else b""
    if codec == "vp9":  # frame marker, sync code, colour, 16 bits of width and height: 68 bits in profile 0
        return head[:9] if head[1:4] == b"\x49\x83\x42" else b""
    if codec == "av1":
        return _sequence_header(head)
    return b""


def _nal_units(head: bytes) -> Iterator[bytes]:
    """Units behind start codes (Annex B), else behind lengths of four bytes (MP4, Matroska)."""
    if head[:3] == b"\0\0\1" or head[:4] == b"\0\0\0\1":
        for unit in head.split(b"\0\0\1")[1:]:
            if unit:
                yield unit.rstrip(b"\0")
        return
    at = 0
    while at + 4 < len(head):
        length = int.from_bytes(head[at : at + 4], "big")
        if not length:
            return
        yield head[at + 4 : at + 4 + length]
        at += 4 + length


def _sequence_header(head: bytes) -> bytes:
    """The first OBU of type 1 (AV1 specification §5.3)."""
    at = 0
    while at + 1 < len(head):
        kind, has_extension, has_size = head[at] >> 3 & 15, head[at] >> 2 & 1, head[at] >> 1 & 1
        at += 1 + has_extension
        if not has_size:
            return head[at:] if kind == 1 else b""
        length = shift = 0
        while at < len(head) and shift < 56:
            byte = head[at]
            at += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if kind == 1:
            return head[at : at + length]
        at += length
    return b""

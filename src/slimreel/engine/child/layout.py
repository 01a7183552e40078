"""What a walk over a file's own lengths finds, filled by boxes.py and ebml.py without a demuxer."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_ELEMENTS = 200_000  # a day of fragments of one second has 172 800 boxes


@dataclass
class Layout:
    """What the walk found. `dolby_vision` maps the place of a track in the file to its profile."""

    faststart: bool = False
    fragmented: bool = False
    damage: list[str] = field(default_factory=list)
    dolby_vision: dict[int, int] = field(default_factory=dict)
    entries: dict[int, str] = field(default_factory=dict)  # track's place → code of its sample entry (MP4)
    presented_s: dict[int, float] = field(default_factory=dict)  # track's place → when it ends, by its edits (MP4)
    brands: frozenset[str] = frozenset()
    has_index: bool = True


def short(missing: int, part: str) -> str:
    """The sentence about a part that reaches beyond the end of the file."""
    return f"its last {_size(missing)} are missing (it ends inside {part})"


def _size(number: int) -> str:
    if number < 10_000:
        return f"{number} bytes"
    return f"{number / 1e3:.0f} kB" if number < 1_000_000 else f"{number / 1e6:.1f} MB"


def dolby_vision_profile(record: bytes) -> int | None:
    """From a Dolby Vision configuration record: two version bytes, then seven bits of profile."""
    return record[2] >> 1 if len(record) >= 3 else None

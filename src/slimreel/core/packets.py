"""The packets of one stream as columns of numbers, for whoever chooses stretches of it.

Nothing here knows how they were read.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction

NO_TIME = -(2**63)  # the `pts` of a packet that has none
_KEY, _DISCARD, _CORRUPT, _INSTANT = 1, 2, 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AvcHeader:
    """What an H.264 stream's header record (avcC, ISO/IEC 14496-15 §5.3.3) says: `level` as written (40 is 4.0),
    and the ids that its parameter sets have taken."""

    profile: int
    level: int
    sequence_ids: tuple[int, ...]
    picture_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PacketList:
    """Columns of equal length. `pts` and `durations` are ticks of `timebase`, an unknown duration is 0; `sizes` bytes.

    With `is_whole` false an error of the file ended the list. `header` is there for H.264 in MP4 and Matroska.
    """

    timebase: Fraction
    pts: array[int]
    durations: array[int]
    sizes: array[int]
    flags: array[int]
    is_whole: bool = True
    header: AvcHeader | None = None

    def __len__(self) -> int:
        return len(self.flags)

    def is_key(self, number: int) -> bool:
        return bool(self.flags[number] & _KEY)

    def is_discard(self, number: int) -> bool:
        """Decoded for others' sake and never shown: an edit list has cut it away."""
        return bool(self.flags[number] & _DISCARD)

    def is_corrupt(self, number: int) -> bool:
        return bool(self.flags[number] & _CORRUPT)

    @property
    def keys(self) -> list[int]:
        """The numbers of all keyframes."""
        return [number for number, flags in enumerate(self.flags) if flags & _KEY]

    @property
    def has_discarded(self) -> bool:
        return any(flags & _DISCARD for flags in set(self.flags))

    @property
    def has_corrupt(self) -> bool:
        return any(flags & _CORRUPT for flags in set(self.flags))

    def is_instant(self, number: int) -> bool:
        """Forgets all that was before it (an IDR picture): only of H.264 with a header record is that known."""
        return bool(self.flags[number] & _INSTANT)

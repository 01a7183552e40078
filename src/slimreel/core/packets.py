"""The packets of one stream as columns of numbers, for whoever chooses stretches of it.

Nothing here knows how they were read.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction

NO_TIME = -(2**63)  # the `pts` of a packet that has none
_KEY, _DISCARD, _CORRUPT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class PacketList:
    """Columns of equal length. `pts` and `durations` are ticks of `timebase`, an unknown duration is 0; `sizes` bytes.

    With `is_whole` false an error of the file ended the list.
    """

    timebase: Fraction
    pts: array[int]
    durations: array[int]
    sizes: array[int]
    flags: array[int]
    is_whole: bool = True

    def __len__(self) -> int:
        return len(self.flags)

    def is_key(self, number: int) -> bool:
        return bool(self.flags[number] & _KEY)

    def is_discard(self, number: int) -> bool:
        """Decoded for others' sake and never shown: an edit list has cut it away."""
        return bool(self.flags[number] & _DISCARD)

    def is_corrupt(self, number: int) -> bool:
        return bool(self.flags[number] & _CORRUPT)

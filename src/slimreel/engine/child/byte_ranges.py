"""Where the packets of an MP4 lie in it, by the demuxer's own index, and their bytes in blocks instead of one by one.

It must not know what packets hold, nor why they are read.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from typing import Any

BLOCK_BYTES = 1 << 18  # read at once; what fits a core's cache is copied cheapest

Range = tuple[int, int]  # first byte, and how many


class Places:
    """Where the packets of a stream of an opened MP4 lie, in the order of decoding, and which are keyframes."""

    def __init__(self, stream: Any) -> None:
        self.at, self.sizes, self.keys = array("q"), array("q"), bytearray()
        for entry in stream.index_entries:
            self.at.append(entry.pos)
            self.sizes.append(entry.size)
            self.keys.append(entry.is_keyframe)

    def __len__(self) -> int:
        return len(self.at)

    def ranges(self, first: int, count: int) -> list[Range]:
        """The bytes of a run of packets in as few ranges as they can be read in."""
        made: list[Range] = []
        start = end = -1
        for at, size in zip(self.at[first : first + count], self.sizes[first : first + count], strict=True):
            if at != end:
                if end > start:
                    made.append((start, end - start))
                start = end = at
            end += size
        if end > start:
            made.append((start, end - start))
        return made


class Blocks:
    """Reads ranges of a file by pread: small neighbours come out of one block. Raises EOFError at its end."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._start = self._end = 0
        self._block = memoryview(b"")

    def read(self, ranges: list[Range]) -> Iterator[memoryview]:
        for start, size in ranges:
            at, end = start, start + size
            while at < end:
                if not self._start <= at < self._end:
                    self._fetch(at)
                part = self._block[at - self._start : end - self._start]
                yield part
                at += len(part)

    def _fetch(self, at: int) -> None:
        block = os.pread(self._fd, BLOCK_BYTES, at)
        if not block:
            raise EOFError
        self._block, self._start, self._end = memoryview(block), at, at + len(block)

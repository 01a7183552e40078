"""Keeps time running on where a recording's clock starts anew, as in transport streams joined end to end.

The rule is FFmpeg's own (ts_discontinuity_detect in its ffmpeg_demux.c), number for number, so that the length told
here is the length that comes out. It must not know what packets hold.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from av.format import Flags

_SECOND = 1_000_000  # FFmpeg reckons here in microseconds
_GAP = 10 * _SECOND  # a longer pause is taken out too
_BACK = _SECOND // 10  # less is a muxer's sloppiness


class Continuity:
    """Shifts packets of all streams by what their common clock has jumped; of most formats, none."""

    def __init__(self, container: Any) -> None:
        self.jumps = bool(container.format.flags & Flags.ts_discont.value)
        self._offset = 0
        self._latest: int | None = None  # of any stream
        self._last: dict[int, int] = {}  # decoding time of each stream's last packet …
        self._next: dict[int, int] = {}  # … and where the one after it should be
        self._sound_us: dict[int, int] = {}
        self._picture_us: dict[int, int] = {}
        for stream in container.streams if self.jumps else ():
            context = stream.codec_context
            if stream.type == "audio" and context is not None:
                rate = context.sample_rate
                self._sound_us[stream.index] = _SECOND * (context.frame_size or 0) // rate if rate else 0
            elif stream.type == "video" and context is not None:
                self._picture_us[stream.index] = round(_SECOND / (stream.guessed_rate or Fraction(25)))

    def mend(self, packet: Any) -> None:
        """Gives `packet` the times it has on one continuous clock."""
        if not self.jumps:
            return
        timebase = packet.time_base
        _shift(packet, self._offset, timebase)
        index = packet.stream_index
        if packet.dts is None or (index not in self._sound_us and index not in self._picture_us):
            return
        dts = round(packet.dts * timebase * _SECOND)
        jump = self._jump(index, dts)
        if jump:
            self._offset -= jump
            _shift(packet, -jump, timebase)
            dts -= jump
        self._latest = self._last[index] = dts
        length = round((packet.duration or 0) * timebase * _SECOND)
        if index in self._picture_us:
            length = length or self._picture_us[index]
        self._next[index] = dts + (self._sound_us.get(index) or length)

    def _jump(self, index: int, dts: int) -> int:
        expected = self._next.get(index)
        if expected is not None:
            delta = dts - expected
            return delta if abs(delta) > _GAP or dts + _BACK < self._last[index] else 0
        delta = dts - self._latest if self._latest is not None else 0
        return delta if abs(delta) > _GAP else 0


def _shift(packet: Any, offset_us: int, timebase: Fraction) -> None:
    ticks = round(Fraction(offset_us, _SECOND) / timebase)
    if not ticks:
        return
    if packet.pts is not None:
        packet.pts += ticks
    if packet.dts is not None:
        packet.dts += ticks

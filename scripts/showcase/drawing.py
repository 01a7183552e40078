"""Draws what a file holds along its time: a row of its frames, and beneath it its sound or its bytes, in RGB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

WIDTH, MARGIN = 640, 8
FRAME_W, FRAME_H = 80, 45
WAVE_H = {"timeline": 30, "sound": 64, "bytes": 64}
_GROUND, _BED, _TICK = b"\x1f\x24\x2e", b"\x2a\x31\x3d", b"\x5a\x64\x74"
_INK = {"timeline": b"\x5b\xc0\xbe", "sound": b"\x5b\xc0\xbe", "bytes": b"\xf0\xa8\x5c"}
_GAP, _FILE_GAP = 2, 14  # between clips, and between files, pixels


@dataclass(frozen=True, slots=True)
class Strip:
    """One file along its time. Frames are 80x45 RGB; `loudness` and `sizes` come at even steps over all of it."""

    length_s: float
    frames: Sequence[bytes] = ()
    loudness: Sequence[float] = ()
    sizes: Sequence[float] = ()
    clips_s: Sequence[tuple[float, float]] = field(default_factory=list)  # the whole, where it is not divided

    def measured_by(self, loudness: float, size: float) -> Strip:
        """With this loudness and this size as 1."""
        return replace(
            self,
            loudness=[value / loudness for value in self.loudness],
            sizes=[value / size for value in self.sizes],
        )


def scale(*drawings: Sequence[Strip]) -> float:
    """Pixels a second with which the longest of these fits."""
    rooms = [(WIDTH - 2 * MARGIN - _FILE_GAP * (len(strips) - 1), strips) for strips in drawings]
    return min(room / sum(strip.length_s for strip in strips) for room, strips in rooms)


class Sheet:
    """A picture that is drawn into by rows of pixels."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._rows = [bytearray(_GROUND * WIDTH) for _ in range(height)]

    def fill(self, x: int, y: int, width: int, height: int, colour: bytes) -> None:
        for row in self._rows[y : y + height]:
            row[x * 3 : (x + width) * 3] = colour * width

    def place(self, x: int, y: int, width: int, frame: bytes) -> None:
        """The left `width` pixels of a frame."""
        for number in range(FRAME_H):
            at = number * FRAME_W * 3
            self._rows[y + number][x * 3 : (x + width) * 3] = frame[at : at + width * 3]

    def rgb(self) -> bytes:
        return b"".join(self._rows)


def timeline(strips: Sequence[Strip], view: str, pixels_a_second: float) -> tuple[bytes, int]:
    """The strips one after the other, as RGB of WIDTH pixels, and the height of that."""
    wave = WAVE_H[view]
    sheet = Sheet(3 * MARGIN + FRAME_H + wave)
    left = float(MARGIN)
    for strip in strips:
        for start_s, end_s in strip.clips_s or [(0.0, strip.length_s)]:
            first, last = (round(left + at * pixels_a_second) for at in (start_s, end_s))
            _block(sheet, strip, view, first, last - _GAP, (start_s, end_s))
        for second in range(int(strip.length_s) + 1):
            sheet.fill(round(left + second * pixels_a_second), sheet.height - 5, 1, 3, _TICK)
        left += strip.length_s * pixels_a_second + _FILE_GAP
    return sheet.rgb(), sheet.height


def _block(sheet: Sheet, strip: Strip, view: str, first: int, last: int, when: tuple[float, float]) -> None:
    """One clip: its frames, each as it is shown at its middle, and what is beneath them."""
    start_s, end_s = when
    step_s = (end_s - start_s) / max(1, last - first)
    if strip.frames:
        rate = len(strip.frames) / strip.length_s
        for x in range(first, last, FRAME_W):
            number = min(len(strip.frames) - 1, int((start_s + (min(x + FRAME_W / 2, last) - first) * step_s) * rate))
            sheet.place(x, MARGIN, min(FRAME_W, last - x), strip.frames[number])
    top, height = 2 * MARGIN + FRAME_H - 4, WAVE_H[view]
    values = strip.sizes if view == "bytes" else strip.loudness
    sheet.fill(first, top, last - first, height, _BED)
    for x in range(first, last) if values else ():
        at = min(len(values) - 1, int((start_s + (x - first) * step_s) / strip.length_s * len(values)))
        tall = max(1, round(values[at] * height))
        if view == "bytes":
            sheet.fill(x, top + height - tall, 1, tall, _INK[view])
        else:
            sheet.fill(x, top + (height - tall) // 2, 1, tall, _INK[view])

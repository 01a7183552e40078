"""Draws the contact sheet of a film: what each way shows at the same instants, side by side, small enough to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from bench.timeline_pictures import numbered
from bench.timeline_sources import Film

MOST_BYTES = 300_000
_LABEL_PX, _GAP_PX = 14, 3
# Widths of one picture and numbers of colours, tried in this order until the file is small enough.
_TRIES = ((200, 128), (200, 64), (160, 96), (160, 64), (128, 64), (128, 32))


def draw(film: Film, results: Mapping[str, Path], titles: Mapping[str, str], out: Path, most: int = 8) -> None:
    """A row for each instant, a column for each way, as a PNG of at most MOST_BYTES."""
    wanted = film.instants()[:most]
    columns = {way: _pictures(path, wanted) for way, path in results.items()}
    for width, colors in _TRIES:
        sheet = _sheet(film, wanted, columns, titles, width)
        sheet.quantize(colors, dither=Image.Dither.NONE).save(out, optimize=True)
        if out.stat().st_size <= MOST_BYTES:
            return


def _pictures(path: Path, wanted: Sequence[int]) -> dict[int, Image.Image]:
    found = {}
    for number, frame in numbered(path, wanted):
        picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV does not type it
        found[number] = picture
    return found


def _sheet(
    film: Film,
    wanted: Sequence[int],
    columns: Mapping[str, Mapping[int, Image.Image]],
    titles: Mapping[str, str],
    width: int,
) -> Image.Image:
    height = width * film.height // film.width
    across, down = width + _GAP_PX, height + _GAP_PX
    size = (_LABEL_PX * 3 + across * len(columns), _LABEL_PX + down * len(wanted))
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    for column, (way, pictures) in enumerate(columns.items()):
        left = _LABEL_PX * 3 + column * across
        pen.text((left, 1), titles[way], fill="black")
        for row, number in enumerate(wanted):
            top = _LABEL_PX + row * down
            if column == 0:
                pen.text((1, top + height // 2 - 6), f"{number / film.rate:.1f} s", fill="black")
            if number in pictures:
                sheet.paste(pictures[number].resize((width, height), Image.Resampling.LANCZOS), (left, top))
    return sheet

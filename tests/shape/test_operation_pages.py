"""Every operation has an example, and pictures of before and after that differ; none is left of what is gone."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from scripts.showcase.examples import examples
from scripts.showcase.pages import PICTURES, picture_names
from slimreel.edit.registry import operations
from tests.shape.files import ROOT

FOLDER = ROOT / "docs" / "reference" / PICTURES
MOST_BYTES, MOST_BYTES_IN_ALL = 25_000, 1_500_000
_LEAST = 0.5  # mean difference of two pictures, of 255; two encodes of one frame of ours stay below 0.1


def pixels(path: Path) -> bytes:
    """The picture in 64x64 grey, so that one pixel in a hundred is not lost and coding noise is."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    return bytes(frame.reformat(64, 64, "gray").planes[0])[: 64 * 64]


def differ(one: Path, other: Path) -> bool:
    return sum(abs(a - b) for a, b in zip(pixels(one), pixels(other), strict=True)) / 64**2 > _LEAST


def test_every_operation_has_an_example():
    assert set(examples()) == set(operations())


@pytest.mark.parametrize("op", operations())
def test_its_pictures_show_what_it_does(op: str):
    before, after = (FOLDER / name for name in picture_names(op))
    assert max(path.stat().st_size for path in (before, after)) <= MOST_BYTES
    assert differ(before, after)


def test_no_picture_is_left_over_and_all_together_are_small():
    found = list(FOLDER.iterdir())
    assert {path.name for path in found} == {name for op in operations() for name in picture_names(op)}
    assert sum(path.stat().st_size for path in found) <= MOST_BYTES_IN_ALL


def test_pictures_that_are_alike_are_found():
    names = [picture_names(op)[0] for op in ("flip", "crop")]  # the same frame of the same clip
    assert not differ(*(FOLDER / name for name in names))

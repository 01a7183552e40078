"""Curves of size over quality: a way that takes twice the bytes has a ratio of two, whatever the points."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.frontier_curves import Place, Point, dominated, places
from bench.frontier_ways import CRFS, REFERENCE, select, ways_of
from slimreel.core.codecs import ENCODERS


def line(way: str, factor: float, cpu: float, vmafs: list[float], clip: str = "a") -> list[Point]:
    """Points on one line: log bytes falls with log(101 − VMAF)."""
    return [
        Point(clip=clip, way=way, crf=crf, cpu_s=cpu, bytes=round(1e9 * factor / (101 - vmaf) ** 2), vmaf=vmaf, p5=vmaf)
        for crf, vmaf in enumerate(vmafs)
    ]


QUALITIES = st.lists(st.integers(60, 99).map(float), min_size=2, max_size=5, unique=True)


@given(mine=QUALITIES, base=QUALITIES, factor=st.floats(0.3, 3), cpu=st.floats(0.1, 10))
def test_the_ratio_is_that_of_the_lines(mine: list[float], base: list[float], factor: float, cpu: float) -> None:
    assume((101 - min(base)) / (101 - max(base)) > 1.06)
    found = {place.way: place for place in places([*line("ref", 1, 2, base), *line("x", factor, 2 * cpu, mine)], "ref")}
    low, high = max(min(mine), min(base)), min(max(mine), max(base))
    if high > low and math.log((101 - low) / (101 - high)) >= 0.05:
        assert found["x"].size == pytest.approx(factor, rel=1e-4)
        assert found["x"].cpu == pytest.approx(cpu, rel=1e-6)
    else:
        assert "x" not in found
    assert found["ref"].size == pytest.approx(1)


def test_medians_over_clips() -> None:
    points = [point for clip in "abc" for point in line("ref", 1, 1, [80, 90], clip)]
    for clip, factor in zip("abc", (0.5, 0.8, 3), strict=True):
        points += line("x", factor, 1, [80, 90], clip)
    assert {place.way: round(place.size, 3) for place in places(points, "ref")} == {"ref": 1.0, "x": 0.8}


def test_who_is_beaten() -> None:
    found = dominated([Place("a", 1, 1.0, 1.0, True), Place("b", 1, 1.1, 1.2, True), Place("c", 1, 0.9, 2.0, True)])
    assert found == {"b": "a"}


@pytest.mark.parametrize("codec", ENCODERS)
def test_the_ways_of_a_codec(codec: str) -> None:
    ways = ways_of(codec)  # type: ignore[arg-type]  # parametrised from the codecs
    assert len({way.key for way in ways}) == len(ways)
    assert REFERENCE[codec] in {way.key for way in ways}  # type: ignore[index]  # as above
    assert len(CRFS[codec]) == 3  # type: ignore[index]  # as above
    assert [way.key for way in select(ways, "slimreel fast")] == ["slimreel fast"]
    assert select(ways, "") == ways

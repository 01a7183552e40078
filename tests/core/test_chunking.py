"""Chunks partition a stream at keyframes that are clean, are neither short nor long, and come in fixed waves."""

from __future__ import annotations

from array import array
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core import chunking
from slimreel.core.chunking import Chunk, clean_keyframes, cut, waves, windows
from slimreel.core.packets import NO_TIME, PacketList

TICK = Fraction(1, 25)


def listed(rows: list[tuple[int, int, int]], *, timebase: Fraction = TICK, is_whole: bool = True) -> PacketList:
    """Packets of (pts, size, flags)."""
    return PacketList(
        timebase=timebase,
        pts=array("q", [row[0] for row in rows]),
        durations=array("i", [1] * len(rows)),
        sizes=array("I", [row[1] for row in rows]),
        flags=array("B", [row[2] for row in rows]),
        is_whole=is_whole,
    )


def closed(gops: list[int], *, size: int = 100) -> list[tuple[int, int, int]]:
    """Closed GOPs of so many pictures, the last of each shown in the middle as a B-frame is."""
    rows, time = [], 0
    for length in gops:
        shown = list(range(time, time + length))
        if length > 2:
            shown = [shown[0], shown[2], shown[1], *shown[3:]]
        rows += [(pts, size * (8 if pts == time else 1), int(pts == time)) for pts in shown]
        time += length
    return rows


def seconds(chunk: Chunk, packets: PacketList) -> float:
    end = max(packets.pts) + 1 if chunk.end is None else chunk.end
    return float((end - chunk.start) * packets.timebase)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=120))
def test_chunks_partition_the_stream_at_keyframes(gops: list[int]) -> None:
    packets = listed(closed(gops))
    chunks = cut(packets)
    assert sum(chunk.frames for chunk in chunks) == len(packets)
    assert sum(chunk.key_bytes + chunk.other_bytes for chunk in chunks) == sum(packets.sizes)
    assert sum(chunk.keys for chunk in chunks) == len(gops)
    assert chunks[0].start == 0 and chunks[-1].end is None
    assert [chunk.end for chunk in chunks[:-1]] == [chunk.start for chunk in chunks[1:]]
    starts = {row[0] for row in closed(gops) if row[2]}
    assert {chunk.start for chunk in chunks} <= starts


@given(st.lists(st.integers(1, 700), min_size=1, max_size=120))
def test_chunks_are_neither_short_nor_needlessly_long(gops: list[int]) -> None:
    packets = listed(closed(gops))
    chunks = cut(packets)
    starts = sorted(row[0] for row in closed(gops) if row[2])
    for chunk in chunks:
        assert len(chunks) == 1 or seconds(chunk, packets) >= chunking.LEAST_S
        if seconds(chunk, packets) > chunking.MOST_S:
            end = chunk.start + seconds(chunk, packets) * 25
            inner = [s for s in starts if chunk.start + 250 <= s <= min(end, chunk.start + 1500)]
            assert all(end - s < 250 for s in inner if s < end) or not inner


@given(st.integers(2, 30))
def test_a_minute_of_short_gops_gives_six_chunks(gop: int) -> None:
    assert len(cut(listed(closed([25] * 60)))) == 6
    assert len(cut(listed(closed([gop] * (1500 // gop))))) >= 4


def test_a_long_clip_gives_chunks_of_a_twenty_fourth() -> None:
    chunks = cut(listed(closed([50] * 300)))  # ten minutes
    assert 24 <= len(chunks) <= 26
    assert all(chunk.frames in (550, 600, 650, 700) for chunk in chunks[:-3])


def test_a_seek_lies_between_its_keyframe_and_the_next() -> None:
    chunks = cut(listed(closed([100] * 20)))
    assert chunks[0].seek is None
    assert all(chunk.seek == chunk.start + 50 for chunk in chunks[1:])


def test_a_keyframe_off_the_beat_is_preferred() -> None:
    gops = [50] * 5 + [30, 50] + [50] * 25  # the one after 280 pictures is off the beat
    assert cut(listed(closed(gops)))[1].start == 280


def test_pictures_shown_before_their_keyframe_are_not_cut_off() -> None:
    rows = closed([300, 300, 300])
    place = next(number for number, row in enumerate(rows) if row[0] == 300)
    # An open GOP: the picture after the keyframe is shown before it.
    rows[place - 1], rows[place + 1] = (rows[place + 1][0], 1, 0), (rows[place - 1][0], 1, 0)
    assert [key.pts for key in clean_keyframes(listed(rows))] == [0, 600]
    assert [chunk.start for chunk in cut(listed(rows))] == [0, 600]


BROKEN = {
    "no time": [(0, 9, 1), (NO_TIME, 9, 0)],
    "shown twice": [(0, 9, 1), (1, 9, 0), (1, 9, 0)],
    "never shown": [(0, 9, 1), (1, 9, 2)],
    "broken": [(0, 9, 1), (1, 9, 4)],
    "no keyframe first": [(0, 9, 0), (1, 9, 1)],
    "nothing": [],
}


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_cut_exactly_is_not_cut(rows: list[tuple[int, int, int]]) -> None:
    assert cut(listed(rows)) == ()
    assert windows(listed(rows), 3) == ()


def test_a_list_that_an_error_ended_is_not_cut() -> None:
    assert cut(listed(closed([25] * 60), is_whole=False)) == ()


@given(st.lists(st.integers(1, 200), min_size=1, max_size=60), st.integers(1, 8))
def test_windows_are_short_and_begin_at_keyframes(gops: list[int], count: int) -> None:
    packets = listed(closed(gops))
    found = windows(packets, count)
    assert 1 <= len(found) <= count
    assert len({window.start for window in found}) == len(found)
    for window in found:
        assert window.frames <= 25
        assert window.frames == 25 or len(packets) < 25 or window.end is None or len(found) == 1


def test_windows_lie_evenly() -> None:
    found = windows(listed(closed([25] * 60)), 3)
    assert [window.start for window in found] == [250, 750, 1250]


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=200))
def test_waves_hold_every_chunk_once_the_dearest_first(costs: list[float]) -> None:
    groups = waves(costs)
    assert sorted(number for group in groups for number in group) == list(range(len(costs)))
    assert all(group == sorted(group) for group in groups)
    for before, after in pairwise(groups):
        assert min(costs[n] for n in before) >= max(costs[n] for n in after)
    assert len(groups[0]) <= max(1, len(costs) / 6)
    assert len(groups[-1]) == 1


def test_waves_begin_with_a_few_and_grow_smaller_to_the_end() -> None:
    assert [len(group) for group in waves([1.0] * 24)] == [3, 11, 5, 3, 1, 1]
    assert [len(group) for group in waves([1.0] * 6)] == [1, 3, 1, 1]

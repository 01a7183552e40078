"""Times are whole ticks: sums do not drift, and what is written can be read again."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimreel.core.timing import (
    SOURCE,
    STANDARD_RATES,
    Timebase,
    TimeRange,
    format_clock,
    frames_covering,
    parse_clock,
    scaled,
    standard_rate,
)

NTSC = Timebase(Fraction(1001, 30000))
few = settings(max_examples=60)


def test_a_frame_of_every_standard_rate_is_a_whole_number_of_source_ticks():
    assert [rate for rate in STANDARD_RATES if (SOURCE.tick_s**-1 / rate).denominator != 1] == []


def test_the_nearest_tick_and_the_later_of_two():
    assert NTSC.ticks(1) == 30
    assert [Timebase(Fraction(1, 2)).ticks(seconds) for seconds in (0.2, 0.25, 0.3, 0.75)] == [0, 1, 1, 2]
    assert NTSC.seconds(30) == Fraction(1001, 1000)


@few
@given(st.integers(0, 10**7), st.sampled_from(STANDARD_RATES))
def test_seconds_name_the_tick_they_came_from(frame: int, rate: Fraction):
    base = Timebase(1 / rate)
    assert base.ticks(float(base.seconds(frame))) == frame


@few
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 30)), max_size=6))
def test_what_is_left_of_a_range_is_what_no_other_covers(others: list[tuple[int, int]]):
    whole = TimeRange(10, 50)
    gone = [TimeRange(start, duration) for start, duration in others]
    left = whole.without(gone)
    covered = {tick for tick in range(10, 60) if any(tick in one for one in gone)}
    assert {tick for stretch in left for tick in range(stretch.start, stretch.end)} == set(range(10, 60)) - covered
    assert all(stretch for stretch in left)


def test_ranges_are_half_open():
    assert 5 in TimeRange(5, 2) and 7 not in TimeRange(5, 2)
    assert not TimeRange(0, 5).meet(TimeRange(5, 5))
    assert TimeRange.between(9, 3) == TimeRange(9, 0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:30", 90), ("0:05.5", Fraction(11, 2)), ("1:02:03", 3723), ("90", 90), ("90.25", Fraction(361, 4))],
)
def test_clock_text_is_read(text: str, seconds: Fraction):
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["", "1:60", "a", "1:2:3:4", "-5", "1:", "1e5", "٣", "9" * 400])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(ValueError, match="is not a time"):
        parse_clock(text)


@few
@given(st.integers(0, 10**8))
def test_a_time_that_is_written_can_be_read(hundredths: int):
    assert parse_clock(format_clock(Fraction(hundredths, 100))) == Fraction(hundredths, 100)


@pytest.mark.parametrize(
    ("rate", "standard"),
    [
        (Fraction(30), Fraction(30)),
        (Fraction(2997, 100), Fraction(30000, 1001)),
        (Fraction(2398, 100), Fraction(24000, 1001)),
        (Fraction(25), Fraction(25)),
        (Fraction(18), Fraction(24000, 1001)),
        (Fraction(240), Fraction(60)),
        (Fraction(3), Fraction(10)),
    ],
)
def test_a_rate_becomes_a_standard_one_that_drops_no_frame_up_to_60(rate: Fraction, standard: Fraction):
    assert standard_rate(rate) == standard


def test_a_stretch_is_covered_by_at_least_one_frame():
    assert frames_covering(1, SOURCE, NTSC) == 1
    assert frames_covering(SOURCE.ticks(10), SOURCE, NTSC) == 300
    assert scaled(3, Fraction(1, 2)) == 2

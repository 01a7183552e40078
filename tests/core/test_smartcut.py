"""What a cut copies can be copied, what it encodes is little, and together they are exactly the frames wanted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.smartcut import CannotCopy, Stretch, order_of, pieces, points_of, shown, sounds
from slimreel.core.timing import TimeRange
from tests.core.test_chunking import closed, listed

KEY, DISCARD, INSTANT = 1, 2, 8
RATE = Fraction(25)


def instant(gops: list[int]):
    """Closed GOPs that each begin with a picture that forgets all before."""
    return listed([(pts, size, flags and KEY | INSTANT) for pts, size, flags in closed(gops)])


def stretch(start: int, frames: int, place: int = 0) -> Stretch:
    return Stretch(start / RATE, TimeRange(place, frames))


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 80)), min_size=1, max_size=5),
)
def test_pieces_are_the_wanted_frames_and_copies_stand_alone(gops: list[int], cuts: list[tuple[int, int]]) -> None:
    packets = instant(gops)
    total = len(packets)
    wanted = [range(start % total, min(total, start % total + length)) for start, length in cuts]
    try:
        found = pieces(packets, wanted)
    except CannotCopy:
        assert not any(_holds_a_start(gops, frames) for frames in wanted)
        return
    assert [frame for piece in found for frame in range(piece.start, piece.end)] == [n for one in wanted for n in one]
    points = set(points_of(packets))
    for piece in found:
        assert piece.key in points and piece.key <= piece.start
        if piece.copied:
            assert piece.start in points
            assert sorted(order_of(packets, piece)) == list(range(piece.frames))
        else:
            assert not _holds_a_start(gops, range(piece.start, piece.end))


def _holds_a_start(gops: list[int], frames: range) -> bool:
    """Is the first picture of a GOP among the frames? At least that one can be copied."""
    return any(sum(gops[:number]) in frames for number in range(len(gops)))


def test_the_end_of_a_cut_is_copied_up_to_where_decoding_and_showing_agree() -> None:
    packets = instant([20])  # decoded 0 2 1 3 4 …
    (whole,) = pieces(packets, [range(10)])
    assert (whole.start, whole.end, whole.copied) == (0, 10, True)
    copied, edge = pieces(packets, [range(2)])
    assert [(piece.start, piece.end, piece.copied) for piece in (copied, edge)] == [(0, 1, True), (1, 2, False)]


def test_stretches_that_go_on_are_one() -> None:
    assert len(pieces(instant([10, 10]), [range(3), range(3, 20)])) == 1


def test_a_keyframe_that_forgets_nothing_is_no_point() -> None:
    rows = closed([10, 10, 10])
    open_gops = listed([(pts, size, flags and (KEY | INSTANT if pts != 10 else KEY)) for pts, size, flags in rows])
    assert points_of(open_gops) == [0, 20]
    edge, copied = pieces(open_gops, [range(10, 30)])
    assert (edge.copied, edge.key, copied.start) == (False, 0, 20)
    with pytest.raises(CannotCopy, match="points"):
        pieces(listed(rows), [range(30)])


def test_pictures_that_are_not_shown_are_not_copied() -> None:
    rows = [(pts, size, KEY | INSTANT | DISCARD if pts == 0 else flags) for pts, size, flags in closed([10, 10])]
    with pytest.raises(CannotCopy, match="hidden"):
        pieces(listed(rows), [range(20)])


@given(st.integers(0, 60), st.integers(1, 60), st.integers(-4, 4))
def test_each_frame_is_the_latest_that_has_begun(start: int, length: int, jitter: int) -> None:
    """Times of a millisecond clock, late by less than a quarter of a frame."""
    times = [round(number * 40) + (jitter if number % 2 else 0) + 7 for number in range(121)]
    packets = listed([(time, 1, KEY | INSTANT) for time in times], timebase=Fraction(1, 1000))
    assert shown(packets, Fraction(7, 1000), RATE, [stretch(start, length)]) == [range(start, start + length)]


@pytest.mark.parametrize("times", [[0, 1, 3, 4], [0, 1, 2], [1, 2, 3, 4]], ids=["gap", "short", "late"])
def test_frames_shown_twice_or_never_are_not_copied(times: list[int]) -> None:
    packets = listed([(time, 1, KEY | INSTANT) for time in times])
    with pytest.raises(CannotCopy, match="times"):
        shown(packets, Fraction(0), RATE, [stretch(0, 4)])


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 90)), min_size=1, max_size=8))
def test_no_sound_is_further_from_its_place_than_half_a_packet(cuts: list[tuple[int, int]]) -> None:
    length = Fraction(1024, 48000)
    packets = listed([(number * 1024, 9, KEY) for number in range(600)], timebase=Fraction(1, 48000))
    stretches, at = [], 0
    for start, frames in cuts:
        stretches.append(stretch(start, frames, at))
        at += frames
    found = sounds(packets, length, Fraction(0), RATE, stretches)
    assert found is not None and found.late == 0
    slot = 0
    for (first, count), one in zip(found.runs, stretches, strict=True):
        for number in (0, count - 1)[: count or 0]:
            heard_s = (slot + number) * length - one.place.start / RATE  # from the start of the stretch
            assert abs((first + number) * length - one.start_s - heard_s) <= length / 2
        slot += count
    assert abs(slot * length - at / RATE) <= length / 2


def test_sound_that_begins_late_begins_late_and_holes_are_not_copied() -> None:
    length, clock = Fraction(1024, 48000), Fraction(1, 48000)
    late = listed([(48000 + number * 1024, 9, KEY) for number in range(50)], timebase=clock)
    found = sounds(late, length, Fraction(0), RATE, [stretch(0, 40)])
    assert found is not None and found.late == 47 and found.runs == ((0, 28),)
    assert sounds(late, length, Fraction(0), RATE, [stretch(30, 10), stretch(0, 10, 10)]) is None
    holed = listed([(number * 1024 + (number > 20) * 5000, 9, KEY) for number in range(60)], timebase=clock)
    assert sounds(holed, length, Fraction(0), RATE, [stretch(0, 20)]) is None

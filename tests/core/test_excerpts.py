"""Every frame that was asked for lies in an excerpt, behind a keyframe that a seek finds, and little beside it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slimreel.core import sampling
from slimreel.core.excerpts import excerpts
from tests.core.test_chunking import closed, listed


@given(st.lists(st.integers(10, 250), min_size=20, max_size=80))
def test_excerpts_hold_exactly_the_spans(gops: list[int]) -> None:
    packets = listed(closed(gops))
    sample = sampling.choose(len(packets), list(packets.sizes))
    found = excerpts(packets, [sample.search, sample.check])
    keys = sorted(packets.pts[place] for place in range(len(packets)) if packets.is_key(place))
    for number, spans in enumerate((sample.search, sample.check)):
        pieces = [piece for one in found for piece in one.pieces if piece.of_list == number]
        if found:
            assert [(piece.start, piece.frames) for piece in pieces] == [(span.first, span.count) for span in spans]
            assert all((piece.end or len(packets)) - piece.start == piece.frames for piece in pieces)
    for one in found:
        begin = max((key for key in keys if key <= (one.seek or 0)), default=0)
        assert all(begin <= piece.start for piece in one.pieces)
        assert one.decoded == max(piece.end or len(packets) for piece in one.pieces) - begin
    assert sum(one.decoded for one in found) < len(packets) / 2


def test_a_long_clip_is_mostly_passed_over() -> None:
    packets = listed(closed([250] * 60))
    sample = sampling.choose(len(packets), list(packets.sizes))
    found = excerpts(packets, [sample.search, sample.check])
    assert found
    assert sum(one.decoded for one in found) < len(packets) / 5


def test_what_must_be_decoded_anyhow_is_not_sought() -> None:
    for gops in ([1500], [25] * 8):
        packets = listed(closed(gops))
        sample = sampling.choose(len(packets), list(packets.sizes))
        assert excerpts(packets, [sample.search, sample.check]) == ()


def test_times_that_do_not_tell_frames_apart_are_no_guide() -> None:
    rows = closed([100] * 40)
    rows[7] = (rows[6][0], 100, 0)
    packets = listed(rows)
    sample = sampling.choose(len(packets), list(packets.sizes))
    assert excerpts(packets, [sample.search, sample.check]) == ()

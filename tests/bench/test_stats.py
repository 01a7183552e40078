"""The arithmetic of the benchmarks: medians, intervals, percentiles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import stats
from bench.scores import percentile

NUMBERS = st.lists(st.floats(0.1, 100), min_size=1, max_size=6)


@settings(max_examples=10)
@given(NUMBERS)
def test_the_interval_holds_the_median_and_lies_within_the_values(values):
    found = stats.middle(values)
    assert min(values) <= found.low <= found.median <= found.high <= max(values)


def test_one_clip_without_noise_has_no_interval():
    found = stats.ratio([([9.0, 9.0], [10.0, 10.0])])
    assert (found.low, found.median, found.high) == pytest.approx((0.9, 0.9, 0.9))


def test_the_ratio_is_the_median_over_clips_of_the_ratio_of_medians():
    pairs = [([1, 2, 30], [4, 4, 4]), ([8], [10]), ([9], [10])]
    assert stats.ratio(pairs).median == pytest.approx(0.8)


def test_the_same_numbers_give_the_same_interval():
    pairs = [([1.0, 1.2], [2.0, 2.1]), ([3.0, 3.3], [4.0, 4.2])]
    assert stats.ratio(pairs) == stats.ratio(pairs)


def test_noise_widens_the_interval():
    calm, wild = stats.middle([1.0, 1.01, 0.99, 1.0]), stats.middle([0.5, 1.5, 0.9, 1.1])
    assert calm.high - calm.low < wild.high - wild.low


def test_no_clips_are_an_error():
    with pytest.raises(ValueError, match="no clips"):
        stats.middle([])


def test_percentile_interpolates():
    assert percentile([10, 0], 5) == pytest.approx(0.5)
    assert percentile([7], 5) == 7
    assert percentile(range(101), 5) == pytest.approx(5)

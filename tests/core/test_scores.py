"""Summing up frames agrees with the standard library, and worst moments are the worst that lie apart."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.scores import by_second, percentile, pooled, worst_moments

VALUES = st.lists(st.floats(min_value=0, max_value=100), min_size=2, max_size=60)


@given(VALUES, st.integers(min_value=1, max_value=99))
def test_percentiles_are_those_of_the_standard_library(values: list[float], percent: int) -> None:
    expected = statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
    assert percentile(values, percent) == pytest.approx(expected, abs=1e-9)


@given(VALUES)
def test_the_worst_is_at_the_bad_end(values: list[float]) -> None:
    up, down = pooled(values, harmonic=True), pooled(values, less_is_better=True)
    assert up.worst - 1e-4 <= up.poor <= down.poor <= down.worst + 1e-4
    assert up.mean == down.mean == pytest.approx(statistics.fmean(values), abs=1e-4)
    assert up.harmonic_mean is not None
    assert up.harmonic_mean <= up.mean + 1e-4
    assert down.harmonic_mean is None


def test_one_bad_frame_weighs_more_in_the_harmonic_mean() -> None:
    assert pooled([99, 0], harmonic=True).harmonic_mean == pytest.approx(2 / (1 / 100 + 1) - 1, abs=1e-4)


def test_seconds_without_a_frame_stay_empty() -> None:
    assert by_second([0.0, 0.5, 3.2], [80, 90, 70]) == (85, None, None, 70)
    assert by_second([], []) == ()


@given(VALUES, st.integers(min_value=1, max_value=5))
def test_worst_moments_are_apart_and_the_first_is_the_lowest(values: list[float], count: int) -> None:
    times = [index / 7 for index in range(len(values))]
    found = worst_moments(times, values, count, 1.0)
    assert values[found[0]] == min(values)
    assert len(found) <= count
    assert all(abs(times[a] - times[b]) >= 1 for a in found for b in found if a != b)
    assert [values[index] for index in found] == sorted(values[index] for index in found)

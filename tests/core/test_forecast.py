"""Foretelling a size from windows: unbiased where windows are alike, honest about its doubt where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.forecast import Estimate, whole_bytes


@given(ratio=st.floats(0.05, 2), weights=st.lists(st.integers(1000, 100_000), min_size=2, max_size=8))
def test_windows_that_shrink_alike_foretell_the_whole(ratio: float, weights: list[int]) -> None:
    windows = [round(weight * ratio) for weight in weights]
    found = whole_bytes(windows, weights, 50 * sum(weights), 0, 0)
    assert found.value == pytest.approx(50 * sum(windows))
    assert found.low <= found.value <= found.high
    assert found.high / found.value < 1.06


def test_windows_that_disagree_widen_the_interval() -> None:
    sure = whole_bytes([100, 100, 100, 100], [200] * 4, 8000, 0, 0)
    unsure = whole_bytes([20, 180, 60, 140], [200] * 4, 8000, 0, 0)
    assert unsure.value == pytest.approx(sure.value)
    assert unsure.high - unsure.low > 3 * (sure.high - sure.low)


def test_keyframes_are_added() -> None:
    without = whole_bytes([100], [100], 1000, 500, 0)
    assert whole_bytes([100], [100], 1000, 500, 4).value == pytest.approx(without.value + 2000)
    assert without.high > without.value * 1.1


def test_estimates_scale() -> None:
    assert Estimate(10, 8, 12).times(0.5) == Estimate(5, 4, 6)

"""Windows of bytes: in order, exact against the limit, and as narrow as a rate's promise."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.core import budget
from slimreel.core.containers import CONTAINERS

LONG = st.floats(5, 36_000)
SHORT = st.floats(0.001, 4.999)


@given(limit=st.integers(1, 10**11), share=st.floats(0, 0.999), seconds=st.floats(0, 36_000))
def test_a_size_leaves_what_the_rest_does_not_take(limit: int, share: float, seconds: float) -> None:
    other = min(limit - 1, int(limit * share))
    window = budget.size_window(limit, other, seconds)
    assert window.high + other == limit
    assert 1 <= window.low <= window.aim <= window.high
    used = 0.99 if seconds >= 5 else 0.97
    assert window.low + other >= limit * used - 1
    assert not window.holds(window.high + 1)


@given(rate=st.floats(1, 1e9), seconds=LONG, ceiling=st.booleans())
def test_a_rate_of_a_clip_of_5_s_is_kept_to_one_percent(rate: float, seconds: float, ceiling: bool) -> None:
    window = budget.rate_window(rate, seconds, round(seconds * 30), ceiling=ceiling)
    asked = rate * seconds / 8
    assert 1 <= window.low <= window.aim <= window.high
    assert window.high <= max(1.0, (asked if ceiling else asked * 1.01) + 0.5)
    assert window.low >= asked * (0.98 if ceiling else 0.99) - 0.5


@given(rate=st.floats(1, 1e9), seconds=SHORT, frames=st.integers(0, 300), ceiling=st.booleans())
@example(1000, 0.001, 1, False)
@example(1000, 0.001, 0, True)
def test_a_short_clip_may_miss_by_three_percent_or_one_frame(
    rate: float, seconds: float, frames: int, ceiling: bool
) -> None:
    window = budget.rate_window(rate, seconds, frames, ceiling=ceiling)
    asked = max(1.0, rate * seconds / 8)
    allowed = max(0.03, 1 / max(frames, 1))
    assert 1 <= window.low <= window.aim <= window.high
    assert window.high <= asked * (1 if ceiling else 1 + allowed) + 0.5
    assert window.low >= asked * (1 - (2 if ceiling else 1) * allowed) - 0.5
    if frames and not ceiling and asked > 100:
        assert window.high - asked >= asked / frames * 0.85 - 1


def test_error_is_signed() -> None:
    window = budget.Window(90, 100, 110)
    assert [window.holds(size) for size in (89, 90, 110, 111)] == [False, True, True, False]


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_costs_more_with_more_in_it(name: str) -> None:
    container = next(row for row in CONTAINERS.values() if row.name == name)
    costs = [budget.container_bytes(container, frames, 2 * frames) for frames in (0, 100, 10_000)]
    assert costs == sorted(costs)
    assert costs[0] == container.fixed_bytes
    assert 5 <= (costs[2] - costs[1]) / 9900 <= 40

"""What a refusal names: a number with its unit that is no less than what works."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.core.units import format_bitrate, format_size, parse_bitrate, parse_size
from slimreel.engine.floor import round_up


@given(st.floats(1, 1e12))
@example(999.5)
@example(99_950)
def test_what_is_shown_is_what_works(number: float) -> None:
    named = round_up(number)
    assert number <= named <= number * 1.01 + 1
    assert parse_size(format_size(named, exact=True)) == parse_size(format_size(named).replace(" bytes", "B")) == named
    assert parse_bitrate(format_bitrate(named)) == named

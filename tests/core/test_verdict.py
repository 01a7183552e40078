"""The bands of quality: better numbers never give a worse verdict, and both numbers count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.verdict import BANDS, JND_POINTS, differences_seen, verdict
from slimreel.data.tables import LANGUAGES, label_table

ORDER = ["strong", "clear", "visible", "slight", "indistinguishable"]
SCORES = st.floats(min_value=0, max_value=100)


@given(SCORES, SCORES, SCORES, SCORES)
def test_better_numbers_never_give_a_worse_verdict(mean: float, p5: float, more: float, more_p5: float) -> None:
    before = ORDER.index(verdict(mean, p5))
    assert ORDER.index(verdict(min(100, mean + more), min(100, p5 + more_p5))) >= before


def test_the_edges_of_the_best_band_are_those_of_the_sources() -> None:
    assert verdict(95.0, 89.0) == "indistinguishable"
    assert verdict(94.99, 99.0) == verdict(99.0, 88.99) == "slight"
    assert verdict(0, 0) == "strong"
    assert verdict(12, 3, identical=True) == "identical"


def test_one_step_lies_between_the_first_bands() -> None:
    assert BANDS[0].mean - BANDS[1].mean == JND_POINTS
    assert differences_seen(99) == 0
    assert differences_seen(89) == 1


def test_every_verdict_has_a_sentence() -> None:
    for language in LANGUAGES:
        for name in ["identical", *ORDER]:
            assert label_table(language)[f"verdict_{name}"].endswith((".", "。"))

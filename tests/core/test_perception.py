"""Scores and CRFs: the next CRF to try comes nearer, whatever the slope; percentiles are those of a table."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.perception import QUALITIES, Scores, Wanted, badness, next_crf, score_of, wanted_of

SCORES = st.floats(0, 100)


@given(vmaf=SCORES)
def test_badness_turns_back(vmaf: float) -> None:
    assert score_of(badness(vmaf)) == pytest.approx(vmaf, abs=1e-6)


@given(low=SCORES, high=SCORES)
def test_a_worse_picture_is_badder(low: float, high: float) -> None:
    assert (badness(low) >= badness(high)) or low > high


@given(frames=st.lists(SCORES, min_size=2, max_size=300))
def test_scores_of_frames(frames: list[float]) -> None:
    found = Scores.of(frames)
    assert found.mean == pytest.approx(statistics.fmean(frames))
    assert found.low == pytest.approx(statistics.quantiles(frames, n=20, method="inclusive")[0], abs=1e-6)
    assert found.frames == len(frames)


def test_no_frames_have_no_score() -> None:
    with pytest.raises(ValueError, match="no frames"):
        Scores.of([])


def test_qualities_are_in_order() -> None:
    means = [QUALITIES[name].mean for name in ("low", "medium", "high", "visually_lossless")]
    assert all(low < high for low, high in pairwise(means))
    assert wanted_of("lossless", None) is None
    assert wanted_of(None, None) is None


@pytest.mark.parametrize(
    ("mean", "low", "short"),
    [(95, 89, False), (96, 90, False), (94, 90, True), (96, 80, True)],
)
def test_both_the_mean_and_the_weak_moments_count(mean: float, low: float, short: bool) -> None:
    assert (Wanted(95, 89).shortfall(Scores(mean, low, 100)) > 1e-9) is short
    assert Wanted(95).shortfall(Scores(96, 10, 100)) < 0


@given(slope=st.floats(0.04, 0.3), answer=st.floats(8, 45), start=st.floats(8, 45))
def test_on_a_straight_line_the_second_guess_from_two_points_is_right(
    slope: float, answer: float, start: float
) -> None:
    first = (start, slope * (start - answer))
    other = start + (3 if start < answer else -3)
    assert next_crf([first, (other, slope * (other - answer))]) == pytest.approx(answer, abs=0.01)


@given(
    slope=st.floats(0.05, 0.28), bend=st.floats(-0.0015, 0.0015), answer=st.floats(12, 40), usual=st.floats(0.07, 0.2)
)
def test_four_probes_of_any_sane_curve_end_near_the_answer(
    slope: float, bend: float, answer: float, usual: float
) -> None:
    def shortfall(crf: float) -> float:
        return slope * (crf - answer) + bend * (crf - answer) ** 2

    points, crf = [], 23.0
    for _ in range(4):
        points.append((crf, shortfall(crf)))
        crf = min(51.0, max(4.0, next_crf(points, usual)))
    assert abs(crf - answer) < 1.5

"""Which frames stand for a clip: inside it, apart from each other, and as busy as the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.sampling import Sample, choose, tamed


def numbers(sample: Sample) -> list[int]:
    return [n for span in (*sample.search, *sample.check) for n in range(span.first, span.end)]


@given(frames=st.integers(1, 100_000), most=st.none() | st.integers(12, 500), seed=st.integers(0, 9))
def test_windows_lie_in_the_clip_and_share_no_frame(frames: int, most: int | None, seed: int) -> None:
    sizes = [100 + (n * 7919 * (seed + 1)) % 1000 for n in range(min(frames, 4000))] if frames <= 4000 else []
    sample = choose(frames, sizes, most)
    found = numbers(sample)
    assert len(set(found)) == len(found)
    assert min(found) >= 0
    assert max(found) < frames
    assert len(found) <= (frames if most is None else max(most, 3) * 1.2 + 8)
    assert len({span.count for span in sample.search}) == 1
    assert [span.first for span in sample.search] == sorted(span.first for span in sample.search)


def test_short_clips_are_their_own_sample() -> None:
    assert choose(90).whole
    assert not choose(91).whole
    assert choose(60, most_frames=30).whole is False


def test_a_long_clip_is_judged_by_eight_seconds_and_checked_on_others() -> None:
    sample = choose(36_000)
    assert (len(sample.search), len(sample.check)) == (8, 8)
    assert sum(span.count for span in sample.search) == 192


def test_a_burst_is_not_mistaken_for_the_clip() -> None:
    """In a quiet part with one busy second the window lies in the quiet, but not always at its quietest."""
    sizes = [100] * 800
    sizes[395:425] = [5000] * 30
    for span in choose(800, sizes).search:
        assert sum(sizes[span.first : span.end]) / span.count < 1500


def test_a_window_tells_by_what_is_coded_as_within_the_clip() -> None:
    sample = choose(900)
    count, telling = sample.search[0].count, sample.telling
    assert telling.first == 1
    assert telling.end == count - 5
    whole = choose(80)
    assert (whole.telling.first, whole.telling.count) == (0, 80)


@given(frames=st.integers(1, 3000), most=st.integers(1, 200))
def test_something_of_every_window_tells(frames: int, most: int) -> None:
    sample = choose(frames, most_frames=most)
    assert 0 <= sample.telling.first < sample.telling.end <= sample.search[0].count


def test_a_first_look_takes_windows_from_all_over_the_clip() -> None:
    sample = choose(36_000)
    few = sample.few()
    assert len(few) * 2 < len(sample.search)
    assert set(few) < set(sample.search)
    assert few[-1].first - few[0].first > 18_000
    assert choose(80).few() == ()


def test_keyframes_weigh_like_what_is_around_them() -> None:
    sizes = [1000, *[100] * 49, 1000, *[100] * 49, *[900] * 100]
    weights = tamed(sizes)
    assert weights[0] == weights[50] == pytest.approx(300, abs=2)
    assert weights[120:180] == sizes[120:180]

"""One budget for all chunks: it learns the law the bytes follow, spends what is left, and repairs what is cheap."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.core import chunk_budget
from slimreel.core.chunk_budget import Law, Made, Sample, costs, fit, halving_between, next_crf, repairs
from slimreel.core.chunking import Chunk, waves

PRICES = st.lists(st.floats(3e5, 1e6), min_size=4, max_size=60)


def chunk(frames: int, keys: int, key_bytes: int, other_bytes: int) -> Chunk:
    return Chunk(start=0, end=None, seek=None, frames=frames, keys=keys, key_bytes=key_bytes, other_bytes=other_bytes)


def spent(law: Law, prices: list[float], noise: float, aim: float, seed: int) -> tuple[list[Made], list[int]]:
    """A whole encode where bytes really follow `law`, each chunk scattered by `noise`: its chunks, and how many of
    them each round of repairs made again until the total was in a window of a percent each way."""
    chance = random.Random(seed)
    scatter = [2 ** chance.uniform(-noise, noise) for _ in prices]
    done: dict[int, Made] = {}
    known = Law(base=23.0)

    def make(numbers: list[int], crf: float) -> None:
        for n in numbers:
            done[n] = Made(cost=prices[n], crf=crf, size=round(law.size(prices[n] * scatter[n], crf)))

    def made() -> list[Made]:
        return [done[n] for n in sorted(done)]

    for number, wave in enumerate(waves(prices)):
        step = chunk_budget.FIRST_STEP if number == 1 else chunk_budget.MOST_STEP
        left = sum(prices[n] for n in range(len(prices)) if n not in done)
        make(wave, next_crf(known, made(), left, aim - sum(one.size for one in made()), 51, step=step))
        known = fit(23.0, made())
    first, rounds = made(), []
    while abs(sum(one.size for one in made()) / aim - 1) > 0.00875:
        wanted = repairs(known, made(), round(aim))
        for n, crf in wanted.items():
            make([n], crf)
        rounds.append(len(wanted))
        known = fit(23.0, made())
        assert len(rounds) <= 3
    return first, rounds


@given(PRICES, st.floats(-0.25, 0.25), st.floats(4.5, 8.0), st.integers(0, 99))
@example([3e5, 3e5, 3e5, 338_843.0], -0.25, 5.0, 0)
def test_the_total_lands_in_its_window(prices: list[float], off: float, halving: float, seed: int) -> None:
    law = Law(base=23.0, scale=2**off, halving=halving)
    first, rounds = spent(law, prices, 0.1, sum(prices) * 2 ** (-0.3), seed)
    few, *others = waves(prices)
    done = [first[number] for number in few]
    for number, wave in enumerate(others):
        mean = sum(made.crf * made.cost for made in done) / sum(made.cost for made in done)
        step = chunk_budget.MOST_STEP if number else chunk_budget.FIRST_STEP
        # Rounded to a hundredth.
        assert all(abs(first[one].crf - mean) <= step + 0.0051 for one in wave)
        done += [first[one] for one in wave]
    assert len(rounds) <= 3


@given(st.integers(12, 60), st.integers(0, 99))
def test_scattered_chunks_need_few_repairs(count: int, seed: int) -> None:
    _, rounds = spent(Law(base=23.0, scale=1.05), [1e6] * count, 0.15, 0.8e6 * count, seed)
    assert sum(rounds) <= 3 + count / 10


@given(PRICES, st.floats(15, 35), st.floats(0.3, 3.0))
def test_a_law_is_found_from_what_follows_it(prices: list[float], crf: float, scale: float) -> None:
    law = Law(base=23.0, scale=scale, halving=6.0)
    made = [Made(cost=p, crf=crf + n % 3, size=round(law.size(p, crf + n % 3))) for n, p in enumerate(prices)]
    found = fit(23.0, made)
    assert found.halving == pytest.approx(6.0, rel=0.02)
    assert found.scale == pytest.approx(scale, rel=0.05)
    assert found.crf(sum(prices), found.size(sum(prices), 27.0)) == pytest.approx(27.0)


def test_the_slope_is_learnt_where_qualities_differ() -> None:
    law = Law(base=23.0, halving=4.5)
    made = [Made(cost=1e6, crf=crf, size=round(law.size(1e6, crf))) for crf in (18.0, 20.0, 23.0, 26.0, 29.0)]
    assert fit(23.0, made).halving == pytest.approx(4.6, abs=0.15)


def test_nothing_done_leaves_what_was_believed() -> None:
    assert fit(25.0, [], 5.0) == Law(base=25.0, halving=5.0)
    assert next_crf(Law(base=25.0), [], 1e6, 1e6, 51) == 25.0


@given(st.floats(1e3, 1e9), st.floats(-1e6, 1e9), st.floats(15, 40))
def test_qualities_stay_near_their_neighbours(cost: float, left: float, crf: float) -> None:
    found = next_crf(Law(base=23.0), [Made(cost=1e6, crf=crf, size=10**6)], cost, left, 51)
    assert abs(found - crf) <= chunk_budget.MOST_STEP + 0.01


def test_a_small_miss_is_repaired_by_one_small_chunk() -> None:
    made = [Made(cost=s, crf=24.0, size=s) for s in (900_000, 400_000, 700_000, 100_000)]
    wanted = repairs(Law(base=24.0), made, 2_100_000 - 30_000)
    assert list(wanted) == [1]  # the smallest would have to change by more than a step
    assert wanted[1] == pytest.approx(24.67, abs=0.05)
    assert repairs(Law(base=24.0), made, 2_110_000)[3] < 24.0


def test_a_large_miss_is_shared_by_the_largest() -> None:
    made = [Made(cost=s, crf=24.0, size=s) for s in (900_000, 400_000, 700_000, 100_000)]
    assert sorted(repairs(Law(base=24.0), made, 2_100_000 - 150_000)) == [0, 2]
    assert sorted(repairs(Law(base=24.0), made, 1_000_000)) == [0, 1, 2, 3]


@given(st.lists(st.integers(10_000, 10**6), min_size=2, max_size=40), st.floats(0.93, 1.07))
def test_a_repair_lands_where_bytes_follow_the_law(sizes: list[int], off: float) -> None:
    made = [Made(cost=s, crf=24.0, size=s) for s in sizes]
    aim, law = round(sum(sizes) * off), Law(base=24.0)
    wanted = repairs(law, made, aim)
    total = sum(law.size(one.size, wanted.get(n, 24.0)) for n, one in enumerate(made))
    assert total == pytest.approx(aim, rel=0.003)


def test_two_samples_tell_the_slope() -> None:
    assert halving_between((20.0, 4e6), (25.0, 2e6)) == pytest.approx(5.0)
    assert halving_between((20.0, 4e6), (20.0, 4e6)) == chunk_budget.USUAL_HALVING


def test_keyframes_are_counted_as_often_as_they_will_be() -> None:
    # The source has a keyframe of 1000 bytes in 10 pictures, the others take 100; ours shall be half as large.
    window = chunk(25, 3, 3000, 2200)
    sample = Sample(window=window, size=500 + 24 * 50, key_bytes=500, keys=1)
    found = costs([chunk(100, 10, 10_000, 9000), chunk(200, 20, 20_000, 18_000)], [100, 100], [sample])
    assert found == pytest.approx([500 + 99 * 50, 2 * (500 + 99 * 50)])


def test_sources_of_keyframes_alone_have_costs_too() -> None:
    sample = Sample(window=chunk(25, 25, 25_000, 0), size=500 + 24 * 50, key_bytes=500, keys=1)
    assert costs([chunk(100, 100, 100_000, 0)], [100], [sample]) == pytest.approx([500 + 99 * 50])

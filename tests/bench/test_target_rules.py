"""The rules of the acceptance table, at their edges."""

from __future__ import annotations

import pytest

from bench.target_rules import Asked, Outcome, judge, works

RATE, SIZE = Asked("rate", 1_000_000), Asked("size", 100_000)


def at_rate(bps, duration_s, frames=250, **said):
    return Outcome(0, strategy="encode", video_bytes=round(bps * duration_s / 8), duration_s=duration_s,
                   frames=frames, file_bytes=1, **said)  # fmt: skip


def of_size(file_bytes, strategy="encode", **said):
    return Outcome(0, strategy=strategy, file_bytes=file_bytes, **said)


@pytest.mark.parametrize(
    ("clip_s", "bps", "frames", "verdict"),
    [
        (10, 1_009_900, 250, "met"),
        (10, 990_100, 250, "met"),
        (10, 1_010_100, 250, "missed"),
        (10, 980_000, 250, "missed"),
        (5, 1_020_000, 125, "missed"),
        (4.99, 1_020_000, 125, "met"),
        (2, 1_040_000, 50, "missed"),
        (2, 1_040_000, 20, "met"),  # one of 20 frames is 5 %
        (0.5, 500_000, 15, "met"),
        (0.5, 1_060_000, 15, "met"),  # less than a frame above
        (0.5, 1_100_000, 15, "missed"),
    ],
)
def test_rates(clip_s, bps, frames, verdict):
    assert judge(RATE, clip_s, at_rate(bps, clip_s, frames))[0] == verdict


@pytest.mark.parametrize(
    ("clip_s", "file_bytes", "verdict"),
    [
        (10, 100_000, "met"),
        (10, 99_000, "met"),
        (10, 98_900, "missed"),
        (4, 97_000, "met"),
        (4, 96_900, "missed"),
        (10, 100_001, "missed"),
        (0.5, 100_001, "missed"),
    ],
)
def test_sizes(clip_s, file_bytes, verdict):
    assert judge(SIZE, clip_s, of_size(file_bytes))[0] == verdict


def test_bits_may_be_left_where_slimreel_says_why():
    assert judge(SIZE, 10, of_size(50_000, reasons=("vfr_kept", "transparent")))[0] == "transparent"
    assert judge(SIZE, 10, of_size(50_000, reasons=("vfr_kept",)))[0] == "missed"
    assert judge(SIZE, 10, of_size(100_001, reasons=("transparent",)))[0] == "missed"
    assert judge(RATE, 10, at_rate(1_100_000, 10, reasons=("transparent",)))[0] == "missed"


def test_a_copy_still_has_to_fit():
    assert judge(SIZE, 10, of_size(50_000, "copy"))[0] == "copied"
    assert judge(SIZE, 10, of_size(100_001, "remux"))[0] == "missed"
    copied = Outcome(0, strategy="copy", video_bytes=1_300_000, duration_s=10, frames=250)
    assert judge(RATE, 10, copied)[0] == "missed"


def test_a_refusal_has_to_name_what_works():
    assert judge(SIZE, 10, Outcome(5, "target_impossible", smallest=123))[0] == "refused"
    assert judge(SIZE, 10, Outcome(5, "target_impossible"))[0] == "failed"
    assert works(Asked("size", 100_000), 10, of_size(99_500))[0]
    assert works(Asked("size", 100_000), 10, of_size(90_000))[0]
    assert not works(Asked("size", 100_000), 10, of_size(100_001))[0]
    assert not works(Asked("size", 100_000), 10, Outcome(5, smallest=120_000))[0]
    assert works(RATE, 10, at_rate(900_000, 10))[0]
    assert not works(RATE, 10, at_rate(1_020_000, 10))[0]


@pytest.mark.parametrize("exit_code", [None, 1, 3, 4, -9])
def test_everything_else_failed(exit_code):
    verdict, words = judge(RATE, 10, Outcome(exit_code, "hostile_input", "it is a playlist"))
    assert verdict == "failed"
    assert "it is a playlist" in words

"""Amounts: what is written is what is meant, and what is formatted can be read again."""

from __future__ import annotations

import contextlib
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core import units
from slimreel.core.numerals import read_number, read_share
from slimreel.core.units import Resolution, UnitError

RATES = {
    "8M": 8_000_000,
    "8 Mbps": 8_000_000,
    "8Mb/s": 8_000_000,
    "8 MB/s": 64_000_000,
    "8 MBps": 64_000_000,
    "8MBPS": 8_000_000,
    "8mbps": 8_000_000,
    "8mb": 8_000_000,
    "8Mb": 8_000_000,
    "8Mbit": 8_000_000,
    "4000k": 4_000_000,
    "4000 kbit/s": 4_000_000,
    "8000000": 8_000_000,
    "1.5 megabits per second": 1_500_000,
    "8M码率": 8_000_000,
    "8兆码率": 8_000_000,
    "八兆码率": 8_000_000,
    "码率8M": 8_000_000,
    "8,5 Mbps": 8_500_000,
    "1,000 kbps": 1_000_000,
    "１２Ｍbps": 12_000_000,
    "2 megabytes per second": 16_000_000,
    "0.5 Gbps": 500_000_000,
    "8兆比特每秒": 8_000_000,
    "8兆字节每秒": 64_000_000,
    "96k": 96_000,
    "six megabits": 6_000_000,
}
SIZES = {
    "25MB": 25_000_000,
    "25M": 25_000_000,
    "25 mb": 25_000_000,
    "25 MiB": 26_214_400,
    "1.5 gigs": 1_500_000_000,
    "25 meg": 25_000_000,
    "50兆": 50_000_000,
    "123456B": 123_456,
    "12345678 bytes": 12_345_678,
    "2G": 2_000_000_000,
    "8Mb": 1_000_000,
    "8 megabits": None,
    "half a gig": 500_000_000,
    "半个G": 500_000_000,
    "1.5个G": 1_500_000_000,
    "两百兆": 200_000_000,
    "一点五G": 1_500_000_000,
    "一个半G": 1_500_000_000,
    "三兆半": 3_500_000,
    "1 000 000 B": 1_000_000,
    "1,000 kB": 1_000_000,
    "500 KB": 500_000,
    "4 KiB": 4096,
    "a gigabyte": 10**9,
    "twenty-five megabytes": 25_000_000,
    "two hundred megs": 200_000_000,
    "10MB大小": 10_000_000,
}
SHARES = {
    "50": 0.5,
    "50%": 0.5,
    "0.5": 0.5,
    "1": 0.01,
    "half": 0.5,
    "3/4": 0.75,
    "三分之一": 1 / 3,
    "three quarters": 0.75,
    "六成": 0.6,
    "六成半": 0.65,
    "百分之三十": 0.3,
    "一半": 0.5,
    "two thirds": 2 / 3,
    "a tenth": 0.1,
    "½": 0.5,
    "五折": 0.5,
}


@pytest.mark.parametrize(("text", "bps"), RATES.items())
def test_bitrates(text: str, bps: int) -> None:
    assert units.parse_bitrate(text) == bps


@pytest.mark.parametrize(
    "text", ["8", "999", "8MB", "", "fast", "-8M", "0M", "8 bananas", "50%", "8Mbps extra", "30fps"]
)
def test_not_a_bitrate(text: str) -> None:
    with pytest.raises(UnitError):
        units.parse_bitrate(text)


def test_a_bare_number_names_the_likely_forms() -> None:
    with pytest.raises(UnitError, match=r"8M.*8k"):
        units.parse_bitrate("8")
    with pytest.raises(UnitError, match=r"25MB.*25B"):
        units.parse_size("25")


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_sizes(text: str, size: int | None) -> None:
    if size is None:
        with pytest.raises(UnitError):
            units.parse_size(text)
    else:
        assert units.parse_size(text) == size


@pytest.mark.parametrize("text", ["25", "", "big", "0MB", "-1MB", "8Mbps", "0.1B", "50%", "1" * 40 + "MB"])
def test_not_a_size(text: str) -> None:
    with pytest.raises(UnitError):
        units.parse_size(text)


@pytest.mark.parametrize(("text", "share"), SHARES.items())
def test_shares(text: str, share: float) -> None:
    assert units.parse_ratio(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["150%", "0", "0%", "1/0", "8M", "3/2"])
def test_not_a_share(text: str) -> None:
    with pytest.raises(UnitError):
        units.parse_ratio(text)


def test_resolutions() -> None:
    for text, lines in {
        "1080p": 1080,
        "720P": 720,
        "1080": 1080,
        "4k": 2160,
        "4K": 2160,
        "2k": 1440,
        "480i": 480,
    }.items():
        assert units.parse_resolution(text) == Resolution(short_side=lines)
    for text in ("1280x720", "1280×720", "1280*720", "1280 X 720"):
        assert units.parse_resolution(text) == Resolution(width=1280, height=720)
    for text in ("", "big", "9", "12345p", "1080pp", "3k"):
        with pytest.raises(UnitError):
            units.parse_resolution(text)


def test_frame_rates() -> None:
    assert units.parse_fps("29.97") == pytest.approx(29.97)
    assert units.parse_fps("30000/1001") == pytest.approx(29.97, abs=0.001)
    assert units.parse_fps("24帧") == 24
    for text in ("0", "5000", "fast", "8M"):
        with pytest.raises(UnitError):
            units.parse_fps(text)


@given(st.integers(1000, 10**12))
def test_bitrate_read_back(bps: int) -> None:
    assert units.parse_bitrate(units.format_bitrate(bps)) == pytest.approx(bps, rel=0.005)


@given(st.integers(1, 10**14))
def test_exact_size_read_back(size: int) -> None:
    assert units.parse_size(units.format_size(size, exact=True)) == size


@given(st.integers(1000, 10**14))
def test_size_read_back(size: int) -> None:
    assert units.parse_size(units.format_size(size)) == pytest.approx(size, rel=0.005)


def test_formats() -> None:
    assert [units.format_bitrate(b) for b in (8_000_000, 1_070_000, 522_000, 999)] == [
        "8 Mbps",
        "1.07 Mbps",
        "522 kbps",
        "999 bps",
    ]
    assert [units.format_size(b) for b in (25_000_000, 1_500_000_000, 999)] == [
        "25 MB",
        "1.5 GB",
        "999 bytes",
    ]
    assert [units.format_duration(s) for s in (0.84, 12.5, 65, 3723)] == [
        "0.84 s",
        "12.5 s",
        "1:05",
        "1:02:03",
    ]


@given(st.integers(1, 9999))
def test_chinese_numerals(number: int) -> None:
    text = _chinese(number)
    assert read_number(text) == (Fraction(number), len(text))


def _chinese(number: int) -> str:
    """1005 is 一千零五: one 零 for a gap inside, none at the end."""
    digits = [int(ch) for ch in f"{number:04}"]
    parts = ["零一二三四五六七八九"[d] + power if d else "零" for d, power in zip(digits, "千百十 ", strict=True)]
    return re.sub("零+", "零", "".join(parts).replace(" ", "")).strip("零")


@given(st.text(max_size=40), st.integers(0, 40))
def test_reading_numbers_never_fails(text: str, at: int) -> None:
    for read in (read_number, read_share):
        found = read(text, min(at, len(text)))
        assert found is None or (found[0] >= 0 and min(at, len(text)) < found[1] <= len(text))


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_unit_error(text: str) -> None:
    for parse in (
        units.parse_bitrate,
        units.parse_size,
        units.parse_ratio,
        units.parse_resolution,
        units.parse_fps,
    ):
        with contextlib.suppress(UnitError):
            assert parse(text)

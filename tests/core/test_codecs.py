"""One contract for every encoder row: all speeds and qualities, and options that name it with plain numbers."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import get_args

import pytest

from slimreel.core.choices import Codec, Quality, Speed
from slimreel.core.codecs import (
    AUDIO_ENCODERS,
    EFFICIENCY,
    ENCODERS,
    Encoder,
    Pass,
    quality_options,
    quick_options,
    rate_options,
    run_on_options,
    speed_options,
)

ROWS = pytest.mark.parametrize("row", ENCODERS.values(), ids=ENCODERS)


def pairs(options: list[str]) -> dict[str, str]:
    """Options as name and value; each name at most once."""
    assert len(options) % 2 == 0
    found = dict(zip(options[::2], options[1::2], strict=True))
    assert len(found) == len(options) // 2
    assert all(re.fullmatch(r"-[a-z][\w:-]*", name) for name in found)
    assert all(value and not re.search(r"[/\\\s]", value) for value in found.values())
    return found


def test_every_codec_has_a_row() -> None:
    assert set(ENCODERS) == set(get_args(Codec)) <= set(EFFICIENCY)
    assert len({row.name for row in ENCODERS.values()}) == len(ENCODERS)
    assert set(AUDIO_ENCODERS) == {"aac", "opus"}


@ROWS
def test_a_row_is_whole(row: Encoder) -> None:
    assert ENCODERS[row.codec] is row
    assert set(row.speeds) == set(get_args(Speed))
    assert set(row.crf) == set(get_args(Quality))
    steps = [row.crf[name] for name in ("low", "medium", "high", "visually_lossless", "lossless")]
    assert all(worse > better for worse, better in pairwise(steps))
    assert 0 <= steps[-1] < steps[0] < row.crf_max <= 63
    assert 0 < row.crf_step <= 1
    assert 0 < row.bit_share <= 1
    assert ("p10" in row.pix_fmt_10bit, "p10" in row.pix_fmt_8bit) == (True, False)


@ROWS
@pytest.mark.parametrize("speed", get_args(Speed))
def test_speeds(row: Encoder, speed: Speed) -> None:
    options = speed_options(row, speed)
    assert pairs(options)
    options.append("changed")
    assert "changed" not in row.speeds[speed]
    assert quick_options(row, speed)[: len(options) - 1] == list(row.speeds[speed])


@ROWS
@pytest.mark.parametrize("crf", [0.0, 0.1, 17.25, 22.999999, 51.0])
def test_a_quality(row: Encoder, crf: float) -> None:
    options = pairs(quality_options(row, crf, 250))
    assert options["-c:v"] == row.name
    assert options["-g"] == "250"
    written = options.get("-crf") or options["-svtav1-params"].removeprefix("crf=")
    assert re.fullmatch(r"\d+(\.\d\d)?", written)
    # Steps of a whole number are what these encoders take; others are not rounded away.
    assert abs(float(written) - crf) <= row.crf_step / 2
    if row.dialect == "vpx":
        assert options["-b:v"] == "0"  # else the quality would be a ceiling of 200 kbit/s


@ROWS
@pytest.mark.parametrize("rate", [1000, 123_457, 50_000_000])
def test_both_passes_of_a_rate(row: Encoder, rate: int) -> None:
    passes = [pairs(rate_options(row, stage, rate, 240, 0.1, "log")) for stage in Pass]
    for number, options in enumerate(passes, 1):
        assert options["-c:v"] == row.name
        assert options["-g"] == "240"
        assert options["-b:v"] == str(rate)
        params: dict[str, str] = {}
        for option, value in options.items():
            if option.endswith("-params"):
                params |= dict(part.split("=", 1) for part in value.split(":"))
        assert options.get("-pass", params.get("pass")) == str(number)
        assert options.get("-passlogfile", params.get("stats", "")).startswith("log")
        if "ratetol" in params:
            assert re.fullmatch(r"\d+\.\d{3}", params["ratetol"])
    one, two = passes
    assert one.keys() == two.keys()
    assert one != two


@pytest.mark.parametrize("row", [row for row in ENCODERS.values() if row.runs_on], ids=lambda row: row.codec)
def test_scenes_that_run_on_have_one_keyframe(row: Encoder) -> None:
    """Those of constant quality, but for the keyframes."""
    usual, found = pairs(quality_options(row, 30, 250)), pairs(run_on_options(row, 30))
    assert int(found["-g"]) > 90_000
    changed = {name for name in found if found[name] != usual.get(name)} - {"-g"}
    assert changed == {"h264": {"-sc_threshold"}, "hevc": {"-x265-params"}, "vp9": set()}[row.codec]
    assert found["-crf"] == usual["-crf"]

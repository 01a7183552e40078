"""Encoders in hardware: every row is whole, its options are filled in, and a wish finds it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import get_args

import pytest

from slimreel.core.choices import Codec, EncoderKind, HardwareApi, Quality, Speed
from slimreel.core.codecs import ENCODERS, Encoder, Pass, quality_options, rate_options, speed_options
from slimreel.core.contradictions import contradiction
from slimreel.core.goal import Goal
from slimreel.core.hardware import INTERFACES, encoder_for, encoders_of, hardware_of
from slimreel.core.plan import make_plan
from slimreel.errors import UnavailableHardware
from tests.core.facts import media, video
from tests.core.test_codecs import pairs

CHIPS = [row for codec in ENCODERS for row in hardware_of(codec)]
EACH = pytest.mark.parametrize("row", CHIPS, ids=[row.name for row in CHIPS])


def test_every_interface_has_one_row() -> None:
    assert [row.api for row in INTERFACES] == list(get_args(HardwareApi))
    assert set(get_args(EncoderKind)) == {"software", "hardware", *get_args(HardwareApi)}
    assert len({row.name for row in CHIPS}) == len(CHIPS) == sum(len(row.codecs) for row in INTERFACES)


@EACH
def test_a_row_is_whole(row: Encoder) -> None:
    assert row.chip is not None
    assert row.name == f"{row.codec}_{row.chip.api}"
    assert set(row.speeds) == set(get_args(Speed))
    assert set(row.crf) == set(get_args(Quality))
    steps = [row.crf[name] for name in ("low", "medium", "high", "visually_lossless", "lossless")]
    assert all(worse > better for worse, better in pairwise(steps))
    assert 1 <= steps[-1] < steps[0] < row.crf_max
    assert ("p010" in row.pix_fmt_10bit, "10" in row.pix_fmt_8bit) == (True, False)
    assert row.passes == 1
    assert row.holds_depth == (row.codec in ("hevc", "av1"))


@EACH
@pytest.mark.parametrize("crf", [1.0, 17.3, 22.999999, 51.0])
def test_a_quality_is_filled_in(row: Encoder, crf: float) -> None:
    words = quality_options(row, crf, 250)
    options = pairs(words)
    assert (options["-c:v"], options["-g"]) == (row.name, "250")
    assert not re.search(r"[{}]", " ".join(words))
    worth = 100 - crf if "-q:v" in options else crf
    numbers = [float(value) for value in options.values() if re.fullmatch(r"[\d.]+", value)]
    assert any(abs(number - worth) <= row.crf_step / 2 for number in numbers)


@EACH
@pytest.mark.parametrize("rate", [1000, 123_457, 50_000_000])
def test_a_rate_takes_one_run_and_leaves_no_statistics(row: Encoder, rate: int) -> None:
    words = rate_options(row, Pass.ENCODE, rate, 240, 0.1, "log")
    options = pairs(words)
    assert options["-b:v"] == str(rate)
    assert int(options["-maxrate"]) > rate
    assert not {"-pass", "-passlogfile"} & set(options)
    assert not re.search(r"[{}]", " ".join(words))


@EACH
@pytest.mark.parametrize("speed", get_args(Speed))
def test_options_do_not_contradict_each_other(row: Encoder, speed: Speed) -> None:
    pairs([*quality_options(row, 20, 250), *speed_options(row, speed)])
    pairs([*rate_options(row, Pass.ENCODE, 10**6, 250, 0.1, "log"), *speed_options(row, speed)])


@pytest.mark.parametrize("codec", ENCODERS)
def test_software_comes_first(codec: Codec) -> None:
    assert encoders_of(codec)[0] is ENCODERS[codec] is encoder_for(codec, "software")
    assert encoder_for(codec, "hardware") == hardware_of(codec)[0]
    for row in hardware_of(codec):
        assert row.chip is not None
        assert encoder_for(codec, row.chip.api) == row


def test_a_plan_takes_the_encoder_asked() -> None:
    source = media(video(8_000_000, 60))
    plan = make_plan(Goal(video_bitrate_bps=10**6, encoder="nvenc", codec="av1"), source)
    assert plan.encoder == encoder_for("av1", "nvenc")
    assert plan.picture is not None
    assert plan.picture.pix_fmt == "yuv420p"
    with pytest.raises(UnavailableHardware) as caught:
        make_plan(Goal(video_bitrate_bps=10**6, encoder="amf", codec="vp9"), source)
    assert caught.value.fields["codec"] == "vp9"


def test_hardware_is_not_lossless() -> None:
    assert contradiction(Goal(quality="lossless", encoder="nvenc")) is not None
    assert contradiction(Goal(quality="lossless", encoder="software")) is None

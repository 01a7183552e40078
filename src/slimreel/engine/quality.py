"""Measures how close pictures are to a reference with VMAF and its like, frames paired by their order.

It writes the filters and reads what they logged; what a score means for a decision is for others to say.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.filters import Chain, Filter, Value
from slimreel.core.pairing import Pairing
from slimreel.core.scores import MOST_DB
from slimreel.errors import EngineError
from slimreel.settings import read_settings

# 1080p seen from three picture heights; no credit for sharpening, and banding counts (10-bit input).
MODEL = "vmaf_v1.0.16_3d0h"
# The same pictures judged otherwise: on a phone (five heights away), by the first model, as 2160p from 1.5 and from
# 3 heights, and by models that know of high frame rates.
OTHER_MODELS: Mapping[str, str] = {"vmaf_phone": "vmaf_v1.0.16_5d0h", "vmaf_v0": "vmaf_v0.6.1"}
LARGE_MODELS: Mapping[str, str] = {
    "vmaf_4k_near": "vmaf_v1.0.16_1d5h_2160",
    "vmaf_4k": "vmaf_v1.0.16_3d0h_2160",
}
FAST_MODEL = "vmaf_v1.0.16_hfr_3d0h"
FAST_MODELS: Mapping[str, str] = {"vmaf_hfr_phone": "vmaf_v1.0.16_hfr_5d0h"}
FAST_LARGE_MODELS: Mapping[str, str] = {
    "vmaf_hfr_4k_near": "vmaf_v1.0.16_hfr_1d5h_2160",
    "vmaf_hfr_4k": "vmaf_v1.0.16_hfr_3d0h_2160",
}
# But of short clips the other models see every fifth picture: a fifth of their work (0.24 s of CPU for each picture of
# 1080p, the main model 0.06 s), for 0.03 points of the mean (a study of the field, 732 frames). An even step would meet
# only one kind of frame in a B-pyramid.
_OTHERS_STEP, _LONG_FRAMES = 5, 100

# On clocks of their own a tick cut short pairs a frame with its neighbour and scores near zero.
SAME_CLOCK = Chain((Filter("settb", {"expr": "1/1000"}), Filter("setpts", {"expr": "N*40"})))
_MAIN_LOG, _OTHERS_LOG, _TIMES_LOG = "vmaf.csv", "more.csv", "times.txt"
_PSNR_LOG, _SSIM_LOG, _XPSNR_LOG = "psnr.txt", "ssim.txt", "xpsnr.txt"
# FFmpeg's XPSNR takes wrong rows for right ones where ten-bit rows are not a multiple of 128 bytes long (854x480 beside
# itself has 0.1 dB in FFmpeg 9.0.2, a fault known upstream); eight bits are copied first and come out right.
_EIGHT_BITS = Filter("format", {"pix_fmts": "yuv420p"})
# Where one file goes on, its pictures would be held against the other's last.
_ENDING: dict[str, Value] = {"shortest": 1}
# The phone's model shrinks pictures to 0.6 first and crashes on 320x256; it works from 300x300 on.
_PHONE_LEAST_SIDE = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """What was logged. `times_s` are the output's, from its first frame; `frames` has a value for each of them, and
    `others` one for each `step`-th."""

    times_s: list[float]
    frames: dict[str, list[float]]
    others: dict[str, list[float]]
    step: int


def graph_of(pairing: Pairing) -> str:
    """A filtergraph that measures input 0 (the output) against input 1 (the reference), decoding each once."""
    main = {"vmaf": MODEL} | ({"vmaf_hfr": FAST_MODEL} if pairing.is_fast else {})
    measures = [
        _libvmaf(main, (), _MAIN_LOG, 1),
        _libvmaf(other_models(pairing), ("name=cambi:full_ref=true",), _OTHERS_LOG, _step(pairing)),
    ]
    logs = {"psnr": _PSNR_LOG, "ssim": _SSIM_LOG, "xpsnr": _XPSNR_LOG}
    simple = [Filter(name, {"stats_file": log, **_ENDING}) for name, log in logs.items()]
    if pairing.enlarged == 1:
        return paired(pairing) + _measured("out", "ref", [*measures, *simple])
    larger = Filter(
        "scale",
        {"w": pairing.width * pairing.enlarged, "h": pairing.height * pairing.enlarged, "flags": "bicubic"},
    )
    parts = f"[out]split[o1][o2];[ref]split[r1][r2];[o1]{larger}[big];[r1]{larger}[bigref];"
    return f"{paired(pairing)}{parts}{_measured('big', 'bigref', measures)},nullsink;{_measured('o2', 'r2', simple)}"


def paired(pairing: Pairing) -> str:
    """The part of a graph that ends in [out] and [ref]: like pictures at like times of one clock."""
    ours, theirs = f"0:{pairing.output.index}", f"1:{pairing.reference.index}"
    mark = Chain(
        (
            Filter("metadata", {"mode": "add", "key": "seen", "value": 1}),
            Filter("metadata", {"mode": "print", "file": _TIMES_LOG}),
        )
    )
    output = pairing.output_chain + mark
    if pairing.how != "nearest":
        return f"[{ours}]{output + SAME_CLOCK}[out];[{theirs}]{pairing.reference_chain + SAME_CLOCK}[ref];"
    start = Chain((Filter("setpts", {"expr": "PTS-STARTPTS"}),))
    # The overlay hides the picture it lies on: what comes out is the reference at the times of the output.
    nearest = Filter("overlay", {"format": "yuv420p10", "ts_sync_mode": "nearest", "shortest": 1})
    return (
        f"[{ours}]{output + start},split[own][clock];[{theirs}]{pairing.reference_chain + start}[film];"
        f"[clock][film]{nearest},{SAME_CLOCK}[ref];[own]{SAME_CLOCK}[out];"
    )


def other_models(pairing: Pairing) -> dict[str, str]:
    """The models told beside the main one, by the names of their scores."""
    seen = pairing.enlarged * min(pairing.width, pairing.height)
    found = {name: model for name, model in OTHER_MODELS.items() if "phone" not in name or seen >= _PHONE_LEAST_SIDE}
    found |= LARGE_MODELS if pairing.is_large else {}
    found |= FAST_MODELS if pairing.is_fast and "vmaf_phone" in found else {}
    found |= FAST_LARGE_MODELS if pairing.is_large and pairing.is_fast else {}
    return found


def read_logs(folder: Path, pairing: Pairing, path: object) -> Measured:
    """What a run of `graph_of` logged in `folder`. Raises EngineError where the logs do not fit together."""
    main = ["vmaf", *(["vmaf_hfr"] if pairing.is_fast else [])]
    others = [*other_models(pairing), "cambi", "cambi_source"]
    try:
        frames = _columns(folder / _MAIN_LOG, main)
        frames["psnr"] = [_number(found["psnr_avg"]) for found in _fields(folder / _PSNR_LOG)]
        frames["ssim"] = [_number(found["All"]) for found in _fields(folder / _SSIM_LOG)]
        decibels = [found for found in _fields(folder / _XPSNR_LOG) if "y" in found]
        frames["xpsnr"] = [(6 * _number(db["y"]) + _number(db["u"]) + _number(db["v"])) / 8 for db in decibels]
        rest = _columns(folder / _OTHERS_LOG, others)
        times = [float(time) for time in re.findall(r"pts_time:(\S+)", (folder / _TIMES_LOG).read_text())]
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise EngineError(path=path, detail=f"the measurement left no readable log ({error})") from error
    count = len(frames["vmaf"])
    if count == 0 or len(times) < count or {len(values) for values in frames.values()} != {count}:
        raise EngineError(path=path, detail="its pictures change on the way so that they cannot be compared")
    step = _step(pairing)
    return Measured([time - times[0] for time in times[:count]], frames, rest, step)


def _step(pairing: Pairing) -> int:
    return _OTHERS_STEP if pairing.frames > _LONG_FRAMES else 1


def _libvmaf(models: Mapping[str, str], features: Iterable[str], log: str, step: int) -> Filter:
    named = "|".join(f"version={model}:name={name}" for name, model in models.items())
    options: dict[str, Value] = {"model": named}
    if features:
        options["feature"] = "|".join(features)
    logged: dict[str, Value] = {"log_fmt": "csv", "log_path": log, "n_subsample": step, **_ENDING}
    return Filter("libvmaf", options | logged | {"n_threads": read_settings().threads or os.cpu_count() or 2})


def _measured(output: str, reference: str, measures: list[Filter]) -> str:
    """The filters one after the other: each hands the output on and gets a reference of its own."""
    copies = [f"[{reference}{number}]" for number in range(len(measures))]
    text = f"[{reference}]split={len(copies)}{''.join(copies)};"
    source = f"[{output}]"
    steps = []
    for number, (measure, copy) in enumerate(zip(measures, copies, strict=True)):
        out = f"[{output}{number}]" if number < len(measures) - 1 else ""
        if measure.name == "xpsnr":
            steps += [f"{source}{_EIGHT_BITS}[eight]", f"{copy}{_EIGHT_BITS}[eightref]"]
            steps.append(f"[eight][eightref]{measure}{out}")
        else:
            steps.append(f"{source}{copy}{measure}{out}")
        source = out
    return text + ";".join(steps)


def _columns(path: Path, names: Iterable[str]) -> dict[str, list[float]]:
    """Some columns of libvmaf's table. A score it did not reach, as of a last frame without a next, is left out."""
    found: dict[str, list[float]] = {name: [] for name in names}
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            for name, values in found.items():
                if row[name]:
                    values.append(_number(row[name]))
    return found


def _fields(path: Path) -> Iterator[dict[str, str]]:
    """The `name:value` and `name: value` pairs of each line that tells of a frame."""
    with path.open() as file:
        for line in file:
            if line.startswith("n:"):
                yield dict(re.findall(r"(\w+):\s*(\S+)", line))


def _number(text: str) -> float:
    """Equal pictures have an infinite ratio of signal to noise."""
    value = float(text)
    if math.isnan(value):
        raise ValueError("a score is not a number")
    return min(value, MOST_DB) if math.isinf(value) else value

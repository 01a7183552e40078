"""Measures how far the sound of a file swings over its time, for a drawing of it. It draws nothing."""

from __future__ import annotations

import math
import re
from pathlib import Path

from slimreel.core.filters import Chain, Filter
from slimreel.core.media import AudioStream, MediaInfo
from slimreel.engine import ffmpeg, footage, sandbox, sniff

_LOG = "peaks.txt"
_KEY = "lavfi.astats.Overall.Peak_level"
_VALUE = re.compile(rf"^{re.escape(_KEY)}=(\S+)", re.MULTILINE)
_CPU_S = 600


def peaks(info: MediaInfo, track: AudioStream, points: int, folder: Path) -> list[float]:
    """At most `points` numbers from 0 to 1, the highest swing of each equally long part of the track.

    Raises FfmpegFailed.
    """
    samples = max(1, math.ceil(track.duration_s * track.sample_rate_hz / points))
    chain = Chain(
        (
            Filter("asetnsamples", {"n": samples, "p": 0}),
            Filter("astats", {"metadata": 1, "reset": 1, "measure_perchannel": "none",
                              "measure_overall": "Peak_level"}),
            Filter("ametadata", {"mode": "print", "key": _KEY, "file": _LOG}),
        )
    )  # fmt: skip
    policy = sandbox.Policy(cpu_s=_CPU_S)
    with footage.opened(info.path) as fd:
        arguments = [*sniff.input_options(info.demuxer, fd), "-map", f"0:{track.index}", "-af", str(chain)]
        arguments += ["-f", "null", "-"]
        for _ in ffmpeg.run(arguments, folder=folder, stage="analyse", path=info.path, fds=(fd,), policy=policy):
            pass
    log = folder / _LOG
    values = _VALUE.findall(log.read_text()) if log.exists() else []
    return [round(_swing(value), 4) for value in values[:points]]


def _swing(decibels: str) -> float:
    try:
        level = float(decibels)
    except ValueError:
        return 0.0
    return 0.0 if math.isnan(level) else min(1.0, 10 ** (level / 20))

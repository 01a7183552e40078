"""What a compression gave, as a library and `--json` tell it: numbers measured on the file, and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.core.plan import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One finished file. Rates are bits per second over the stream's presentation time.

    `target` is the number aimed at, with `error_percent` how far the file is from it, signed: of the video
    rate for a rate, of the file for a size (never positive); both None where no number was asked or the
    source already fitted; `error_percent` also for a rate where the clip is under a second.
    `quality`, where one was wanted: `vmaf` (mean) and `vmaf_p5` (5th percentile) of `frames` of the finished file
    by `model`, compared at `size`; `vmaf_foretold` before the encode, `vmaf_wanted`.
    """

    input: str
    output: str
    strategy: Strategy
    bytes: int
    duration_s: float
    video_bitrate_bps: int
    audio_bitrate_bps: int
    width: int
    height: int
    fps: float
    codec: str
    target: dict[str, int | float | str] | None
    error_percent: float | None
    reasons: tuple[Reason, ...]
    cpu_seconds: float
    wall_seconds: float
    source_bytes: int
    goal: Goal
    quality: Mapping[str, int | float | str] | None = None

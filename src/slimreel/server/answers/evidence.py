"""Answers about what a render would give or has cost: presets, estimates, comparisons, and what can be looked at."""

from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from slimreel.core.plan import Strategy
from slimreel.core.presets import Certainty
from slimreel.core.verdict import BandName
from slimreel.workbench.comparison import Moment, Side


class Running(TypedDict):
    """Ask again; `Retry-After` says when."""

    state: Literal["running"]


@with_config(ConfigDict(extra="allow"))
class GoalView(TypedDict):
    """What is wanted of a file: the fields that were said, in bytes, bits per second and pixels."""

    target_size_bytes: NotRequired[int]


class PresetView(TypedDict):
    """What a platform takes, as far as known in the month `checked`, and the goal that fits it."""

    id: str
    label: str
    names: list[str]
    goal: GoalView
    platform_limit_bytes: int | None
    checked: str
    certainty: Certainty
    source_title: str
    source_url: str
    note: str


class Presets(TypedDict):
    presets: list[PresetView]


class Span(TypedDict):
    """A number with the interval that holds the true one nine times of ten."""

    value: float
    low: float
    high: float


class Prospect(TypedDict):
    """What a wish would give: rates in bits per second; `seconds` is how long the render takes."""

    state: Literal["done"]
    input: str
    strategy: Strategy
    leads: str
    bytes: Span
    video_bitrate_bps: Span
    seconds: Span
    vmaf: Span | None
    vmaf_size: str | None
    width: int
    height: int
    codec: str
    source_bytes: int
    reasons: list[str]
    sentence: str


class ScoreView(TypedDict):
    """One metric over all frames: `poor` is the 5th percentile, or the 95th where more is worse."""

    mean: float
    poor: float
    worst: float
    harmonic_mean: float | None


class Comparison(TypedDict):
    """`output` held against `reference`; a second in which no frame begins is null in `vmaf_by_second`."""

    state: Literal["done"]
    reference: Side
    output: Side
    model: str
    vmaf: float
    verdict: BandName
    verdict_sentence: str
    scores: dict[str, ScoreView]
    steps: dict[str, int]
    banding_increase: float
    paired_by: str
    frames_compared: int
    compared_width: int
    compared_height: int
    vmaf_by_second: list[float | None]
    worst: list[Moment]
    notes: list[str]
    cpu_seconds: float
    wall_seconds: float


class Waveform(TypedDict):
    """`peaks` from 0 to 1, over `duration_s` from `start_s` on; none without sound."""

    state: Literal["done"]
    peaks: list[float]
    start_s: float
    duration_s: float


class Playable(TypedDict):
    """`url` plays in a browser; where it is null, the render `job` makes it, or nothing can."""

    url: str | None
    is_source: bool
    state: Literal["ready", "pending", "processing", "completed", "failed", "cancelled"]
    job: str | None

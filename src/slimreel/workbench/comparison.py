"""What a comparison of two files gave, as a library and `--json` tell it. Numbers and names, no words."""

from __future__ import annotations

from dataclasses import dataclass, field

from slimreel.core.events import Reason
from slimreel.core.records import PRIVATE
from slimreel.core.scores import Score
from slimreel.core.verdict import BandName


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two files. `video_bps_by_second` counts packets by the time at which they are shown."""

    path: str
    bytes: int
    duration_s: float
    width: int
    height: int
    fps: float
    frames: int
    codec: str
    video_bitrate_bps: int
    video_bps_by_second: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One of the worst frames: its number among the compared, its time in the output, its score."""

    frame: int
    time_s: float
    vmaf: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """Both pictures of a moment, as WebP files."""

    reference: bytes
    output: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`output` measured against `reference`. `vmaf` is the number: model `model`, the mean over all compared frames.

    `scores` holds every metric by name, `vmaf` too; `steps` says of which every so many-th frame was measured.
    `vmaf_by_second` has None where no frame begins in a second. `stills` belong to `worst`, one each, if they
    were asked for.
    """

    reference: Side
    output: Side
    model: str
    vmaf: float
    verdict: BandName
    scores: dict[str, Score]
    steps: dict[str, int]
    banding_increase: float
    paired_by: str
    frames_compared: int
    compared_width: int
    compared_height: int
    vmaf_by_second: tuple[float | None, ...]
    worst: tuple[Moment, ...]
    notes: tuple[Reason, ...]
    cpu_seconds: float
    wall_seconds: float
    stills: tuple[Still, ...] = field(default=(), repr=False, metadata=PRIVATE)


def written(name: str, score: Score) -> tuple[str, str, str]:
    """Mean, worst twentieth and worst of a score as people read them."""
    digits = 4 if name == "ssim" else 2
    mean, poor, worst = (f"{value:.{digits}f}" for value in (score.mean, score.poor, score.worst))
    return mean, poor, worst

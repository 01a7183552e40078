"""Holds a video against what was made of it, as a use case: the library's `compare`.

It turns measurements into a Comparison; it prints nothing and knows no language.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path

from slimreel.core.events import Progress
from slimreel.core.media import MediaInfo, VideoStream
from slimreel.core.scores import MOST_DB, Score, by_second, pooled, worst_moments
from slimreel.core.verdict import verdict
from slimreel.engine import compare as measuring
from slimreel.engine import quality
from slimreel.workbench.clock import Clock
from slimreel.workbench.comparison import Comparison, Moment, Side, Still
from slimreel.workbench.finish import finish

ComparisonEvents = Generator[Progress, None, Comparison]
# The last second of a curve is drawn to its own length; under this it says nothing.
_LEAST_SECOND = 0.1
# The scores in the order in which they are told: those of VMAF first, as they were measured.
_LAST = ("xpsnr", "ssim", "psnr", "cambi", "cambi_source")


def compare(
    reference: str | os.PathLike[str],
    output: str | os.PathLike[str],
    on_progress: Callable[[Progress], None] | None = None,
    *,
    stills: bool = False,
) -> Comparison:
    """Measure how close the video at `output` is to the one at `reference` that it was made of.

    `on_progress` gets each Progress event; `stills` also takes pictures of the worst moments, for a report.
    Raises NotComparable where the two do not belong together, NotAVideo, NoSuchFile and EngineError.
    """
    return finish(compare_events(reference, output, stills=stills), on_progress or (lambda event: None))


def compare_events(
    reference: str | os.PathLike[str], output: str | os.PathLike[str], *, stills: bool = False
) -> ComparisonEvents:
    """The iterator beneath `compare`: yields Progress events, returns the Comparison. Closing it stops the work."""
    clock = Clock()
    found = yield from measuring.compare(Path(reference), Path(output), stills=stills)
    return _comparison(found, clock)


def _comparison(found: measuring.Compared, clock: Clock) -> Comparison:
    measured, pairing = found.measured, found.pairing
    scores, steps = _scores(measured)
    frames, times = measured.frames["vmaf"], measured.times_s
    chosen = worst_moments(times, frames, measuring.STILLS, measuring.STILLS_APART_S)
    # Only PSNR counts samples as they are, and is infinite where none differs.
    identical = min(measured.frames["psnr"]) >= MOST_DB
    cpu, wall = clock.read()
    return Comparison(
        reference=_side(found.reference, pairing.reference, found.reference_bytes),
        output=_side(found.output, pairing.output, found.output_bytes),
        model=quality.MODEL,
        vmaf=scores["vmaf"].mean,
        verdict=verdict(scores["vmaf"].mean, scores["vmaf"].poor, identical=identical),
        scores=scores,
        steps=steps,
        banding_increase=round(scores["cambi"].mean - scores["cambi_source"].mean, 4),
        paired_by="index" if pairing.how == "index" else "time",
        frames_compared=len(times),
        compared_width=pairing.width,
        compared_height=pairing.height,
        vmaf_by_second=by_second(times, frames),
        worst=tuple(Moment(frame=i, time_s=round(times[i], 3), vmaf=round(frames[i], 4)) for i in chosen),
        notes=pairing.notes,
        cpu_seconds=cpu,
        wall_seconds=wall,
        stills=tuple(Still(reference=still.reference, output=still.output) for still in found.stills),
    )


def _scores(measured: quality.Measured) -> tuple[dict[str, Score], dict[str, int]]:
    columns = measured.frames | {name: values for name, values in measured.others.items() if values}
    scores = {
        name: pooled(columns[name], harmonic=name.startswith("vmaf"), less_is_better=name.startswith("cambi"))
        for name in sorted(columns, key=lambda name: _LAST.index(name) + 1 if name in _LAST else 0)
    }
    return scores, {name: 1 if name in measured.frames else measured.step for name in columns}


def _side(info: MediaInfo, video: VideoStream, counted: tuple[int, ...]) -> Side:
    width, height = video.upright
    return Side(
        path=info.path,
        bytes=info.size_bytes,
        duration_s=round(video.duration_s, 3),
        width=width,
        height=height,
        fps=round(float(video.average_rate), 3),
        frames=video.frames,
        codec=video.codec,
        video_bitrate_bps=round(video.bitrate_bps),
        video_bps_by_second=_curve(counted, video.duration_s),
    )


def _curve(counted: tuple[int, ...], duration_s: float) -> tuple[int, ...]:
    """Bytes of each second as bits per second; a last second that is cut short counts by its length."""
    curve = [8 * count for count in counted]
    left = duration_s - (len(curve) - 1)
    if len(curve) > 1 and left < _LEAST_SECOND:
        curve.pop()
    elif curve and 0 < left < 1:
        curve[-1] = round(curve[-1] / left)
    return tuple(curve)

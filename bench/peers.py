"""Thin re-implementations of how two popular tools reach a size: the loop each describes, around the same FFmpeg.

They stand for the idea of a loop, not for the tools, which do more around it; see README.md for what was left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.clips import Clip
from bench.machine import ffmpeg
from bench.stopwatch import Finished, run_all
from bench.streams import Weight

TIMEOUT_S = 3600.0
# Video kbit/s from which a height is used, for up to 30 and for more frames a second (Google's table for VOD).
_LADDER = ((2160, 12000, 18000), (1440, 6000, 9000), (1080, 1800, 3000), (720, 1024, 1800), (480, 512, 750),
           (360, 276, 276), (240, 150, 150))  # fmt: skip
_HEIGHTS = tuple(height for height, _, _ in _LADDER)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a loop ended. `encodes` counts whole encodes, two passes as one."""

    finished: Finished
    encodes: int


def constrict(clip: Clip, source: Weight, limit: int, out: Path) -> Reached:
    """Two passes at 96.5 % of the rate; again while above, or once more while over a quarter is unused."""
    total = limit * 8 / source.duration_s
    factor, done, encodes = 1.0, None, 0
    while encodes < 10:
        rate = total * factor * 0.965
        sound = _constrict_sound(rate)
        video = max(1000, rate - sound)
        scale = _scale(
            source, next((height for height, *rates in _LADDER if video >= 1000 * rates[_fast(source)]), 240)
        )
        common = [*_input(clip, source), "-preset", "medium", "-b:v", f"{video:.0f}", "-pix_fmt", "yuv420p", *scale]
        found = run_all(
            [
                [*common, "-pass", "1", "-an", "-f", "null", "-"],
                [*common, "-pass", "2", *_sound("libopus", sound), "-movflags", "+faststart", str(out)],
            ],
            out.parent,
            TIMEOUT_S,
        )
        done = _added(done, found)
        encodes += 1
        if found.exit_code != 0:
            break
        share = out.stat().st_size / limit
        if share <= 1 and (share >= 0.75 or encodes >= 2):
            break
        factor *= 0.98 / share
    assert done is not None
    return Reached(done, encodes)


def eight_mb(clip: Clip, source: Weight, limit: int, out: Path) -> Reached:
    """One pass at the rate less the sound's nominal one; at most twice again while more than 2 % above."""
    sound = 128_000.0
    video = max(350_000.0, limit * 8 / source.duration_s - sound)
    done = None
    for attempt in range(1, 4):
        scale = _scale(source, _carried_height(source, video))
        rates = ["-b:v", f"{video:.0f}", "-maxrate", f"{1.2 * video:.0f}", "-bufsize", f"{2 * video:.0f}"]
        argv = [*_input(clip, source), "-preset", "medium", *rates, "-pix_fmt", "yuv420p", *scale]
        found = run_all([[*argv, *_sound("aac", sound), "-movflags", "+faststart", str(out)]], out.parent, TIMEOUT_S)
        done = _added(done, found)
        if found.exit_code != 0 or attempt == 3 or out.stat().st_size <= 1.02 * limit:
            return Reached(done, attempt)
        video *= 0.94 * limit / out.stat().st_size
    raise AssertionError("the loop returns")


def _constrict_sound(rate: float) -> float:
    if rate < 246_000:
        return max(12_000, rate / 5)
    return 96_000 if rate <= 1_920_000 else min(rate / 20, 128_000)


def _carried_height(source: Weight, video: float) -> int:
    """The height that leaves 550 kbit/s a megapixel, at most two rungs down."""
    height = min(source.width, source.height)
    for rung in [rung for rung in _HEIGHTS if rung < height][:2]:
        if video / 550 >= source.width * source.height * (height / min(source.width, source.height)) ** 2 / 1000:
            break
        height = rung
    return height


def _scale(source: Weight, short_side: int) -> Sequence[str]:
    if short_side >= min(source.width, source.height):
        return ["-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2"]
    return ["-vf", f"scale=-2:{short_side}" if source.width >= source.height else f"scale={short_side}:-2"]


def _fast(source: Weight) -> int:
    return 1 if source.frames > 31 * source.duration_s else 0


def _input(clip: Clip, source: Weight) -> list[str]:
    options = ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(clip.path)]
    return [ffmpeg(), *options, "-map", f"0:{source.index}", "-c:v", "libx264"]


def _sound(encoder: str, rate: float) -> list[str]:
    return ["-map", "0:a:0?", "-c:a", encoder, "-ac", "2", "-b:a", f"{rate:.0f}"]


def _added(before: Finished | None, after: Finished) -> Finished:
    if before is None:
        return after
    return Finished(after.exit_code, before.usage + after.usage, after.stdout, after.stderr)

"""Turns the measurements of `bench.rate` into the numbers that are compared: ratios and differences to two-pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.methods import BASE
from bench.rate_records import ClipRuns
from bench.stats import Interval, middle, ratio

# "Done when" of the main job: CPU at most this share of two-pass FFmpeg's, VMAF no worse than this.
CPU_GOAL = 0.90
VMAF_GOAL = -0.1
LOWERED_GOAL = 3.0


@dataclass(frozen=True, slots=True)
class Summary:
    """One method over several clips. Ratios and differences are to two-pass FFmpeg on the same clip."""

    method: str
    clips: int
    error: float  # median of |error|, percent
    worst_error: float
    cpu: Interval
    wall: Interval
    memory: float
    vmaf: Interval | None
    worst_vmaf: float
    p5: float
    old_vmaf: float


def summarise(clips: Sequence[ClipRuns], key: str) -> Summary | None:
    """None where no clip has both this method and two-pass."""
    both = [(clip, mine, base) for clip in clips if (mine := clip.done(key)) and (base := clip.done(BASE))]
    if not both:
        return None
    gains = [gain for clip in clips if (gain := gain_of(clip, key))]
    errors = [abs(mine.error_percent()) for _, mine, _ in both]
    return Summary(
        method=key,
        clips=len(both),
        error=median(errors),
        worst_error=max(errors),
        cpu=ratio([(mine.cpu_s(), base.cpu_s()) for _, mine, base in both]),
        wall=ratio([(mine.wall_s(), base.wall_s()) for _, mine, base in both]),
        memory=median(mine.peak_bytes() / base.peak_bytes() for _, mine, base in both),
        vmaf=middle([gain[0] for gain in gains]) if gains else None,
        worst_vmaf=min((gain[0] for gain in gains), default=0.0),
        p5=median(gain[1] for gain in gains) if gains else 0.0,
        old_vmaf=median(gain[2] for gain in gains) if gains else 0.0,
    )


def gain_of(clip: ClipRuns, key: str) -> tuple[float, float, float] | None:
    """VMAF v1 mean, v1 5th percentile and v0 mean over two-pass."""
    mine, base = clip.score(key), clip.score(BASE)
    if mine is None or base is None:
        return None
    return mine.mean - base.mean, mine.p5 - base.p5, mine.old_mean - base.old_mean


def judge(clips: Sequence[ClipRuns]) -> list[tuple[str, str, bool]]:
    """(goal, what was found, whether it is met) for slimreel over these clips."""
    mine, base = summarise(clips, "slimreel"), summarise(clips, BASE)
    if mine is None or base is None or mine.vmaf is None:
        return []
    found = [
        (f"CPU at most {CPU_GOAL:.2f} of two-pass", f"{mine.cpu.median:.2f}", mine.cpu.median <= CPU_GOAL),
        (f"VMAF mean at least {VMAF_GOAL:+.1f}", f"{mine.vmaf.median:+.2f}", mine.vmaf.median >= VMAF_GOAL),
        ("smaller error than two-pass", f"{mine.error:.2f} % against {base.error:.2f} %", mine.error < base.error),
    ]
    lowered = summarise([clip for clip in clips if clip.lowered()], "slimreel")
    if lowered and lowered.vmaf:
        gain = lowered.vmaf.median
        name = f"VMAF at least {LOWERED_GOAL:+.1f} where the picture was made smaller"
        found.append((name, f"{gain:+.2f} on {lowered.clips} clips", gain >= LOWERED_GOAL))
    return found

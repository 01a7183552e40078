"""The arithmetic of bytes: what is left for the pictures once sound and container are paid for.

Pure numbers in and out; it measures nothing and decides nothing about quality.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from slimreel.core.containers import Container

# Landing zone of a size: never above the limit, at least 99 % used (97 % below 5 s, where one frame is much).
SIZE_AIM = 0.9945
SIZE_FLOOR = 0.99
SIZE_FLOOR_SHORT = 0.97
RATE_TOLERANCE = 0.01
RATE_TOLERANCE_SHORT = 0.03
SHORT_CLIP_S = 5.0
# Below either, rate control has nothing to steer: the quality is chosen whose file comes nearest.
BRIEF_CLIP_S = 1.0
FEW_PICTURES = 8


@dataclass(frozen=True, slots=True)
class Window:
    """Video bytes that are acceptable, and those to aim at. `low` ≤ `aim` ≤ `high`."""

    low: int
    aim: int
    high: int

    def holds(self, video_bytes: int) -> bool:
        return self.low <= video_bytes <= self.high

    def distance(self, video_bytes: int) -> float:
        """How far off the aim, as the logarithm of the ratio: half and double are as far."""
        return abs(math.log(max(video_bytes, 1) / self.aim))


def is_brief(duration_s: float, pictures: int) -> bool:
    """Whether a clip is too short to be held to a rate; a size binds it all the same."""
    return duration_s < BRIEF_CLIP_S or pictures < FEW_PICTURES


def container_bytes(container: Container, frames: int, audio_packets: int) -> int:
    """Estimated bytes of everything in the file that is not a payload."""
    cost = container.fixed_bytes + frames * container.frame_bytes + audio_packets * container.packet_bytes
    return round(cost)


def size_window(limit_bytes: int, other_bytes: int, duration_s: float) -> Window:
    """Video bytes that fill a file of at most `limit_bytes` whose other parts take `other_bytes`."""
    floor = SIZE_FLOOR if duration_s >= SHORT_CLIP_S else SIZE_FLOOR_SHORT
    aim = SIZE_AIM if duration_s >= SHORT_CLIP_S else (1 + floor) / 2
    high = limit_bytes - other_bytes
    return Window(
        low=max(1, round(limit_bytes * floor) - other_bytes),
        aim=max(1, round(limit_bytes * aim) - other_bytes),
        high=high,
    )


def rate_window(rate_bps: float, duration_s: float, frames: int, *, ceiling: bool = False) -> Window:
    """Video bytes of a stream of `rate_bps` over `duration_s`; one frame is the least tolerance there is."""
    aim = max(1.0, rate_bps * duration_s / 8)
    share = RATE_TOLERANCE if duration_s >= SHORT_CLIP_S else max(RATE_TOLERANCE_SHORT, 1 / max(frames, 1))
    # An eighth is left for rounding: the rate is measured by others on other clocks.
    slack = aim * share * 7 / 8
    if ceiling:
        return Window(max(1, round(aim - 2 * slack)), max(1, round(aim - slack)), round(aim))
    return Window(max(1, round(aim - slack)), round(aim), round(aim + slack))

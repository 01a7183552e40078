"""Says what a VMAF v1 score means for a person who looks, as one of a few bands. Knows no words and no files.

Where the bands come from: about 95 is where viewers stop telling a picture from its source, and 6 points are one
just-noticeable difference, seen by three viewers of four (J. Ozer's summaries of studies with the older model v0).
v1 sets its scale a little lower on film and higher on drawings, so the edges are good to a point or two. The
worst twentieth of the frames may lie one difference lower: eyes go to the worst moment, not to the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BandName = Literal["identical", "indistinguishable", "slight", "visible", "clear", "strong"]

JND_POINTS = 6.0
# More banding than this is told beside the verdict: Netflix calls a CAMBI of 5 slightly annoying on its 0 to 24.
BANDING_INCREASE = 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """The least mean and the least 5th percentile of a verdict."""

    name: BandName
    mean: float
    p5: float


BANDS: tuple[Band, ...] = (
    Band("indistinguishable", 95.0, 95.0 - JND_POINTS),
    Band("slight", 95.0 - JND_POINTS, 95.0 - 2 * JND_POINTS),
    Band("visible", 95.0 - 2 * JND_POINTS, 95.0 - 3 * JND_POINTS),
    Band("clear", 95.0 - 4 * JND_POINTS, 95.0 - 5 * JND_POINTS),
)


def verdict(mean: float, p5: float, *, identical: bool = False) -> BandName:
    """The best band that both numbers reach; `identical` where no sample of the compared pictures differs."""
    if identical:
        return "identical"
    return next((band.name for band in BANDS if mean >= band.mean and p5 >= band.p5), "strong")


def differences_seen(mean: float) -> float:
    """How many just-noticeable differences lie between a score and a picture nobody can tell from its source."""
    return max(0.0, (BANDS[0].mean - mean) / JND_POINTS)

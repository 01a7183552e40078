"""Finds the CRF at which a clip just has a wanted quality, on a few of its frames, and foretells the file.

It encodes and scores samples; what is done where a bound is in the way is decided in reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from slimreel.core.choices import Speed
from slimreel.core.codecs import Encoder
from slimreel.core.forecast import Estimate
from slimreel.core.perception import Wanted, badness, next_crf, score_of
from slimreel.engine import windows
from slimreel.engine.job import Job, Steps
from slimreel.engine.windows import Cut, Probe

# Probes are repeated until the next CRF is as near as this to one that was looked at.
_NEAR = 1.2
_MOST_PROBES = 4
# Probes nearer to each other tell more of their own noise than of a slope.
_TELLING = 2.5
# Below this more bits no longer show, whatever is wanted.
_BEST_CRF = 6.0
# A step down of CRF that gains less than this in log(101 − v) a step: the picture cannot score higher.
_FLAT = 0.015
# For probes of a given CRF or rate, where no quality is sought.
ANY = Wanted(100.0)
# In log(101 − v): half a point at 95.
_SMALL_STEP = 0.1


@dataclass(slots=True)
class Found:
    """What the search learned: the CRF for the quality wanted, and every probe on the way."""

    cut: Cut
    encoder: Encoder
    wanted: Wanted
    crf: float
    probes: list[Probe] = field(default_factory=list)

    @property
    def nearest(self) -> Probe:
        return min(self.probes, key=lambda probe: abs(probe.crf - self.crf))

    def video_bytes(self) -> Estimate:
        """Foretold bytes of the whole picture stream at `crf`."""
        return self.nearest.whole.times(math.exp(-self._bytes_slope() * (self.crf - self.nearest.crf)))

    def score_at(self, video_bytes: float) -> float:
        """Foretold mean VMAF of a picture stream of `video_bytes`."""
        crf = self.crf_for(video_bytes)
        near = min(self.probes, key=lambda probe: abs(probe.crf - crf))
        return score_of(badness(near.scores.mean) + self._slope() * (crf - near.crf))

    @property
    def foretold(self) -> float:
        """The mean VMAF at `crf`."""
        return score_of(badness(self.nearest.scores.mean) + self._slope() * (self.crf - self.nearest.crf))

    def crf_for(self, video_bytes: float) -> float:
        """The CRF whose picture stream takes about `video_bytes`."""
        wanted = max(video_bytes, 1.0)
        near = min(self.probes, key=lambda probe: abs(math.log(max(probe.whole.value, 1) / wanted)))
        return near.crf + math.log(max(near.whole.value, 1) / wanted) / self._bytes_slope()

    def _bytes_slope(self) -> float:
        """How fast the logarithm of bytes falls with the CRF: files halve in six steps until two probes tell."""
        ends = sorted(self.probes, key=lambda probe: probe.crf)
        first, last = ends[0], ends[-1]
        if last.crf - first.crf < _TELLING:
            return math.log(2) / 6
        fall = math.log(max(first.whole.value, 1) / max(last.whole.value, 1)) / (last.crf - first.crf)
        return min(0.35, max(0.03, fall))

    def _slope(self) -> float:
        ends = sorted(self.probes, key=lambda probe: probe.crf)
        first, last = ends[0], ends[-1]
        if last.crf - first.crf < _TELLING:
            return self.encoder.badness_slope
        rise = (badness(last.scores.mean) - badness(first.scores.mean)) / (last.crf - first.crf)
        return min(0.35, max(0.02, rise))

    def corrected(self, made: Sequence[tuple[float, float]]) -> float:
        """The CRF to take next where files made at these fell short by so much in log(101 − v)."""
        return _within(self.encoder, next_crf(made, self._slope()))

    @property
    def reachable(self) -> bool:
        """Was the quality seen, or is it a small step from what was?"""
        return min(self.wanted.shortfall(probe.scores) for probe in self.probes) <= _SMALL_STEP


def find(job: Job, encoder: Encoder, speed: Speed, cut: Cut, wanted: Wanted, share: float) -> Steps[Found]:
    """Probe the search windows at a few CRFs until the one for `wanted` is known.

    Where no CRF gives the quality, because the picture is smaller than the one it is compared with or was coded
    too often, `crf` is the largest that scores nearly as well as any.
    """
    found = Found(cut, encoder, wanted, _within(encoder, _start(encoder, wanted)))
    if cut.sample.few():
        found.crf = (yield from glance(job, encoder, speed, cut, wanted, share / 6, few=True)).crf
    while True:
        probe = yield from windows.probe(job, cut, encoder, speed, found.crf, share / 3)
        found.probes.append(probe)
        points = [(each.crf, wanted.shortfall(each.scores)) for each in found.probes]
        crf = _within(encoder, next_crf(points, encoder.badness_slope))
        near = min(abs(crf - each.crf) for each in found.probes)
        if _is_flat(points):
            found.crf = max(crf, points[-1][0])
            return found
        found.crf = crf
        if near <= _NEAR or len(found.probes) >= _MOST_PROBES:
            return found


def glance(
    job: Job, encoder: Encoder, speed: Speed, cut: Cut, wanted: Wanted, share: float, crf: float | None = None,
    *, few: bool = False,
) -> Steps[Found]:  # fmt: skip
    """One probe, at `crf` or where the quality usually is, of all windows or a `few`, and what it foretells."""
    at = _within(encoder, _start(encoder, wanted) if crf is None else crf)
    probe = yield from windows.probe(job, cut, encoder, speed, at, share, few=few)
    found = Found(cut, encoder, wanted, at, [probe])
    if crf is None:
        found.crf = _within(encoder, next_crf([(at, wanted.shortfall(probe.scores))], encoder.badness_slope))
    return found


def look_at_bytes(job: Job, speed: Speed, found: Found, video_bytes: float, share: float) -> Steps[None]:
    """One more probe where `video_bytes` are far from what the probes took: what such a file would look like."""
    crf = _within(found.encoder, found.crf_for(video_bytes))
    if min(abs(crf - probe.crf) for probe in found.probes) > _NEAR:
        probe = yield from windows.probe(job, found.cut, found.encoder, speed, crf, share)
        found.probes.append(probe)


def find_bytes(job: Job, encoder: Encoder, speed: Speed, cut: Cut, video_bytes: float, share: float) -> Steps[Found]:
    """Probe near the CRF whose picture stream takes `video_bytes`: what such a file looks like."""
    found = Found(cut, encoder, ANY, encoder.crf["medium"])
    while True:
        probe = yield from windows.probe(job, cut, encoder, speed, found.crf, share / 2)
        found.probes.append(probe)
        found.crf = _within(encoder, found.crf_for(video_bytes))
        if abs(found.crf - probe.crf) <= _NEAR * 2 or len(found.probes) >= _MOST_PROBES:
            return found


def _start(encoder: Encoder, wanted: Wanted) -> float:
    """The CRF that usually gives the quality."""
    usual = encoder.crf["medium"]
    return usual - (badness(encoder.usual_vmaf) - badness(wanted.mean)) / encoder.badness_slope


def _is_flat(points: list[tuple[float, float]]) -> bool:
    """The last probe went down and gained next to nothing while the quality is still far."""
    if len(points) < 2:
        return False
    (before, short_before), (last, short) = points[-2:]
    return last < before and short > 0 and (short_before - short) < _FLAT * (before - last)


def _within(encoder: Encoder, crf: float) -> float:
    """On the encoder's scale and steps, rounded towards the better picture."""
    stepped = math.floor(min(encoder.crf_max, max(_BEST_CRF, crf)) / encoder.crf_step + 1e-6) * encoder.crf_step
    return round(stepped, 2)

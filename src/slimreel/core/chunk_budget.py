"""One budget of bits for all chunks: which constant quality the chunks that are left need, given those that are done.

Bytes of a chunk are taken as cost · scale · 2^(−(CRF − base)/halving), with its cost known before from samples of it
and the source's own bytes. Numbers only; nothing here encodes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from slimreel.core.chunking import Chunk

# x264 at its usual qualities: six steps halve the bits; natural clips have 4.5 to 8.
USUAL_HALVING = 6.0
_LEAST_HALVING, _MOST_HALVING = 3.5, 12.0
# The usual value counts as much as observations whose CRFs scatter by this (a step of CRF each way).
_BELIEF = 1.0
# Neighbours further apart than this could be told from each other; the first few chunks are made by a guess.
MOST_STEP, FIRST_STEP = 1.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A chunk that is done: what it was reckoned to cost at the law's base, and what it took at `crf`."""

    cost: float
    crf: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A short stretch that was encoded: what came out, its keyframes apart."""

    window: Chunk
    size: int
    key_bytes: int
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """How bytes follow from the quality."""

    base: float
    scale: float = 1.0
    halving: float = USUAL_HALVING

    def size(self, cost: float, crf: float) -> float:
        exponent: float = 2 ** (-(crf - self.base) / self.halving)
        return cost * self.scale * exponent

    def crf(self, cost: float, size: float) -> float:
        """The quality at which chunks of this `cost` take `size` bytes."""
        return self.base + self.halving * math.log2(max(cost * self.scale, 1.0) / max(size, 1.0))


def costs(chunks: Sequence[Chunk], keyints: Sequence[int], samples: Sequence[Sample]) -> list[float]:
    """Bytes that each chunk should take at the samples' quality, in proportion to its own in the source.

    Keyframes are counted apart, since the source has more or fewer of them than `keyints` give.
    """
    own = sum(sample.size - sample.key_bytes for sample in samples)
    source = sum(_between(sample.window) * (1 - sample.keys / sample.window.frames) for sample in samples)
    keyframe = sum(sample.key_bytes for sample in samples) / max(1, sum(sample.keys for sample in samples))
    found = []
    for chunk, keyint in zip(chunks, keyints, strict=True):
        keys = math.ceil(chunk.frames / keyint)
        found.append(_between(chunk) * (1 - keys / chunk.frames) * own / max(source, 1.0) + keyframe * keys)
    return found


def _between(chunk: Chunk) -> float:
    """The source's bytes of this stretch if all its pictures were such as stand between keyframes."""
    others = chunk.frames - chunk.keys
    if others < chunk.frames / 2:  # every picture is a keyframe, or every second
        return chunk.key_bytes + chunk.other_bytes
    return chunk.other_bytes * chunk.frames / others


def fit(base: float, done: Sequence[Made], halving: float = USUAL_HALVING) -> Law:
    """Least squares over the logarithms, a chunk's bytes its weight; `halving` is what is believed beforehand."""
    points = [(made.size, made.crf, math.log2(made.size / made.cost)) for made in done if made.size and made.cost > 0]
    weight = sum(point[0] for point in points)
    if not weight:
        return Law(base=base, halving=halving)
    mean_crf = sum(size * crf for size, crf, _ in points) / weight
    mean_log = sum(size * log for size, _, log in points) / weight
    scatter = sum(size * (crf - mean_crf) ** 2 for size, crf, _ in points) / weight
    together = sum(size * (crf - mean_crf) * (log - mean_log) for size, crf, log in points) / weight
    slope = (together - _BELIEF / halving) / (scatter + _BELIEF)
    found = min(_MOST_HALVING, max(_LEAST_HALVING, -1 / slope)) if slope < 0 else _MOST_HALVING
    # Totals must come out: the scale is that of the sums, not of the logarithms.
    expected = sum(made.cost * 2 ** (-(made.crf - base) / found) for made in done)
    return Law(base=base, scale=sum(made.size for made in done) / max(expected, 1e-9), halving=found)


def halving_between(first: tuple[float, float], second: tuple[float, float]) -> float:
    """The steps that halve the bytes, from two (CRF, bytes) of the same pictures."""
    logs = math.log2(max(first[1], 1.0) / max(second[1], 1.0))
    if abs(logs) < 0.1:
        return USUAL_HALVING
    return min(_MOST_HALVING, max(_LEAST_HALVING, (second[0] - first[0]) / logs))


def next_crf(
    law: Law, done: Sequence[Made], left_cost: float, left_bytes: float, worst: float, *, step: float = MOST_STEP
) -> float:
    """The quality of the chunks still to come, `left_bytes` for all of them, at most a `step` from the mean of those
    that are done."""
    wanted = law.crf(left_cost, left_bytes) if left_bytes > 0 else worst
    if done:
        mean = sum(made.crf * made.cost for made in done) / sum(made.cost for made in done)
        wanted = min(mean + step, max(mean - step, wanted))
    return round(min(worst, max(1.0, wanted)), 2)


def repairs(law: Law, done: Sequence[Made], aim: int) -> dict[int, float]:
    """The chunks to be made again and their new qualities, so that all together take `aim` bytes.

    One chunk, the smallest that can carry the difference within a step of CRF; where none can, the fewest largest.
    """
    difference = aim - sum(made.size for made in done)
    able: list[tuple[int, int]] = []
    for number, made in enumerate(done):
        if abs(_step(law, made.size, difference)) <= MOST_STEP:
            able.append((made.size, number))
    if able:
        chosen = [min(able)[1]]
    else:
        chosen = []
        for number in sorted(range(len(done)), key=lambda number: -done[number].size):
            chosen.append(number)
            if abs(_step(law, sum(done[n].size for n in chosen), difference)) <= MOST_STEP:
                break
    step = _step(law, sum(done[number].size for number in chosen), difference)
    return {number: round(max(1.0, done[number].crf + step), 2) for number in sorted(chosen)}


def _step(law: Law, size: int, difference: int) -> float:
    """The change of CRF that turns `size` bytes into so many more."""
    if size + difference <= 0:
        return math.inf
    return -law.halving * math.log2((size + difference) / max(size, 1))

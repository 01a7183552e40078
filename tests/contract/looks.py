"""How two renders are told apart: checks that take the render before an operation and the one after it.

Each fails where both are the same file, which is what an operation that does nothing gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.engine import witness
from tests.engine.cutting import samples

_SIDE = 16  # pictures are compared at 16x16 in colour, as a glance would
_ALIKE = 6.0  # mean difference of two such pictures, of 255, that two encodes of one frame stay below


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files that a draft gave, each with its kind."""

    files: tuple[tuple[Path, str], ...]

    @property
    def path(self) -> Path:
        return self.files[0][0]

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind in self.files]


Check = Callable[[Rendered, Rendered], None]
Frames = list[bytes]


@cache
def frames(path: Path, filters: str = "null") -> Frames:
    chosen = f"{filters},scale={_SIDE}:{_SIDE}:flags=area,format=rgb24"
    found = witness.pipe("-i", path, "-vf", chosen, "-fps_mode", "passthrough", "-f", "rawvideo", "-")
    step = _SIDE * _SIDE * 3
    return [found[at : at + step] for at in range(0, len(found), step)]


def apart(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def shows(pick: Callable[[Frames], Frames], filters: str = "null", within: float = _ALIKE) -> Check:
    """The frames afterwards are those that `pick` takes of the frames before, seen through these filters."""

    def check(before: Rendered, after: Rendered) -> None:
        wanted, found = pick(frames(before.path, filters)), frames(after.path)
        assert len(found) == len(wanted)
        assert max(map(apart, found, wanted)) < within

    return check


def through(filters: str, within: float = _ALIKE) -> Check:
    """Every frame is the one before, as FFmpeg's own filters would have it."""
    return shows(list, filters, within)


def alters(first: int, last: int, *, region: str = "iw:ih:0:0", least: float = 8.0) -> Check:
    """The frames from `first` to before `last` differ in a region, and no others do anywhere."""

    def check(before: Rendered, after: Rendered) -> None:
        near = _differences(before, after, f"crop={region}")
        whole = _differences(before, after)
        assert min(near[first:last]) > least
        assert max([0.0, *whole[:first], *whole[last:]]) < _ALIKE

    return check


def loud(path: Path, start_s: float, end_s: float) -> float:
    """The root mean square between two times; 1 is full scale."""
    part = samples(path)[round(start_s * 8000) : round(end_s * 8000)]
    return math.sqrt(sum(value * value for value in part) / max(1, len(part))) / 32768


def sounds(start_s: float, end_s: float, least: float, most: float) -> Check:
    """Between two times the sound has `least` to `most` times the level that it had; the pictures stay."""

    def check(before: Rendered, after: Rendered) -> None:
        assert least <= loud(after.path, start_s, end_s) / loud(before.path, start_s, end_s) <= most
        assert max(_differences(before, after)) < _ALIKE

    return check


def _differences(before: Rendered, after: Rendered, filters: str = "null") -> list[float]:
    old, new = (frames(one.path, filters) for one in (before, after))
    assert len(old) == len(new)
    return list(map(apart, old, new))


def makes(*kinds: str, check: Callable[[Rendered], None]) -> Check:
    """There are files of these kinds instead of the video, and they are as wanted."""

    def both(before: Rendered, after: Rendered) -> None:
        assert before.kinds == ["video"]
        assert after.kinds == list(kinds)
        check(after)

    return both

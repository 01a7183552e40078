"""Counts the slots of two answers: (operation, parameter, value), each as often as it is said. Knows no meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.frames import Frame, plain_text

Slot = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Hits:
    """How many are right, how many were given, and how many were wanted; of slots, or of answers of a kind."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.right + other.right, self.given + other.given, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        """1 where nothing was given: nothing of it is wrong."""
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        both = self.given + self.wanted
        return 2 * self.right / both if both else 1.0


def compare(given: Frame, wanted: Frame) -> Hits:
    """The slots that both have."""
    ours, theirs = slots_of(given), slots_of(wanted)
    return Hits((ours & theirs).total(), ours.total(), theirs.total())


def slots_of(frame: Frame) -> Counter[Slot]:
    return Counter((op, name, value) for op, params in frame for name, value in _flat(params))


def _flat(params: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", _written(value)


def _written(value: Any) -> str:
    """A value so that equal ones are written alike."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return f"{round(float(value), 6):.6f}"
    if isinstance(value, str):
        return f'"{plain_text(value)}"'
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)

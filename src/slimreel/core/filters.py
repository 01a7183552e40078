"""Filters and chains as data, and the one place that escapes values for a filtergraph.

Only names and values that slimreel itself chooses may be put in a Filter; text of a person never is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

Value = str | int | float | Fraction


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter with named options, e.g. Filter("scale", {"w": 1280, "h": 720})."""

    name: str
    options: dict[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.options:
            return self.name
        values = ":".join(f"{key}={escape(value)}" for key, value in self.options.items())
        return f"{self.name}={values}"


@dataclass(frozen=True, slots=True)
class Chain:
    """Filters applied one after the other; an empty chain changes nothing."""

    filters: tuple[Filter, ...] = ()

    def __add__(self, other: Chain) -> Chain:
        return Chain(self.filters + other.filters)

    def __bool__(self) -> bool:
        return bool(self.filters)

    def __str__(self) -> str:
        return ",".join(map(str, self.filters))


def escape(value: Value) -> str:
    """A value as it must stand in a filtergraph: once for the option parser, once for the graph parser."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    # Both parsers strip white space that is not escaped from the ends.
    text = re.sub(r"[\\':\s]", r"\\\g<0>", str(value))
    return re.sub(r"[\\'\[\],;\s]", r"\\\g<0>", text)

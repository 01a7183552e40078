"""What a run can report while it works. Interfaces render these; the engine never prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["probe", "analyse", "listen", "measure", "encode", "correct", "mux", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something was decided: a message id of data/words and the values its sentence needs."""

    id: str
    fields: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stage is. `fraction` is of the whole run, 0..1; `speed` is media seconds per second."""

    kind: Literal["progress"] = "progress"
    stage: Stage
    fraction: float
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The plan, or a change to it, with its reasons."""

    kind: Literal["decided"] = "decided"
    reasons: tuple[Reason, ...]

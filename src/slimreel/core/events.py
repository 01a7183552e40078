"""What a run can report while it works. Interfaces render these; the engine never prints."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Stage = Literal["probe", "analyse", "measure", "encode", "correct", "mux", "verify"]


class Reason(BaseModel):
    """Why something was decided: a message id of data/words and the values its sentence needs."""

    model_config = ConfigDict(frozen=True)

    id: str
    fields: dict[str, str | int | float] = {}


class Progress(BaseModel):
    """How far a stage is. `fraction` is of the whole run, 0..1; `speed` is media seconds per second."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["progress"] = "progress"
    stage: Stage
    fraction: float
    speed: float | None = None


class Decided(BaseModel):
    """The plan, or a change to it, with its reasons."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["decided"] = "decided"
    reasons: tuple[Reason, ...]

"""Answers about renders and the files they made, camelCase where the protocol has it."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from slimreel.core.plan import Strategy
from slimreel.services.jobs import Kind

JobState = Literal["pending", "processing", "completed", "failed", "cancelled"]


class ReasonView(TypedDict):
    """Why something was decided: the id of a message, and its fields."""

    id: str
    fields: dict[str, str | int | float]


@with_config(ConfigDict(extra="allow"))
class ResultView(TypedDict):
    """What was measured on a finished video; rates are bits per second."""

    strategy: Strategy
    bytes: int
    source_bytes: int
    duration_s: float
    video_bitrate_bps: int
    audio_bitrate_bps: int
    width: int
    height: int
    fps: float
    codec: str
    target: dict[str, int | float | str] | None
    error_percent: float | None
    reasons: list[ReasonView]


class Made(TypedDict):
    """A finished file, at a link that needs no header. What only videos have is null of others."""

    id: str
    kind: str
    filename: str
    media_type: str
    url: str
    size: int
    hash: str
    duration: float | None
    width: int | None
    height: int | None
    fps: float | None
    codec: str | None
    bitrate: int | None
    result: ResultView | None


class Problem(TypedDict):
    """Why a render failed: `code` for programs, `sentence` for people."""

    code: str
    http_status: int
    sentence: str
    fields: NotRequired[dict[str, Any]]


class JobView(TypedDict):
    """A render. `progress` 0 to 100, `eta` seconds, times in ms since 1970."""

    id: str
    taskId: str
    sessionId: str
    draftId: str
    kind: Kind
    status: JobState
    stage: str
    progress: int
    eta: float | None
    output: Made | None
    outputUrl: str | None
    outputs: list[Made]
    reasons: list[ReasonView]
    createdAt: int
    completedAt: int | None
    error: Problem | None


class Jobs(TypedDict):
    """`next` is the `before` of the next page; null on the last."""

    jobs: list[JobView]
    next: str | None

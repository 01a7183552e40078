"""How things look to a model: files, timelines, renders and finished files, each with units in its names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from pydantic import Field

from slimreel.agent.reply import say
from slimreel.core import records
from slimreel.core.events import Reason
from slimreel.core.languages import spoken_here
from slimreel.edit.operation import Change as Made
from slimreel.edit.summary import describe
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.shapes import Change, Output
from slimreel.services import drafts as draft_rows
from slimreel.services.assets import name_of
from slimreel.services.db.models import Artifact, Asset, Draft, Job, Session


class File(Output):
    """A file of the session."""

    id: str = Field(description="what timelines call it: a1, a2, …")
    filename: str
    kind: str = Field(description="video, audio, image, subtitles or lut")
    size_bytes: int
    duration_s: float
    width_px: int
    height_px: int
    fps: float


class Timeline(Output):
    """A timeline: one for each video that came in, each exported on its own."""

    draft_id: str
    revision: int = Field(description="for base_revision of apply_operations")
    is_latest: bool = Field(description="the one that is meant where none is named")
    summary: str
    goal: dict[str, Any] | None = Field(None, description="wish for the exported file; absent: balanced")
    uri: str = Field(description="resource with the whole timeline")


class FinishedFile(Output):
    """A file that was made."""

    filename: str
    media_type: str
    size_bytes: int
    duration_s: float | None = None
    width_px: int | None = None
    height_px: int | None = None
    fps: float | None = None
    codec: str | None = None
    video_bitrate_bps: int | None = None
    url: str | None = Field(None, description="download link that needs no header and expires")
    path: str | None = Field(None, description="where it was saved on this machine")


class Render(Output):
    """A render."""

    job_id: str
    session_id: str
    draft_id: str | None = None
    kind: str = Field(description="export, preview or output")
    state: str = Field(description="pending, processing, completed, failed or cancelled")
    stage: str = Field("", description="what it is doing")
    progress_percent: int
    eta_s: float | None = Field(None, description="seconds that are probably left")
    files: list[FinishedFile] = Field(default_factory=list)
    problem: str | None = Field(None, description="why it failed")
    reasons: list[str] = Field(default_factory=list, description="what was decided, and why")
    next_step: str = Field(description="what to do now")


def file_view(asset: Asset) -> File:
    return File(
        id=name_of(asset),
        filename=asset.filename,
        kind=asset.kind,
        size_bytes=asset.size,
        duration_s=asset.duration_s,
        width_px=asset.width,
        height_px=asset.height,
        fps=asset.fps,
    )


def timeline_view(row: Draft, session: Session) -> Timeline:
    draft = draft_rows.read(row)
    return Timeline(
        draft_id=row.id,
        revision=row.revision,
        is_latest=row.id == session.draft_id,
        summary=describe(draft, language_of(session)),
        goal=records.said(draft.goal) if draft.goal is not None else None,
        uri=f"slimreel://sessions/{session.id}/drafts/{row.id}",
    )


def change_view(change: Made, language: str) -> Change:
    return Change(id=change.id, target=change.target, fields=dict(change.fields), text=say(change, language))


def finished_view(call: Call, artifact: Artifact, path: PurePath | None = None) -> FinishedFile:
    found = artifact.result
    url = None
    if not call.place.is_local:
        services = call.services
        url = services.links.absolute(services.links.path_for("artifact", artifact.id, artifact.user_id), call.base_url)
    rate = found.get("video_bitrate_bps")
    return FinishedFile(
        filename=artifact.filename,
        media_type=artifact.media_type,
        size_bytes=artifact.size,
        duration_s=found.get("duration_s"),
        width_px=found.get("width"),
        height_px=found.get("height"),
        fps=found.get("fps"),
        codec=found.get("codec"),
        video_bitrate_bps=round(rate) if rate is not None else None,
        url=url,
        path=str(path) if path is not None else None,
    )


def render_view(call: Call, job: Job, artifacts: Sequence[Artifact], saved: Sequence[PurePath] = ()) -> Render:
    paths: list[PurePath | None] = [*saved, *[None] * (len(artifacts) - len(saved))]
    percent = 100 if job.state == "completed" else min(99, int(job.progress * 100))
    return Render(
        job_id=job.name,
        session_id=job.session_id,
        draft_id=job.draft_id,
        kind=job.kind,
        state=job.state,
        stage=job.stage,
        progress_percent=percent,
        eta_s=job.eta_s,
        files=[finished_view(call, one, path) for one, path in zip(artifacts, paths, strict=True)],
        problem=_problem(job.problem),
        reasons=[say(records.read(Reason, one)) for one in job.reasons],
        next_step=_next(call, job, is_saved=bool(saved)),
    )


def language_of(session: Session) -> str:
    return spoken_here(session.language)


def _problem(problem: dict[str, Any] | None) -> str | None:
    return None if problem is None else str(problem.get("message") or problem.get("error") or problem)


def _next(call: Call, job: Job, *, is_saved: bool) -> str:
    match job.state:
        case "pending" | "processing":
            return f"Call get_job with job_id {job.name} until its state is completed; cancel_job stops it."
        case "completed" if call.place.is_local and not is_saved:
            return f"Call get_job with job_id {job.name} and save_to to write the file."
        case "completed":
            return "Give the user the file, and say its size and length."
        case "failed":
            return "Tell the user the problem; mend it where you can and export once more."
        case _:
            return "It was stopped; export again when the user wants it."

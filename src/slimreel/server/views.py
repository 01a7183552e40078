"""How things look from outside: sessions, files and renders as the protocol writes them, with absolute links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from slimreel.agent.details import translated
from slimreel.agent.reply import told_in
from slimreel.core.languages import spoken_here
from slimreel.server.answers.accounts import CreditEntry as CreditEntryView
from slimreel.server.answers.accounts import CreditKind
from slimreel.server.answers.drafts import DraftView, NoDraft
from slimreel.server.answers.renders import JobState, JobView, Made, Problem, ResultView
from slimreel.server.answers.sessions import (
    CanvasConfig,
    FileItem,
    NoCanvas,
    SessionView,
    State,
    TurnState,
    TurnView,
)
from slimreel.services import drafts
from slimreel.services.clock import epoch_ms, iso
from slimreel.services.credits import CreditEntry
from slimreel.services.db.models import Artifact, Draft, Job, Session, Turn
from slimreel.services.feed import Told
from slimreel.services.jobs import Kind
from slimreel.services.wiring import Services

_FINISHED = 100


def session_view(session: Session) -> SessionView:
    return {
        "session_id": session.id,
        "task_id": session.task_id,
        "task_name": session.name,
        "language": session.language,
        "created_at": iso(session.created_at),
        "used_at": iso(session.used_at),
    }


def session_state(services: Services, session: Session, base_url: str, *, guest: bool) -> State:
    """The answer of the state call; `drafts` holds every draft, `draft` the latest.

    A guest came by a claim link: who knows the id of an account can register it, so guests are not told.
    """
    rows = services.drafts.of_session(session.id)
    latest = next((row for row in rows if row.id == session.draft_id), rows[-1] if rows else None)
    made = services.made.of_session(session.id)
    told: State = {
        "session_id": session.id,
        "task_id": session.task_id,
        "task_name": session.name,
        "state": {
            "draft": draft_view(latest) if latest else NoDraft(),
            "drafts": [draft_view(row) for row in rows],
            "video_infos": cast("list[FileItem]", services.assets.items(session.id, base_url)),
            "canvas_config": canvas_config(latest) if latest else NoCanvas(),
            "generated_media": [artifact_view(services, one, base_url) for one in made],
            "video_analyses": {},
        },
    }
    if not guest:
        told["user_id"] = told["bind_id"] = session.user_id
    return told


def draft_view(row: Draft) -> DraftView:
    """A draft as clients see it."""
    return cast(DraftView, drafts.handed_out(row))


def canvas_config(row: Draft) -> CanvasConfig:
    """Size and rate of the picture, from the document as it is: this call is the one that clients make most."""
    width, height, rate = drafts.canvas_of(row)
    return {"width": width, "height": height, "ratio": f"{width}:{height}", "fps": round(float(rate), 3)}


def artifact_view(services: Services, artifact: Artifact, base_url: str) -> Made:
    """A finished file with a link that needs no header."""
    result = artifact.result
    path = services.links.path_for("artifact", artifact.id, artifact.user_id)
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "filename": artifact.filename,
        "media_type": artifact.media_type,
        "url": services.links.absolute(path, base_url),
        "size": artifact.size,
        "hash": artifact.sha256,
        "duration": result.get("duration_s"),
        "width": result.get("width"),
        "height": result.get("height"),
        "fps": result.get("fps"),
        "codec": result.get("codec"),
        "bitrate": result.get("video_bitrate_bps"),
        "result": cast(ResultView, result) if result else None,
    }


def job_view(services: Services, job: Job, artifacts: Sequence[Artifact], base_url: str, tag: str) -> JobView:
    """A render as the protocol writes it: camelCase, times as epoch ms, progress 0 to 100. `tag` is the language
    that it fails in."""
    made = [artifact_view(services, one, base_url) for one in artifacts]
    output = made[0] if made else None
    done = job.state == "completed"
    return {
        "id": job.name,
        "taskId": job.task_id,
        "sessionId": job.session_id,
        "draftId": job.draft_id,
        "kind": cast(Kind, job.kind),
        "status": cast(JobState, job.state),
        "stage": job.stage,
        "progress": _FINISHED if done else min(_FINISHED - 1, int(job.progress * _FINISHED)),
        "eta": job.eta_s,
        "output": output,
        "outputUrl": output["url"] if output else None,
        "outputs": made,
        "reasons": job.reasons,
        "createdAt": epoch_ms(job.created_at),
        "completedAt": epoch_ms(job.ended_at) if job.ended_at else None,
        "error": _problem(job, spoken_here(tag)),
    }


def _problem(job: Job, language: str) -> Problem | None:
    return cast(Problem, told_in(job.problem, language)) if job.problem else None


def turn_view(turn: Turn, told: Told) -> TurnView:
    """One message and its answer. `revision` is that of `draft_id`; `drafts` has those of all drafts it changed."""
    return {
        "id": turn.id,
        "text": turn.text,
        "state": cast(TurnState, turn.state),
        "answer": told.text,
        "draft_id": turn.draft_id,
        "revision": told.revisions.get(turn.draft_id) if turn.draft_id else None,
        "drafts": [{"draft_id": draft, "revision": revision} for draft, revision in told.revisions.items()],
        "created_at": iso(turn.created_at),
    }


def credit_entry(entry: CreditEntry, language: str) -> CreditEntryView:
    return {
        "id": entry.id,
        "kind": cast(CreditKind, entry.kind),
        "amount": entry.amount,
        "available_change": entry.available_change,
        "frozen_change": entry.frozen_change,
        "note": translated(entry.note, language),
        "at": iso(entry.at),
    }

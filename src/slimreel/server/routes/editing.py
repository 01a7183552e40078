"""Our own calls on drafts: typed operations, trying them, undoing them, and what operations there are."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response

from slimreel.agent.reply import say
from slimreel.core.languages import spoken_here
from slimreel.edit.operation import Change, params_schema
from slimreel.edit.registry import operations
from slimreel.edit.summary import describe
from slimreel.server.answers.drafts import ChangeView, Drafts, DraftTold, DraftView, EditedDraft
from slimreel.server.answers.drafts import Operations as OperationsTold
from slimreel.server.answers.forms import answering
from slimreel.server.bodies import Operations, Steps, StepsBack
from slimreel.server.calls import BaseUrl, Calling, OwnSession, Served, StrictRoute, answer, remedy_of, scoped
from slimreel.server.views import draft_view
from slimreel.services import drafts as draft_rows
from slimreel.services.db.models import Session
from slimreel.services.editing import Edited
from slimreel.services.replies import Reply
from slimreel.services.wiring import Services

router = APIRouter(route_class=StrictRoute, tags=["drafts"], prefix="/api/slimreel")
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


@router.get("/operations", dependencies=[scoped("read")], responses=answering(OperationsTold))
def known_operations() -> JSONResponse:
    """Every operation with the schema of its parameters."""
    found = {name: params_schema(kind) for name, kind in sorted(operations().items())}
    return answer(OperationsTold(operations=found))


@router.get("/sessions/{session_id}/drafts", dependencies=[scoped("read")], responses=answering(Drafts))
def drafts(session: OwnSession, services: Served) -> JSONResponse:
    """The drafts of a session in the order they came, each with one line that tells it."""
    rows = services.drafts.of_session(session.id)
    told = [
        DraftTold(
            id=row.id,
            revision=row.revision,
            is_latest=row.id == session.draft_id,
            summary=describe(draft_rows.read(row), _language(session)),
            draft=draft_view(row),
        )
        for row in rows
    ]
    return answer(Drafts(drafts=told))


@router.post("/sessions/{session_id}/operations", dependencies=[scoped("write")], responses=answering(EditedDraft))
def apply(
    body: Operations,
    session: OwnSession,
    services: Served,
    caller: Calling,
    base_url: BaseUrl,
    key: IdempotencyKey = None,
) -> Response:
    """Apply typed operations, all or none. With `dry_run` nothing is kept; values that took effect are told."""

    def work() -> EditedDraft:
        done = services.editing.apply(
            session,
            body.ops,
            draft_id=body.draft_id,
            base_revision=body.base_revision,
            dry_run=body.dry_run,
            remedy=remedy_of(services, caller, base_url, _language(session)),
        )
        return _edited(done, session)

    return _once(services, caller.user_id, f"operations {session.id}", key, body.model_dump(), work)


@router.post("/sessions/{session_id}/undo", dependencies=[scoped("write")], responses=answering(EditedDraft))
def undo(session: OwnSession, services: Served, body: StepsBack | None = None) -> JSONResponse:
    """Take the last turns back, or with `revision` those from one on. 409 where that one is taken back already."""
    if body is not None and body.revision is not None:
        return answer(_edited(services.editing.take_back(session, body.draft_id, body.revision), session))
    return _step(services, session, "undo", body or Steps())


@router.post("/sessions/{session_id}/redo", dependencies=[scoped("write")], responses=answering(EditedDraft))
def redo(session: OwnSession, services: Served, body: Steps | None = None) -> JSONResponse:
    """Do again what was taken back."""
    return _step(services, session, "redo", body or Steps())


def _step(services: Services, session: Session, op: str, body: Steps) -> JSONResponse:
    commands = [{"op": op, "params": {"steps": body.steps}}]
    return answer(_edited(services.editing.apply(session, commands, draft_id=body.draft_id), session))


def _edited(done: Edited, session: Session) -> EditedDraft:
    language = _language(session)
    return {
        "draft_id": done.draft_id,
        "revision": done.revision,
        "kept": done.kept,
        "draft": cast(DraftView, {**done.document, "id": done.draft_id, "revision": done.revision}),
        "summary": describe(done.draft, language),
        "changes": [_change(change, language) for change in done.changes],
    }


def _change(change: Change, language: str) -> ChangeView:
    return {"id": change.id, "target": change.target, "fields": change.fields, "text": say(change, language)}


def _language(session: Session) -> str:
    return spoken_here(session.language)


def _once(services: Services, user_id: str, route: str, key: str | None, body: Any, work: Any) -> Response:
    """The answer of `work`, or with an Idempotency-Key the one that this very call got before, bit by bit."""
    if key is None:
        return answer(work())
    reply: Reply = services.replies.once(user_id, route, key, body, lambda: bytes(answer(work()).body).decode())
    return Response(reply.body, reply.status, media_type="application/json", headers=_replayed(reply))


def _replayed(reply: Reply) -> dict[str, str]:
    return {"Idempotent-Replayed": "true"} if reply.replayed else {}

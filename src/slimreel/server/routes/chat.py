"""The conversation: a message in, a stream of events out; and the feed of all that happens in a session."""

from __future__ import annotations

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse

from slimreel.server.answers.forms import STREAM, answering
from slimreel.server.answers.sessions import Turns
from slimreel.server.bodies import Run
from slimreel.server.calls import (
    BaseUrl,
    Calling,
    OwnSession,
    Served,
    StrictRoute,
    answer,
    remedy_of,
    scoped,
    session_of,
)
from slimreel.server.languages import language_of
from slimreel.server.sse import session_stream, turn_stream
from slimreel.server.views import turn_view
from slimreel.services.db.models import Session, Turn
from slimreel.services.feed import Told

router = APIRouter(route_class=StrictRoute, tags=["chat"])
LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)]


@router.post("/run_sse", dependencies=[scoped("write")], responses=STREAM, response_class=StreamingResponse)
async def run_sse(
    body: Run, request: Request, services: Served, caller: Calling, base_url: BaseUrl, last_event: LastEvent = None
) -> StreamingResponse:
    """Say something. The events of the turn follow, and the close of the stream ends it."""

    def begin() -> tuple[Session, Turn]:
        session = session_of(services, caller, body.user_id, body.session_id, request)
        resumed = services.turns.of_event(session.id, _number(last_event), body.text)
        remedy = remedy_of(services, caller, base_url, language_of(request))
        return session, resumed or services.chat.say(session, body.text, remedy=remedy)

    session, turn = await anyio.to_thread.run_sync(begin)
    return turn_stream(
        services.feed,
        request.app.state.wakes,
        session.id,
        turn.id,
        last_id=_number(last_event),
        growing=bool(body.streaming),
        longest_s=services.settings.turn_s,
    )


@router.get(
    "/api/slimreel/sessions/{session_id}/feed",
    dependencies=[scoped("read")],
    responses=STREAM,
    response_class=StreamingResponse,
)
def feed(
    session: OwnSession,
    request: Request,
    services: Served,
    last_event: LastEvent = None,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
) -> StreamingResponse:
    """All that happens in the session: turns, drafts, uploads, renders. `Last-Event-ID` goes on where one was."""
    return session_stream(
        services.feed,
        request.app.state.wakes,
        session.id,
        last_id=_number(last_event) or after,
        longest_s=services.settings.turn_s,
    )


@router.get("/api/slimreel/sessions/{session_id}/turns", dependencies=[scoped("read")], responses=answering(Turns))
def turns(session: OwnSession, services: Served) -> JSONResponse:
    """What was said in the session and what was answered, oldest first, with the revisions that it led to.

    A turn is taken back by `POST …/undo` with the id of a draft and its revision.
    """
    found = services.turns.listed(session.id)
    told = services.feed.told_of([turn.id for turn in found])
    return answer(Turns(turns=[turn_view(turn, told.get(turn.id, Told())) for turn in found]))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0

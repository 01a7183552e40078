"""Sessions, their state, and credits."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from slimreel.core.languages import spoken_here
from slimreel.errors.service import UnknownSession
from slimreel.server.answers.accounts import Balance, CreditHistory
from slimreel.server.answers.forms import answering
from slimreel.server.answers.sessions import SessionBegun, Sessions, State
from slimreel.server.bodies import NewSession
from slimreel.server.calls import (
    BaseUrl,
    BeforeId,
    BeforeNumber,
    Calling,
    Language,
    PathSession,
    Served,
    StrictRoute,
    answer,
    is_own,
    scoped,
    whole_account,
)
from slimreel.server.views import credit_entry, session_state, session_view

router = APIRouter(route_class=StrictRoute, tags=["sessions"])


@router.post(
    "/api/tasks/{user}/with-session/nemo_agent",
    dependencies=[scoped("write"), Depends(whole_account)],
    responses=answering(SessionBegun),
)
def new_session(user: str, services: Served, caller: Calling, body: NewSession | None = None) -> JSONResponse:
    """A new session. Each call makes one."""
    if not is_own(user, caller):
        raise UnknownSession
    wanted = body or NewSession()
    session = services.sessions.begin(caller.user_id, wanted.task_name or "project", wanted.language or "")
    return answer(
        SessionBegun(task_id=session.task_id, session_id=session.id, user_id=caller.user_id, bind_id=caller.user_id)
    )


@router.get(
    "/api/state/nemo_agent/{user}/{session_id}/latest", dependencies=[scoped("read")], responses=answering(State)
)
def state(session: PathSession, services: Served, caller: Calling, base_url: BaseUrl) -> JSONResponse:
    """The session as it stands: its latest draft, its files, what was made."""
    return answer(session_state(services, session, base_url, guest=caller.session_id is not None))


@router.get("/api/credits/balance/simple", dependencies=[scoped("read")], responses=answering(Balance))
def balance(services: Served, caller: Calling) -> JSONResponse:
    """What the account can spend, and what is set aside for work that goes on."""
    found = services.ledger.balance(caller.user_id)
    total = found.available + found.frozen
    return answer(Balance(available=found.available, frozen=found.frozen, total=total))


@router.get(
    "/api/slimreel/credits", dependencies=[scoped("read"), Depends(whole_account)], responses=answering(CreditHistory)
)
def credit_history(
    services: Served, caller: Calling, language: Language, before: BeforeNumber = None, count: int = 50
) -> JSONResponse:
    """What credits came and went for, the newest first; `next` is the `before` of the page behind this one."""
    entries = services.ledger.history(caller.user_id, before, min(max(count, 1), 200))
    following = entries[-1].id if entries and len(entries) >= count else None
    last = services.sessions.listed(caller.user_id, count=1)
    spoken = spoken_here(last[0].language) if last and last[0].language else language
    return answer(CreditHistory(entries=[credit_entry(entry, spoken) for entry in entries], next=following))


@router.get("/api/slimreel/sessions", dependencies=[scoped("read")], responses=answering(Sessions))
def sessions(services: Served, caller: Calling, before: BeforeId = None, count: int = 50) -> JSONResponse:
    """The sessions of the account, the last used first."""
    if caller.session_id is not None:
        found = [services.sessions.find(caller.user_id, caller.session_id)]
        return answer(Sessions(sessions=[session_view(one) for one in found], next=None))
    found = services.sessions.listed(caller.user_id, before, min(max(count, 1), 200))
    following = found[-1].id if found and len(found) >= count else None
    return answer(Sessions(sessions=[session_view(one) for one in found], next=following))

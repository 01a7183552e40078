"""What the routes share: bodies read strictly, who calls, whose session it is, and answers in the one envelope."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, cast

from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from slimreel.agent.reply import label
from slimreel.errors.service import UnknownSession
from slimreel.server.envelope import success
from slimreel.server.json_bodies import read_json
from slimreel.server.languages import language_of, speak_as
from slimreel.services.db.models import Session
from slimreel.services.tokens import Caller, require, require_account
from slimreel.services.wiring import Services

_JSON = (b"content-type", b"application/json")


class _StrictRequest(Request):
    """A request whose JSON is read by our rules."""

    async def json(self) -> Any:
        return read_json(await self.body())


class StrictRoute(APIRoute):
    """A route whose body is JSON whatever it calls itself: some clients leave the type out, and curl's is a form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if self.body_field is not None:
                headers = [(name, value) for name, value in request.scope["headers"] if name != b"content-type"]
                request = _StrictRequest({**request.scope, "headers": [*headers, _JSON]}, request.receive)
            return await handle(request)

        return strictly


def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


def caller_of(request: Request) -> Caller:
    """Who calls; the gate has made sure that there is somebody."""
    return cast(Caller, request.scope["state"]["caller"])


def address_of(request: Request) -> str:
    return str(request.scope["state"].get("address", ""))


async def base_url_of(request: Request) -> str:
    """The address that the service was called at; links start so where no setting says otherwise."""
    return str(request.base_url)


# Where a list goes on: ids are plain, and numbers fit a column of 64 bits.
BeforeId = Annotated[str | None, Query(max_length=200, pattern=r"^[!-~]*$")]
BeforeNumber = Annotated[int | None, Query(ge=0, lt=2**63)]

BaseUrl = Annotated[str, Depends(base_url_of)]


async def _served(request: Request) -> Services:
    return services_of(request)


async def _calling(request: Request) -> Caller:
    return caller_of(request)


async def _speaking(request: Request) -> str:
    return language_of(request)


# Dependencies that wait for nothing are coroutines: others cost a change of threads each.
Served = Annotated[Services, Depends(_served)]
Calling = Annotated[Caller, Depends(_calling)]
Language = Annotated[str, Depends(_speaking)]  # for calls of no session


def scoped(scope: str) -> Any:
    """A dependency: the token has to have this scope. Raises MissingScope."""

    async def check(caller: Calling) -> Caller:
        require(caller, scope)
        return caller

    return Depends(check)


async def whole_account(caller: Calling) -> None:
    """A dependency: the token has to open all of the account, not one session. Raises MissingScope."""
    require_account(caller)


def may_upload(request: Request, services: Served) -> None:
    """A dependency of resumable uploads: the scope, and the session of the path. OPTIONS is for everybody."""
    if request.method != "OPTIONS":
        caller = caller_of(request)
        require(caller, "upload")
        session_of(services, caller, None, request.path_params["session_id"], request)


def is_own(user: str | None, caller: Caller) -> bool:
    """Published clients say `me`, the real id, or nothing."""
    return user in (None, "", "me", caller.user_id)


def session_of(
    services: Services, caller: Caller, user: str | None, session_id: str, request: Request | None = None
) -> Session:
    """The session, if it is the caller's. Raises UnknownSession whatever is wrong, so that nothing can be probed.

    With the request it is answered in the language of the session from now on.
    """
    if not is_own(user, caller):
        raise UnknownSession
    session = services.sessions.find(caller.user_id, session_id, caller.session_id)
    if request is not None:
        speak_as(request, session)
    return session


def _session_in_path(
    request: Request,
    services: Served,
    caller: Calling,
    user: Annotated[str, Path()],
    session_id: Annotated[str, Path()],
) -> Session:
    return session_of(services, caller, user, session_id, request)


def _own_session(request: Request, services: Served, caller: Calling, session_id: Annotated[str, Path()]) -> Session:
    return session_of(services, caller, None, session_id, request)


PathSession = Annotated[Session, Depends(_session_in_path)]  # of /{user}/{session_id}
OwnSession = Annotated[Session, Depends(_own_session)]  # of /{session_id}


def answer(data: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A success in the envelope that all kinds of published clients read."""
    return JSONResponse(success(data), status, headers=dict(headers or {}))


def remedy_of(services: Services, caller: Caller, base_url: str, language: str) -> str:
    """What a caller without credits can do."""
    if caller.kind == "registered":
        return label("remedy_registered", language)
    if caller.session_id is not None:
        return label("remedy_guest", language)
    address = services.links.absolute(f"/register?bind={caller.user_id}", base_url)
    return label("remedy_anonymous", language, address=address)

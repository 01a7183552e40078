"""Accounts and tokens: starter tokens, tokens of one's own, claims, registration."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse

from slimreel.errors.service import BadRequest
from slimreel.server.answers.accounts import Claimed, Opened, Revoked, SignedIn, Tokens, TokenView
from slimreel.server.answers.forms import answering
from slimreel.server.bodies import ClaimOf, Login, NewToken, OpenClaim, Registration
from slimreel.server.calls import Calling, Served, StrictRoute, address_of, answer, scoped, session_of
from slimreel.services.clock import iso
from slimreel.services.starters import Starter
from slimreel.services.tokens import TokenInfo

router = APIRouter(route_class=StrictRoute, tags=["accounts"])


@router.post("/api/auth/anonymous-token", responses=answering(SignedIn))
def anonymous_token(
    request: Request, services: Served, client_id: Annotated[str | None, Header(alias="X-Client-Id")] = None
) -> JSONResponse:
    """A token with starter credits. The same client id gets the same account again."""
    if not client_id:
        raise BadRequest(detail="the header X-Client-Id is missing")
    return answer(_signed_in(services.starters.starter(client_id, address_of(request))))


@router.post("/api/auth/claim-token", responses=answering(Claimed))
def claim_token(body: ClaimOf, services: Served, caller: Calling) -> JSONResponse:
    """A token that opens this one project in a browser; it has no rights at the API."""
    session = session_of(services, caller, None, body.session_id)
    claim = services.claims.claim(caller, session.id, body.task_id or session.task_id)
    return answer(Claimed(claim_token=claim.secret, expires_in=claim.expires_in_s))


@router.post("/api/slimreel/claims/open", responses=answering(Opened))
def open_claim(body: OpenClaim, services: Served) -> JSONResponse:
    """Exchanges a claim token for a token that works for its one session."""
    opened = services.claims.open_claim(body.claim_token)
    return answer(Opened(token=opened.token, session_id=opened.session_id, expires_at=iso(opened.expires_at)))


@router.post("/api/slimreel/register", responses=answering(SignedIn))
def register(body: Registration, request: Request, services: Served) -> JSONResponse:
    """Makes an anonymous account a registered one. It keeps its projects and its balance."""
    return answer(_signed_in(services.accounts.register(body.bind, body.email, body.password, address_of(request))))


@router.post("/api/slimreel/login", responses=answering(SignedIn))
def login(body: Login, request: Request, services: Served) -> JSONResponse:
    """A token for a registered account."""
    return answer(_signed_in(services.accounts.login(body.email, body.password, address_of(request))))


@router.post("/api/tokens", dependencies=[scoped("write")], responses=answering(TokenView))
def create_token(body: NewToken, services: Served, caller: Calling) -> JSONResponse:
    """A token of one's own. It is shown this once."""
    info, secret = services.tokens.create_token(caller, body.name, body.scopes, body.expires_in_days)
    made = _token(info)
    made["token"] = secret
    return answer(made)


@router.get("/api/tokens", dependencies=[scoped("read")], responses=answering(Tokens))
def tokens(services: Served, caller: Calling) -> JSONResponse:
    """The tokens of the account, without their secrets."""
    return answer(Tokens(tokens=[_token(info) for info in services.tokens.tokens(caller)]))


@router.post("/api/tokens/{token_id}/revoke", dependencies=[scoped("write")], responses=answering(Revoked))
def revoke_token(token_id: str, services: Served, caller: Calling) -> JSONResponse:
    """Ends a token at once."""
    services.tokens.revoke(caller, token_id)
    return answer(Revoked(id=token_id, revoked=True))


def _signed_in(found: Starter) -> SignedIn:
    return {
        "token": found.token,
        "user_id": found.user_id,
        "expires_at": iso(found.expires_at),
        "credits": found.credits,
    }


def _token(info: TokenInfo) -> TokenView:
    return {
        "id": info.id,
        "name": info.name,
        "prefix": info.prefix,
        "scopes": sorted(info.scopes),
        "created_at": iso(info.created_at),
        "expires_at": iso(info.expires_at) if info.expires_at else None,
        "kind": info.kind,
        "session_id": info.session_id,
    }

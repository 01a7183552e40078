"""The application: the gate in front, the routes behind it, and what belongs to both. It puts together and decides
nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from slimreel.agent.reply import label
from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest
from slimreel.server import tus, web
from slimreel.server.answers.forms import REFUSALS
from slimreel.server.calls import may_upload
from slimreel.server.envelope import failure, refusal
from slimreel.server.gate import Gate, PathTables
from slimreel.server.languages import language_of
from slimreel.server.paths import PathTable
from slimreel.server.routes import (
    accounts,
    chat,
    editing,
    evidence,
    guide,
    previews,
    renders,
    sessions,
    system,
    uploads,
    webhooks,
)
from slimreel.server.tools_door import ToolsDoor
from slimreel.server.wakes import Wakes
from slimreel.services.wiring import Services

# A request holds a thread while it waits for the database; streams hold none while they wait.
_THREADS = 48
_PATHS = PathTables(
    public=PathTable(
        (
            "POST /api/auth/anonymous-token",
            "POST /api/slimreel/claims/open",
            "POST /api/slimreel/register",
            "POST /api/slimreel/login",
            "GET /api/slimreel/presets",
            "GET /api/slimreel/limits",
            "GET /health",
            "GET /metrics",
            "GET /docs",
            "GET /docs/*",
            "GET /docs/guide/**",
            "GET /llms.txt",
            "GET /llms-full.txt",
            "GET /openapi.json",
            "GET /files/*/*",
            "/v1/**",
            "/api/v1/**",
            *web.PUBLIC,
        )
    ),
    uploads=PathTable(
        (
            "POST /api/upload-video/nemo_agent/*/*",
            "POST /api/uploads/*",
            "PATCH /api/uploads/*/*",
        )
    ),
    streams=PathTable(("POST /run_sse", "POST /mcp", "GET /api/slimreel/sessions/*/feed")),
)
# Faults that pydantic tells in words of its own kind.
FAULTS = {
    "missing": "is missing",
    "dict_type": "has to be an object",
    "model_type": "has to be an object",
    "model_attributes_type": "has to be an object",
    "list_type": "has to be a list",
    "string_type": "has to be text",
    "int_type": "has to be a whole number",
    "bool_type": "has to be true or false",
    "int_parsing": "has to be a whole number",
    "float_parsing": "has to be a number",
    "float_type": "has to be a number",
    "finite_number": "has to be a number",
    "greater_than_equal": "has to be at least {ge}",
    "less_than_equal": "has to be at most {le}",
    "less_than": "has to be below {lt}",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "has at most {max_length} characters",
    "too_short": "needs at least {min_length} entries",
    "too_long": "has at most {max_length} entries",
    "string_pattern_mismatch": "holds a character that it cannot hold",
}
_ROUTERS = (accounts, sessions, uploads, chat, renders, editing, evidence, previews, webhooks, guide, system, web)


def make_app(services: Services, wakes: Wakes) -> ASGIApp:
    """The whole service as one ASGI application. Whoever stops it stops `wakes` first, so that streams end."""
    app = FastAPI(
        title="slimreel",
        version=version("slimreel"),
        summary="Compress and edit videos by conversation.",
        docs_url=None,
        redoc_url=None,
        strict_content_type=False,
        responses=REFUSALS,
        lifespan=_lifespan,
    )
    app.state.services, app.state.wakes = services, wakes
    app.state.tools = ToolsDoor(services, wakes.stopping.is_set)
    app.router.routes.append(Route("/mcp", app.state.tools))
    for module in _ROUTERS:
        app.include_router(module.router)
    app.include_router(tus.router, dependencies=[Depends(may_upload)])
    app.add_exception_handler(SlimreelError, _told)
    app.add_exception_handler(Exception, _told)  # the gate logs it
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _no_route)
    return Gate(
        app,
        settings=services.settings,
        paths=_PATHS,
        authenticate=lambda token, _: services.tokens.authenticate(token),
        remembered=services.tokens.remembered,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    services.chat.open()
    try:
        async with app.state.tools.running():
            yield
    finally:
        await app.state.wakes.close()
        await anyio.to_thread.run_sync(services.chat.close)


async def _told(request: Request, error: Exception) -> JSONResponse:
    incident = str(request.scope["state"].get("incident", ""))
    status, headers, body = failure(error, incident=incident, language=language_of(request))
    return JSONResponse(body, status, headers=headers)


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return await _told(request, BadRequest(detail=_in_words(error.errors()[0])))


def _in_words(first: dict[str, Any]) -> str:
    """Where the first fault is and what it is, without what was sent."""
    where = ".".join(str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path", "header"))
    if (ours := FAULTS.get(str(first.get("type")))) is not None:
        return f"{where or 'the body'} {ours.format_map(first.get('ctx', {}))}"
    what = str(first.get("msg", "is not as it should be"))
    return f"{where}: {what}" if where else what


async def _no_route(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        told = label("no_such_method", language_of(request))
        return JSONResponse(refusal(405, told), 405, headers=error.headers)
    if error.status_code == 404:
        return JSONResponse(refusal(404, label("no_such_call", language_of(request))), 404)
    # What our reader of JSON said of the body is told in place of the framework's sentence.
    ours = error.__cause__ if isinstance(error.__cause__, SlimreelError) else BadRequest(detail=str(error.detail))
    return await _told(request, ours)

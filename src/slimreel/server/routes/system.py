"""What operators and programs ask of the service itself: its health, its figures, its description."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from slimreel.errors.service import NotHere, Unavailable
from slimreel.server.answers.forms import answering
from slimreel.server.answers.system import Health, Limits
from slimreel.server.calls import Served, answer
from slimreel.server.docs_viewer import asset, page
from slimreel.server.envelope import refusal
from slimreel.server.metrics import exposition
from slimreel.services.limits import limits_of

router = APIRouter(tags=["system"])
# Documents speak of paths that never were, and clients of such documents should find what there is instead.
_MEANT = {
    "upload": "POST /api/upload-video/nemo_agent/me/{session_id}",
    "jobs": "POST /api/render/proxy/lambda",
    "render": "POST /api/render/proxy/lambda",
    "export": "POST /api/render/proxy/lambda",
    "credits": "GET /api/credits/balance/simple",
    "sessions": "POST /api/tasks/me/with-session/nemo_agent",
}
_MOSTLY_MEANT = "POST /run_sse"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@router.get("/health", responses={200: {"model": Health, "description": "it works"}})
def health(services: Served) -> JSONResponse:
    """Whether the service can do its work, and at which level its sandbox is."""
    found = services.health()
    if not found["database"]:
        raise Unavailable(detail="the database does not answer", retry_after_s=5)
    return JSONResponse({"status": "ok", **found})


@router.get("/api/slimreel/limits", responses=answering(Limits))
def limits(services: Served) -> JSONResponse:
    """What may be sent here and what it costs, for a client to say before somebody tries."""
    return answer(limits_of(services.settings))


@router.get("/metrics", include_in_schema=False)
def metrics(services: Served) -> Response:
    """Figures for Prometheus."""
    content, kind = exposition(services)
    return Response(content, media_type=kind)


@router.api_route("/v1/{rest:path}", methods=_METHODS, include_in_schema=False)
@router.api_route("/api/v1/{rest:path}", methods=_METHODS, include_in_schema=False)
def never_was(rest: str) -> JSONResponse:
    """Not here, and which documented call is meant."""
    call = _MEANT.get(rest.partition("/")[0], _MOSTLY_MEANT)
    return JSONResponse(refusal(404, f"There is no such call. Use {call} instead; all calls are at /docs."), 404)


@router.get("/docs", include_in_schema=False)
def docs() -> HTMLResponse:
    """The description of the API, to read and to try. Everything it needs comes from here."""
    return HTMLResponse(page())


@router.get("/docs/{name}", include_in_schema=False)
def docs_file(name: str) -> Response:
    found = asset(name)
    if found is None:
        raise NotHere
    return Response(found[0], media_type=found[1])


@router.get("/files/{kind}/{name}", include_in_schema=False)
def signed_file(kind: str, name: str, request: Request, services: Served) -> Response:
    """What a signed link leads to. It needs no header; altered or expired it leads nowhere."""
    from slimreel.server.ranges import file_response

    kept, attachment = services.files.opened(kind, name, request.url.query)
    return file_response(services.storage, kept, request.headers.get("range"), attachment=attachment)

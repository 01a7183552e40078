"""Small pictures and drawings of files, timelines and finished files, and what a browser can play of a file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response

from slimreel.server.answers.evidence import Playable, Running, Waveform
from slimreel.server.answers.forms import answering
from slimreel.server.calls import BaseUrl, Calling, OwnSession, Served, StrictRoute, answer, scoped
from slimreel.services.previews import MOST_FRAMES, MOST_POINTS, MOST_WIDTH, Look
from slimreel.services.proxies import told

router = APIRouter(route_class=StrictRoute, tags=["previews"], prefix="/api/slimreel", dependencies=[scoped("read")])

Name = Annotated[str, Path(max_length=40, description="what drafts call the file: a1, a2, …")]
ArtifactId = Annotated[str, Path(max_length=40)]
Moment = Annotated[float, Query(ge=0, le=1e6, allow_inf_nan=False, description="seconds from the start")]
Width = Annotated[int, Query(ge=16, le=MOST_WIDTH, description="the most pixels; nothing is enlarged")]
Count = Annotated[int, Query(ge=1, le=MOST_FRAMES, description="how many pictures side by side")]
Points = Annotated[int, Query(ge=1, le=MOST_POINTS, description="the most numbers of the answer")]
Known = Annotated[str | None, Header(alias="If-None-Match", max_length=200)]
_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "what the client has is still right"},
}
_WAVE = answering(Waveform, meanwhile=Running)
_RETRY_S = {"Retry-After": "2"}


@router.get("/sessions/{session_id}/assets/{name}/thumbnail", response_class=Response, responses=_JPEG)
def asset_thumbnail(
    name: Name, session: OwnSession, services: Served, at_s: Moment = 0.0, width: Width = 320, known: Known = None
) -> Response:
    """A JPEG of a file at a moment: exactly there where that is cheap, else its keyframe before."""
    return _jpeg(services.previews.thumbnail(services.previews.asset(session, name), at_s, width), known)


@router.get("/sessions/{session_id}/assets/{name}/filmstrip", response_class=Response, responses=_JPEG)
def asset_filmstrip(
    name: Name, session: OwnSession, services: Served, count: Count = 12, known: Known = None
) -> Response:
    """One JPEG of pictures side by side, each from the middle of its part of the file."""
    return _jpeg(services.previews.filmstrip(services.previews.asset(session, name), count), known)


@router.get("/sessions/{session_id}/assets/{name}/waveform", responses=_WAVE)
def asset_waveform(name: Name, session: OwnSession, services: Served, points: Points = 500) -> JSONResponse:
    """How far the sound of a file swings: `peaks` from 0 to 1, over `duration_s` from `start_s` on."""
    return _drawn(services.previews.waveform(services.previews.asset(session, name), points))


@router.get("/sessions/{session_id}/drafts/{draft_id}/thumbnail", response_class=Response, responses=_JPEG)
def draft_thumbnail(
    draft_id: Annotated[str, Path(max_length=40)],
    session: OwnSession,
    services: Served,
    at_s: Moment = 0.0,
    width: Width = 320,
    known: Known = None,
) -> Response:
    """A JPEG of the timeline at a moment, with its titles and all that lies over it."""
    return _jpeg(services.previews.of_draft(session, draft_id, at_s, width), known)


@router.get("/artifacts/{artifact_id}/thumbnail", response_class=Response, responses=_JPEG)
def artifact_thumbnail(
    artifact_id: ArtifactId,
    services: Served,
    caller: Calling,
    at_s: Moment = 0.0,
    width: Width = 320,
    known: Known = None,
) -> Response:
    """A JPEG of a finished file at a moment."""
    subject = services.previews.artifact(caller.user_id, artifact_id, caller.session_id)
    return _jpeg(services.previews.thumbnail(subject, at_s, width), known)


@router.get("/artifacts/{artifact_id}/filmstrip", response_class=Response, responses=_JPEG)
def artifact_filmstrip(
    artifact_id: ArtifactId, services: Served, caller: Calling, count: Count = 12, known: Known = None
) -> Response:
    """One JPEG of pictures of a finished file side by side."""
    subject = services.previews.artifact(caller.user_id, artifact_id, caller.session_id)
    return _jpeg(services.previews.filmstrip(subject, count), known)


@router.get("/artifacts/{artifact_id}/waveform", responses=_WAVE)
def artifact_waveform(artifact_id: ArtifactId, services: Served, caller: Calling, points: Points = 500) -> JSONResponse:
    """How far the sound of a finished file swings, as for a file of the session."""
    subject = services.previews.artifact(caller.user_id, artifact_id, caller.session_id)
    return _drawn(services.previews.waveform(subject, points))


@router.get("/sessions/{session_id}/proxy/{name}", responses=answering(Playable, meanwhile=Playable))
def proxy(name: Name, session: OwnSession, services: Served, base_url: BaseUrl) -> JSONResponse:
    """What a browser can play of a file: the link of the file itself, or of a 360p rendition in H.264.

    202 with the name of the preview render while that is made; it is one of the session's jobs, and free.
    """
    found = services.proxies.of_asset(session, name)
    url = services.links.absolute(found.path, base_url) if found.path else None
    waits = url is None and found.job is not None and found.job.state in ("pending", "processing")
    return answer(told(found, url), 202 if waits else 200, _RETRY_S if waits else None)


def _jpeg(look: Look, known: str | None) -> Response:
    headers = {
        "ETag": f'"{look.tag}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if known is not None and look.tag in known:
        return Response(status_code=304, headers=headers)
    return Response(look.content, media_type="image/jpeg", headers=headers)


def _drawn(found: dict[str, Any] | None) -> JSONResponse:
    if found is None:
        return answer(Running(state="running"), 202, _RETRY_S)
    return answer({"state": "done", **found}, headers={"Cache-Control": "private, max-age=86400"})

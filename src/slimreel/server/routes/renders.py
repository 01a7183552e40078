"""Finished files: submitted, watched, cancelled, downloaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from slimreel.errors.service import NotHere, PlanForbids
from slimreel.server.answers.forms import FILE, answering
from slimreel.server.answers.renders import Jobs, JobView
from slimreel.server.bodies import RenderOf
from slimreel.server.calls import BaseUrl, BeforeId, Calling, Served, StrictRoute, answer, scoped, session_of
from slimreel.server.ranges import file_response
from slimreel.server.views import job_view
from slimreel.services.db.models import Job
from slimreel.services.wiring import Services

router = APIRouter(route_class=StrictRoute, tags=["renders"])
_ATTRIBUTION = ("X-Skill-Source", "X-Skill-Version", "X-Skill-Platform")


@router.post("/api/render/proxy/lambda", dependencies=[scoped("render")], responses=answering(JobView))
@router.post("/api/render/proxy/draft", dependencies=[scoped("render")], include_in_schema=False)
def submit(body: RenderOf, request: Request, services: Served, caller: Calling, base_url: BaseUrl) -> JSONResponse:
    """Begin a render. The same id again answers the same render, and 409 where it is of something else."""
    if services.settings.require_attribution and not all(request.headers.get(name) for name in _ATTRIBUTION):
        raise PlanForbids(detail=f"the headers {', '.join(_ATTRIBUTION)} have to say which skill asks")
    session = session_of(services, caller, None, body.session_id, request)
    job = services.exports.submit(session, body.id, body.draft, body.output or {})
    return _answered(services, job, base_url)


@router.get("/api/render/proxy/{name}/download", dependencies=[scoped("read")], responses=FILE, response_class=Response)
@router.get("/api/render/proxy/lambda/{name}/download", dependencies=[scoped("read")], include_in_schema=False)
def download(
    name: str,
    request: Request,
    services: Served,
    caller: Calling,
    wanted: Annotated[str | None, Header(alias="Range")] = None,
) -> Response:
    """The finished file, with ranges."""
    job = _job(request, services, caller, name)
    artifacts = services.jobs.artifacts(job)
    if not artifacts:
        raise NotHere
    return file_response(services.storage, artifacts[0], wanted)


@router.get("/api/render/proxy/lambda/{name}", dependencies=[scoped("read")], responses=answering(JobView))
@router.get("/api/render/proxy/{name}", dependencies=[scoped("read")], include_in_schema=False)
def status(name: str, request: Request, services: Served, caller: Calling, base_url: BaseUrl) -> JSONResponse:
    """How far a render is, and where its file is."""
    return _answered(services, _job(request, services, caller, name), base_url)


@router.post("/api/render/proxy/lambda/{name}/cancel", dependencies=[scoped("render")], responses=answering(JobView))
@router.post("/api/render/proxy/{name}/cancel", dependencies=[scoped("render")], include_in_schema=False)
def cancel(name: str, request: Request, services: Served, caller: Calling, base_url: BaseUrl) -> JSONResponse:
    """Stop a render. What is finished stays finished."""
    _job(request, services, caller, name)
    return _answered(services, services.jobs.cancel(caller.user_id, name), base_url)


@router.get("/api/slimreel/jobs", dependencies=[scoped("read")], responses=answering(Jobs))
def jobs(
    services: Served,
    caller: Calling,
    base_url: BaseUrl,
    session_id: Annotated[str | None, Query(max_length=40, pattern=r"^[!-~]*$")] = None,
    before: BeforeId = None,
    count: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JSONResponse:
    """The renders of the account, the newest first; `next` is the `before` of the page behind this one."""
    found = services.jobs.list(caller.user_id, caller.session_id or session_id, before, count)
    made = services.made.of_jobs([job.id for job in found])
    following = found[-1].name if len(found) == count else None
    spoken = services.sessions.languages([job.session_id for job in found if job.problem])
    shown = [job_view(services, job, made.get(job.id, []), base_url, spoken.get(job.session_id, "")) for job in found]
    return answer(Jobs(jobs=shown, next=following))


@router.post("/api/slimreel/jobs/{name}/requeue", dependencies=[scoped("render")], responses=answering(JobView))
def requeue(name: str, request: Request, services: Served, caller: Calling, base_url: BaseUrl) -> JSONResponse:
    """Try a render again that failed or was cancelled."""
    _job(request, services, caller, name)
    return _answered(services, services.jobs.requeue(caller.user_id, name), base_url)


def _job(request: Request, services: Services, caller: Calling, name: str) -> Job:
    job = services.jobs.get(caller.user_id, name)
    session_of(services, caller, None, job.session_id, request)
    return job


def _answered(services: Services, job: Job, base_url: str) -> JSONResponse:
    artifacts = services.jobs.artifacts(job) if job.state == "completed" else []
    spoken = services.sessions.languages([job.session_id] if job.problem else [])
    return answer(job_view(services, job, artifacts, base_url, spoken.get(job.session_id, "")))

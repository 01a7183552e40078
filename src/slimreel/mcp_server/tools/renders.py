"""Finished files: asked for, waited for with progress, saved or linked, stopped; and small pictures to look at."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Literal

import anyio
from mcp_types import ImageContent
from pydantic import Field, model_validator

from slimreel.errors.service import BadRequest, NotHere
from slimreel.mcp_server.local_files import check_target, save
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.shapes import DraftId, Input, InSession, Output, Width
from slimreel.mcp_server.tool import Shown, Tool
from slimreel.mcp_server.views import Render, render_view
from slimreel.services import ids
from slimreel.services.db.models import Artifact, Job
from slimreel.services.job_states import ENDED
from slimreel.services.previews import Look

_LOOK_S = 0.3
_PATIENCE_S = 50  # many clients give a call a minute
_MOST_S = 3600
_MOST_TIME_S = 360_000
_FORMATS = ("mp4", "mov", "webm", "mkv", "gif", "mp3")
_SAVE = Field(
    None,
    max_length=1000,
    description="whole path on this machine to write the file to, or a folder; nothing is replaced unless overwrite",
)
_OVERWRITE = Field(False, description="true: replace a file that is at save_to")


class ExportOf(InSession):
    draft_id: DraftId
    format: Literal["mp4", "mov", "webm", "mkv", "gif", "mp3"] | None = Field(
        None, description="kind of file; left out: as the timeline wishes, else mp4"
    )
    job_id: str | None = Field(
        None,
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9._-]+$",
        description="a name of your own: the same again answers the same render instead of a second one",
    )
    wait_s: int = Field(_PATIENCE_S, ge=0, le=_MOST_S, description="seconds to wait; 0 only begins it")


class ExportHere(ExportOf):
    save_to: str | None = _SAVE
    overwrite: bool = _OVERWRITE


class JobOf(Input):
    job_id: str = Field(min_length=1, max_length=128, description="as export, edit or get_state named it")


class WaitFor(JobOf):
    wait_s: int = Field(0, ge=0, le=_MOST_S, description="seconds to wait for its end")


class WaitHere(WaitFor):
    save_to: str | None = _SAVE
    overwrite: bool = _OVERWRITE


class PictureOf(InSession):
    file_id: str | None = Field(None, max_length=40, description="a1, a2, …: a file of the session")
    draft_id: str | None = Field(None, max_length=64, description="drf_…: a timeline, with its titles")
    job_id: str | None = Field(None, max_length=128, description="a completed render: the finished file")
    at_s: float = Field(0, ge=0, le=_MOST_TIME_S, description="moment, seconds from the start")
    width_px: Width

    @model_validator(mode="after")
    def _one_thing(self) -> PictureOf:
        if sum(one is not None for one in (self.file_id, self.draft_id, self.job_id)) != 1:
            raise ValueError("say exactly one of file_id, draft_id and job_id")
        return self


class Picture(Output):
    at_s: float
    media_type: str = "image/jpeg"
    size_bytes: int


async def export(call: Call, given: ExportOf) -> Render:
    wanted: dict[str, Any] = {"format": given.format} if given.format else {}
    target = None
    if isinstance(given, ExportHere) and given.save_to is not None:
        target = check_target(given.save_to, overwrite=given.overwrite)
        suffix = target.suffix.lower().lstrip(".")
        if not wanted and suffix in _FORMATS:
            wanted = {"format": suffix}

    def submit() -> Job:
        session = call.session(given.session_id)
        call.place.check_render(call.request)
        echoed = None
        if given.draft_id is not None:
            echoed = {"id": call.services.drafts.find(session.id, given.draft_id).id}
        name = given.job_id or ids.new("mcp")
        return call.services.exports.submit(session, name, echoed, wanted)

    job = await call.do(submit)
    call.place.before_render()
    overwrite = isinstance(given, ExportHere) and given.overwrite
    return await _followed(call, job.name, given.wait_s, target, overwrite=overwrite, owns=given.wait_s > 0)


async def get_job(call: Call, given: WaitFor) -> Render:
    target, overwrite = None, False
    if isinstance(given, WaitHere) and given.save_to is not None:
        overwrite = given.overwrite
        target = check_target(given.save_to, overwrite=overwrite)
    if given.wait_s:
        call.place.before_render()
    return await _followed(call, given.job_id, given.wait_s, target, overwrite=overwrite, owns=False)


async def cancel_job(call: Call, given: JobOf) -> Render:
    def work() -> Render:
        _job(call, given.job_id)
        job = call.services.jobs.cancel(call.caller.user_id, given.job_id)
        return render_view(call, job, call.services.jobs.artifacts(job))

    return await call.do(work)


async def thumbnail(call: Call, given: PictureOf) -> Shown:
    look = await call.do(lambda: picture(call, given))
    facts = Picture(at_s=given.at_s, size_bytes=len(look.content))
    image = ImageContent(data=base64.b64encode(look.content).decode(), mime_type="image/jpeg")
    return Shown(facts, (image,))


def picture(call: Call, given: PictureOf) -> Look:
    """The JPEG that is asked for. Raises NotHere, UnknownJob, BadRequest, NothingToRender."""
    previews = call.services.previews
    if given.job_id is not None:
        made = call.services.jobs.artifacts(_job(call, given.job_id))
        if not made:
            raise BadRequest(detail="this render has not made a file, or has not yet")
        subject = previews.artifact(call.caller.user_id, made[0].id, call.caller.session_id)
        return previews.thumbnail(subject, given.at_s, given.width_px)
    session = call.session(given.session_id)
    if given.draft_id is not None:
        return previews.of_draft(session, given.draft_id, given.at_s, given.width_px)
    return previews.thumbnail(previews.asset(session, str(given.file_id)), given.at_s, given.width_px)


async def _followed(call: Call, name: str, wait_s: int, target: Path | None, *, overwrite: bool, owns: bool) -> Render:
    """The render when it has ended, or as it stands when the time is up; saved where that was asked.

    On a pipe a call that is cancelled stops the render that it began; over the network only cancel_job does, since a
    connection that breaks says nothing about what is wanted.
    """
    job = await call.do(lambda: _job(call, name))
    try:
        with anyio.move_on_after(wait_s):
            while job.state not in ENDED and not call.place.is_stopping():
                stage = job.stage or ("waiting" if job.state == "pending" else "working")
                await call.report(round(100 * job.progress, 1), stage)
                await anyio.sleep(_LOOK_S)
                call.place.check_rendering()
                job = await call.do(lambda: _job(call, name))
    except anyio.get_cancelled_exc_class():
        if owns and call.place.is_local:
            with anyio.CancelScope(shield=True):
                await call.do(lambda: call.services.jobs.cancel(call.caller.user_id, name))
        raise
    made = await call.do(lambda: call.services.jobs.artifacts(job) if job.state == "completed" else [])
    if job.state == "completed":
        await call.report(100, "completed")
    saved = await call.do(lambda: _saved(call, made, target, overwrite=overwrite)) if target and made else []
    return render_view(call, job, made, saved)


def _saved(call: Call, made: list[Artifact], target: Path, *, overwrite: bool) -> list[Path]:
    if len(made) > 1 and not target.is_dir():
        raise BadRequest(detail=f"this render made {len(made)} files; save_to has to be a folder")
    return [save(call.services.storage.read(one.blob), target, one.filename, overwrite=overwrite) for one in made]


def _job(call: Call, name: str) -> Job:
    job = call.services.jobs.get(call.caller.user_id, name)
    if not call.caller.may_open(job.session_id):
        raise NotHere
    return job


_EXPORT = """Use this when the user wants the file. It renders the timeline by its wish (see compress), checks the
result and tells size in bytes, length in seconds and bitrate in bit/s. It waits up to wait_s seconds (0 to 3600) with
progress, and then answers how it stands: go on with get_job. One export of a session runs at a time; one call makes one
timeline, so call it for each draft_id of a batch. For a dry run call estimate."""

_GET_JOB = """Use this to follow a render that export or edit began, by its job_id: state, progress in percent, seconds
left, and the files when it is completed. It waits for the end up to wait_s seconds (0 to 3600)."""


def _export(takes: type[ExportOf], more: str) -> Tool[Any]:
    return Tool(
        name="export",
        title="Make the file",
        description=f"{_EXPORT} {more}",
        takes=takes,
        gives=Render,
        run=export,
        scope="render",
        changes=True,
        destroys=takes is ExportHere,
        idempotent=False,
    )


def _get_job(takes: type[WaitFor], more: str) -> Tool[Any]:
    return Tool(
        name="get_job",
        title="How far a render is",
        description=f"{_GET_JOB} {more}",
        takes=takes,
        gives=Render,
        run=get_job,
        changes=takes is WaitHere,
        destroys=takes is WaitHere,
    )


EXPORT_HERE = _export(
    ExportHere,
    'Name save_to to have it as a file of this machine. Example: {"save_to": "/home/me/small.mp4", "wait_s": 600}',
)
EXPORT_LINK = _export(ExportOf, 'The finished file has a download link. Example: {"format": "mp4", "wait_s": 50}')
GET_JOB_HERE = _get_job(
    WaitHere, 'With save_to it writes the file. Example: {"job_id": "mcp_1a2b", "save_to": "/home/me/small.mp4"}'
)
GET_JOB_LINK = _get_job(WaitFor, 'Files have download links. Example: {"job_id": "mcp_1a2b", "wait_s": 50}')
CANCEL_JOB = Tool(
    name="cancel_job",
    title="Stop a render",
    description="""Use this when the user no longer wants a render that is pending or processing. What is completed
    stays as it is; stopping takes a second at most, so get_job may still say processing. One render a call.
    Example: {"job_id": "mcp_1a2b"}""",
    takes=JobOf,
    gives=Render,
    run=cancel_job,
    scope="render",
    changes=True,
    destroys=True,
)
THUMBNAIL = Tool(
    name="thumbnail",
    title="Look at a frame",
    description="""Use this to see what you did: a JPEG of a file, of a timeline with its titles, or of a finished
    render, at a moment in seconds (0 is the first frame). At most 640 pixels wide (width_px 16 to 640); say exactly one
    of file_id, draft_id and job_id. Example: {"draft_id": "drf_0a1b", "at_s": 2.5}""",
    takes=PictureOf,
    gives=Picture,
    run=thumbnail,
)

"""Files in: as a form, or by their addresses. Resumable uploads are beside it, in server/tus.py."""

from __future__ import annotations

from typing import cast

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest
from slimreel.server.answers.forms import answering
from slimreel.server.answers.sessions import FileItem, FileRefused, Uploaded
from slimreel.server.bodies import Urls
from slimreel.server.calls import BaseUrl, Calling, PathSession, Served, answer, scoped
from slimreel.server.envelope import failure
from slimreel.server.json_bodies import read_object
from slimreel.server.languages import language_of
from slimreel.server.multipart import FileOutcome, receive_files
from slimreel.services.arrivals import Arrival
from slimreel.services.db.models import Asset
from slimreel.services.wiring import Services

router = APIRouter(tags=["uploads"])


@router.post(
    "/api/upload-video/nemo_agent/{user}/{session_id}", dependencies=[scoped("upload")], responses=answering(Uploaded)
)
async def upload(
    session: PathSession, request: Request, services: Served, caller: Calling, base_url: BaseUrl
) -> JSONResponse:
    """Files as multipart/form-data (`files`, repeatable), or JSON `{"urls": ["https://…"], "source_type": "url"}`.

    When this answers, the session's state lists the files. One that is no use stops none of the others.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        received = await receive_files(request, services.uploads, caller, session.id)
        return await anyio.to_thread.run_sync(lambda: _answered(services, received, base_url, language_of(request)))
    sent = await request.body()
    try:
        body = Urls.model_validate(read_object(sent))
    except ValidationError as error:
        raise BadRequest(detail='send files as multipart/form-data, or {"urls": ["https://…"]}') from error
    fetched = await anyio.to_thread.run_sync(lambda: services.arrivals.fetch_all(session, body.urls))
    return await anyio.to_thread.run_sync(lambda: _answered(services, fetched, base_url, language_of(request)))


def _answered(
    services: Services, outcomes: list[FileOutcome] | list[Arrival], base_url: str, language: str
) -> JSONResponse:
    came: list[Asset] = [one.asset for one in outcomes if one.asset is not None]
    refused = [one for one in outcomes if one.problem is not None]
    if refused and not came:
        status, headers, body = failure(_problem(refused[0]), language=language)
        return JSONResponse({**body, "failed": [_refused(one, language) for one in refused]}, status, headers=headers)
    if not came:
        raise BadRequest(detail="there is no file in it; send the field `files`")
    files = cast("list[FileItem]", [services.assets.item(asset, base_url) for asset in came])
    data = Uploaded(files=files, uploaded_files=files, session_state_applied=True)
    if refused:
        data["failed"] = [_refused(one, language) for one in refused]
    return answer(data)


def _refused(one: FileOutcome | Arrival, language: str) -> FileRefused:
    body = failure(_problem(one), language=language).body
    return FileRefused(filename=one.filename, code=body["code"], message=body["message"])


def _problem(one: FileOutcome | Arrival) -> SlimreelError:
    assert one.problem is not None
    return one.problem

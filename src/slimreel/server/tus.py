"""Resumable uploads by tus 1.0 (https://tus.io): creation, creation-with-upload, termination, expiration, checksum.

It translates headers; what is kept, counted and locked is the business of services.uploads. A file that has come whole
is one of the session when the last PATCH is answered; GET of the upload's address tells it, or why it is none.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Coroutine
from contextlib import suppress
from email.utils import format_datetime
from typing import Any

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from slimreel.agent.reply import say_error, say_told
from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, ServiceError, UnsupportedFile
from slimreel.server.answers.forms import answering
from slimreel.server.answers.system import UploadProblem, UploadState
from slimreel.server.envelope import refusal
from slimreel.server.languages import language_of
from slimreel.server.multipart import finishing, writing
from slimreel.services.db.models import Upload
from slimreel.services.incoming import Incoming
from slimreel.services.uploads import Uploads, is_open

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
CONTENT = "application/offset+octet-stream"
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_METADATA_BYTES = 4096


class _Refused(Exception):
    """A status that only tus knows, with a sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class _TusRoute(APIRoute):
    """Checks the version of the protocol, and writes it on every answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                if request.method not in {"OPTIONS", "GET"}:
                    _check_version(request)
                response = await handle(request)
            except _Refused as error:
                response = _refusal(error.status, error.status, str(error))
            except ServiceError as error:
                response = _refusal(error.http_status, error.wire_code, say_error(error, language_of(request)))
                if "retry_after_s" in error.fields:
                    response.headers["Retry-After"] = str(error.fields["retry_after_s"])
            response.headers["Tus-Resumable"] = VERSION
            response.headers["Cache-Control"] = "no-store"
            if response.status_code == 412:
                response.headers["Tus-Version"] = VERSION
            return response

        return answer


router = APIRouter(prefix="/api/uploads", tags=["resumable upload"], route_class=_TusRoute)


@router.options("/{session_id}", status_code=204)
@router.options("/{session_id}/{upload_id}", status_code=204)
async def capabilities(request: Request) -> Response:
    """What this server can do of tus."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(_uploads(request).most_bytes),
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
    }
    return Response(status_code=204, headers=headers)


@router.post("/{session_id}", status_code=201, response_class=Response)
async def create(request: Request, session_id: str) -> Response:
    """Begin an upload of `Upload-Length` bytes; its first ones may come along. `Upload-Metadata` holds `filename`."""
    uploads, user_id = _uploads(request), _user_id(request)
    size, filename = _number(request, "upload-length"), _filename(request.headers.get("upload-metadata", ""))
    if size == 0:
        raise BadRequest(detail="an empty file is of no use")
    has_content = request.headers.get("content-type", "").strip().lower() == CONTENT
    _check_length(request, size if has_content else 0)

    def begin() -> Upload:
        return uploads.begin(user_id, session_id, filename, size, resumable=True)

    upload = await to_thread.run_sync(begin)
    if has_content:
        await _receive(request, uploads, upload)
    headers = _headers(upload) | {"Location": f"{router.prefix}/{session_id}/{upload.id}"}
    return Response(status_code=201, headers=headers)


@router.head("/{session_id}/{upload_id}", status_code=200, response_class=Response)
async def offset(request: Request, session_id: str, upload_id: str) -> Response:
    """Where to go on."""
    upload = await _find(request, session_id, upload_id)
    if upload.problem is not None:
        raise _Refused(410, _problem(upload, language_of(request))["message"])
    told = b64encode(upload.filename.encode()).decode()
    return Response(status_code=200, headers=_headers(upload) | {"Upload-Metadata": f"filename {told}"})


@router.get("/{session_id}/{upload_id}", responses=answering(UploadState))
async def state(request: Request, session_id: str, upload_id: str) -> JSONResponse:
    """What became of an upload: `open`, `done` with the file as the protocol tells it, or `refused` with the reason."""
    upload = await _find(request, session_id, upload_id)
    data: dict[str, Any] = {
        "state": "open" if is_open(upload) else "done" if upload.asset_id else "refused",
        "offset": upload.received,
        "length": upload.size,
    }
    if upload.problem is not None:
        data["problem"] = _problem(upload, language_of(request))
    if upload.asset_id is not None:
        assets = request.app.state.services.assets
        data["item"] = await to_thread.run_sync(assets.item_of, upload.asset_id, upload.user_id, str(request.base_url))
    return JSONResponse({"code": 0, "success": True, "message": "ok", "data": data, **data})


@router.patch("/{session_id}/{upload_id}", status_code=204)
async def append(request: Request, session_id: str, upload_id: str) -> Response:
    """More bytes, from `Upload-Offset` on. The last one makes it a file of the session: `Upload-Asset` names it."""
    if request.headers.get("content-type", "").strip().lower() != CONTENT:
        raise _Refused(415, f"The content type must be {CONTENT}.")
    wanted = _number(request, "upload-offset")
    _checksum(request)
    upload = await _find(request, session_id, upload_id)
    _check_offset(upload, wanted)
    _check_length(request, (upload.size or 0) - wanted)
    await _receive(request, _uploads(request), upload)
    return Response(status_code=204, headers=_headers(upload))


@router.delete("/{session_id}/{upload_id}", status_code=204)
async def terminate(request: Request, session_id: str, upload_id: str) -> Response:
    """Give an upload up; what has come of it is dropped."""
    upload = await _find(request, session_id, upload_id)
    await to_thread.run_sync(_uploads(request).terminate, upload)
    return Response(status_code=204)


@router.post("/{session_id}/{upload_id}", include_in_schema=False)
async def override(request: Request, session_id: str, upload_id: str) -> Response:
    """For clients that can send nothing but POST: `X-HTTP-Method-Override` says what is meant."""
    meant = {"PATCH": append, "DELETE": terminate}.get(request.headers.get("x-http-method-override", "").upper())
    if meant is None:
        raise _Refused(405, "X-HTTP-Method-Override must be PATCH or DELETE.")
    return await meant(request, session_id, upload_id)


def _problem(upload: Upload, language: str) -> UploadProblem:
    found: dict[str, Any] = upload.problem or {}
    message = say_told(str(found["error"]), found.get("fields", {}), str(found["message"]), language)
    return UploadProblem(code=int(found["code"]), error=str(found["error"]), message=message)


async def _receive(request: Request, uploads: Uploads, upload: Upload) -> None:
    """The body as the next bytes of the upload; what has come of a body that breaks off is kept, without a checksum."""
    checksum = _checksum(request)
    incoming = await to_thread.run_sync(uploads.open, upload, limiter=writing())
    told = checksum[0]() if checksum else None
    try:
        _check_offset(upload, incoming.offset)  # somebody else may have been quicker
        if told is not None:
            await to_thread.run_sync(incoming.hold, limiter=writing())
        async for chunk in request.stream():
            if chunk:
                if told is not None:
                    told.update(chunk)
                await to_thread.run_sync(uploads.write, upload, incoming, chunk, limiter=writing())
        if checksum and told is not None and told.digest() != checksum[1]:
            raise _Refused(460, "The checksum is not that of the bytes that came. Send them again.")
    except BaseException as error:
        with CancelScope(shield=True):
            await to_thread.run_sync(_let_go, uploads, upload, incoming, limiter=writing())
        if isinstance(error, ClientDisconnect):
            raise BadRequest(detail="the body ended before it was whole") from error
        raise
    await to_thread.run_sync(_settle, uploads, upload, incoming, limiter=finishing())


def _let_go(uploads: Uploads, upload: Upload, incoming: Incoming) -> None:
    """Keep what came of a body that broke off; `rewind` forgets it where nothing says that it is right."""
    try:
        incoming.rewind()
    finally:
        uploads.pause(upload, incoming)


def _settle(uploads: Uploads, upload: Upload, incoming: Incoming) -> None:
    try:
        incoming.accept()
    except SlimreelError:
        incoming.close()
        raise
    upload.received = incoming.offset
    if incoming.offset == upload.size:
        uploads.finish(upload, incoming)
    else:
        uploads.pause(upload, incoming)


async def _find(request: Request, session_id: str, upload_id: str) -> Upload:
    uploads, user_id = _uploads(request), _user_id(request)

    def found() -> Upload:
        upload = uploads.find(upload_id, user_id, session_id)
        if is_open(upload) and upload.received == upload.size and request.method != "DELETE":
            with suppress(UnsupportedFile):  # its row says it
                uploads.resume_complete(upload)
            return uploads.find(upload_id, user_id, session_id)
        return upload

    return await to_thread.run_sync(found, limiter=finishing())


def _headers(upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)}
    if is_open(upload):
        headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    if upload.asset_id is not None:
        headers["Upload-Asset"] = upload.asset_id
    return headers


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise _Refused(412, f"Tus-Resumable must be {VERSION}.")


def _check_offset(upload: Upload, offset: int) -> None:
    if not is_open(upload) or upload.received != offset:
        raise _Refused(409, f"The upload stands at byte {upload.received}.")


def _check_length(request: Request, most: int) -> None:
    """Refuse a body by its header that says more than fits."""
    told = request.headers.get("content-length", "0")
    if _NUMBER.fullmatch(told) and int(told) > most:
        raise BadRequest(detail="there are more bytes than the upload was announced with")


def _checksum(request: Request) -> tuple[Callable[[], Any], bytes] | None:
    header = request.headers.get("upload-checksum")
    if header is None:
        return None
    name, _, text = header.strip().partition(" ")
    if name not in _ALGORITHMS:
        raise BadRequest(detail=f"the checksum can be {', '.join(_ALGORITHMS)}")
    try:
        return _ALGORITHMS[name], b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(detail="the checksum is not base64") from error


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not _NUMBER.fullmatch(text):
        raise BadRequest(detail=f"the header {header.title()} must be a whole number")
    return int(text)


def _filename(metadata: str) -> str:
    """The file name in `Upload-Metadata`: pairs of a key and its value in base64, with commas between."""
    if len(metadata) > _METADATA_BYTES:
        raise BadRequest(detail="the header Upload-Metadata is too long")
    pairs = dict(pair.strip().partition(" ")[::2] for pair in metadata.split(",") if pair.strip())
    try:
        return b64decode(pairs.get("filename") or pairs.get("name", ""), validate=True).decode()
    except ValueError as error:
        raise BadRequest(detail="the header Upload-Metadata is not keys with values in base64") from error


def _refusal(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse(refusal(code, message), status_code=status)


def _uploads(request: Request) -> Uploads:
    found: Uploads = request.app.state.services.uploads
    return found


def _user_id(request: Request) -> str:
    found: str = request.scope["state"]["caller"].user_id
    return found

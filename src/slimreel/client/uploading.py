"""The flow of a file to the server: in pieces that can be resumed (tus 1.0) where the server offers it, else in one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from slimreel.client import conversation
from slimreel.client.calls import AWAY_S, answered, call, prepare
from slimreel.client.conversation import Conversation, Uploaded
from slimreel.client.refusals import code_of, refusal, rejected
from slimreel.client.steps import Flow, Request, Response, Source, Tell, Wait
from slimreel.errors.client import FileRejected, NothingThere, NotTheProtocol, Unreachable

PIECE_BYTES = 4 * 1024 * 1024
_VERSION = {"Tus-Resumable": "1.0.0"}
_PIECE_S = 300.0


def upload(talk: Conversation, source: Source) -> Flow[Uploaded]:
    """The file as the server knows it. Asked for again after a failure, it goes on where it was.

    Raises FileRejected, FileOverLimit and the rest of Refused, Unreachable.
    """
    yield Tell("upload", source.name, 0.0)
    found = (yield from _resumably(talk, source)) if (yield from _is_resumable(talk)) else None
    if found is None:
        found = yield from _whole(talk, source)
    talk.draft = None
    yield Tell("upload", source.name, 1.0)
    return found


def fetch(talk: Conversation, urls: list[str]) -> Flow[tuple[Uploaded, ...]]:
    """Files that the server gets by itself, by their addresses."""
    document = yield from call(talk, lambda talk: conversation.send_addresses(talk, urls), again=False)
    talk.draft = None
    return conversation.uploaded_of(conversation.data_of(document))


def _whole(talk: Conversation, source: Source) -> Flow[Uploaded]:
    """As a form. Where the answer was lost, the state says whether the file is there; else it is sent once more."""
    for last in (False, True):
        try:
            document = yield from call(talk, lambda talk: conversation.send_file(talk, source), again=False)
        except Unreachable:
            if last:
                raise
            yield Wait(AWAY_S[0])
            files = conversation.state_of((yield from call(talk, conversation.latest))).files
            there = [one for one in files if (one.filename, one.size_bytes) == (source.name, source.size)]
            if there:
                return there[-1]
            continue
        data = conversation.data_of(document)
        if files := conversation.uploaded_of(data):
            return files[0]
        raise _rejected(data, source)
    raise AssertionError("the last try returns or raises")


def _rejected(data: Mapping[str, Any], source: Source) -> FileRejected | NotTheProtocol:
    failed = data.get("failed")
    if isinstance(failed, list) and failed and isinstance(failed[0], dict):
        return rejected(str(failed[0].get("message") or source.name))
    return NotTheProtocol(server="The service", detail=f"it does not list {source.name} after the upload")


def _is_resumable(talk: Conversation) -> Flow[bool]:
    """Asked once; a server that knows nothing of it answers with any refusal."""
    if talk.resumable is None:
        yield from prepare(talk, in_session=True)
        response: Response = yield Request(method="OPTIONS", path=f"/api/uploads/{talk.session_id}", headers=_VERSION)
        if response.status:
            talk.resumable = response.is_success and "1.0.0" in response.headers.get("tus-version", "")
    return bool(talk.resumable)


def _resumably(talk: Conversation, source: Source) -> Flow[Uploaded | None]:
    """None where the server does not take it in this way after all."""
    path = talk.unfinished.get(source.fingerprint, "")
    offset = (yield from _offset(talk, path)) if path else None
    for _ in range(2):
        if offset is None:
            path, offset = (yield from _create(talk, source)), 0
            if not path:
                return None
            talk.unfinished[source.fingerprint] = path
        try:
            yield from _send(talk, source, path, offset)
            return (yield from _item(talk, source, path))
        except NothingThere:  # it was kept no longer
            offset = None
    return None


def _create(talk: Conversation, source: Source) -> Flow[str]:
    name = b64encode(source.name.encode()).decode()
    headers = {**_VERSION, "Upload-Length": str(source.size), "Upload-Metadata": f"filename {name}"}

    def build(talk: Conversation) -> Request:
        return Request(method="POST", path=f"/api/uploads/{talk.session_id}", headers=headers)

    response = yield from answered(talk, build)
    return response.headers.get("location", "")


def _offset(talk: Conversation, path: str) -> Flow[int | None]:
    """Where to go on; None where the server knows nothing of it."""
    response = yield from _patient(talk, Request(method="HEAD", path=path, headers=_VERSION))
    told = response.headers.get("upload-offset", "")
    return int(told) if response.is_success and told.isdigit() else None


def _send(talk: Conversation, source: Source, path: str, offset: int) -> Flow[None]:
    away = 0
    while offset < source.size:
        yield Tell("upload", source.name, offset / source.size)
        headers = {**_VERSION, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        content = source.read(offset, PIECE_BYTES)
        response: Response = yield Request(
            method="PATCH", path=path, headers=headers, content=content, timeout_s=_PIECE_S
        )
        told = response.headers.get("upload-offset", "")
        if response.is_success and told.isdigit():
            offset, away = int(told), 0
            continue
        if not _is_passing(response):
            talk.unfinished.pop(source.fingerprint, None)
            raise refusal(response)
        if away == len(AWAY_S):
            raise Unreachable(server=talk.server, detail=response.problem or f"it answers {response.status}")
        yield Wait(AWAY_S[away])
        away += 1
        stands = yield from _offset(talk, path)
        if stands is None:
            talk.unfinished.pop(source.fingerprint, None)
            raise NothingThere(message="the upload is not known any more.")
        offset = stands


def _item(talk: Conversation, source: Source, path: str) -> Flow[Uploaded]:
    """What became of the bytes: a file of the project, or a refusal."""
    talk.unfinished.pop(source.fingerprint, None)
    response = yield from _patient(talk, Request(method="GET", path=path, headers=_VERSION))
    if code_of(response):
        raise refusal(response)
    data = conversation.data_of(response.document() or {})
    if isinstance(item := data.get("item"), dict):
        return conversation.uploaded(item)
    problem = data.get("problem")
    message = problem.get("message") or problem.get("sentence") if isinstance(problem, dict) else None
    raise rejected(str(message or source.name))


def _patient(talk: Conversation, request: Request) -> Flow[Response]:
    """The response, after as many tries as it takes a service to start again."""
    for pause_s in AWAY_S:
        response: Response = yield request
        if response.status and response.status not in (502, 503, 504):
            return response
        yield Wait(pause_s)
    raise Unreachable(server=talk.server, detail=response.problem or f"it answers {response.status}")


def _is_passing(response: Response) -> bool:
    """Worth another try: no answer, a fault, somebody else writing, an offset that is not ours."""
    return response.status == 0 or response.status >= 500 or response.status in (409, 423, 429, 460)

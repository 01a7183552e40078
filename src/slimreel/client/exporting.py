"""The flow of a finished file: begun, watched, begun once more where it failed, fetched with ranges, and checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from slimreel.client import conversation
from slimreel.client.calls import AWAY_S, call
from slimreel.client.conversation import Conversation, Exported
from slimreel.client.refusals import code_of, refusal
from slimreel.client.steps import Flow, Opened, Piece, Read, Response, Sink, Tell, Wait
from slimreel.client.talking import state
from slimreel.client.timeline import is_exportable
from slimreel.errors.client import (
    DownloadIncomplete,
    NothingToExport,
    NoWord,
    Refused,
    RenderFailed,
    SessionGone,
    Unreachable,
)

# As the published skills ask for it.
OUTPUT: Mapping[str, Any] = {"format": "mp4", "quality": "high"}
SLOW_POLL_S, _SLOW_POLLS = 30.0, 40
_QUICK_POLLS_S = (0.5, 0.5, 1.0, 1.0, 2.0, 3.0, 5.0)
_DOWNLOADS = 6  # tries without a byte of progress
# Failures that come again however often one tries: their code is one of slimreel's errors.
_FINAL = {
    "target_impossible", "not_a_video", "hostile_input", "damaged_input", "beyond_salvage", "usage", "contradiction",
    "impossible_pair", "glyphs_missing", "bad_subtitles", "edit_refused", "facts_missing",
}  # fmt: skip
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def export(
    talk: Conversation,
    sink: Sink,
    *,
    draft: Mapping[str, Any] | None = None,
    output: Mapping[str, Any] | None = None,
) -> Flow[Exported]:
    """Makes a file of a draft, else of the latest one, and writes it into the sink.

    Raises NothingToExport, RenderFailed, DownloadIncomplete, NoWord, Refused, Unreachable.
    """
    wanted = draft if draft is not None else (yield from state(talk)).draft
    if not is_exportable(wanted):
        raise NothingToExport
    for last in (False, True):
        render_id = f"render_{talk.new_id()}"
        yield Tell("export", "", 0.0)
        try:
            told = yield from _made(talk, render_id, wanted, OUTPUT if output is None else output)
            break
        except (RenderFailed, SessionGone) as error:
            if last or error.fields.get("reason_code") in _FINAL:
                raise
    return (yield from _fetched(talk, render_id, told, sink))


def finish(talk: Conversation, render_id: str, sink: Sink) -> Flow[Exported]:
    """The file of a render that was begun already, for example by a message."""
    told = yield from _watched(talk, render_id, None)
    return (yield from _fetched(talk, render_id, told, sink))


def _made(
    talk: Conversation, render_id: str, draft: Mapping[str, Any], output: Mapping[str, Any]
) -> Flow[Mapping[str, Any]]:
    document = yield from call(talk, lambda talk: conversation.submit(talk, render_id, draft, output))
    return (yield from _watched(talk, render_id, conversation.data_of(document)))


def _watched(talk: Conversation, render_id: str, told: Mapping[str, Any] | None) -> Flow[Mapping[str, Any]]:
    """The status of the render once it is completed. Quick where the server tells how far it is."""
    polls = slow = 0
    while True:
        if told is None:
            document = yield from call(talk, lambda _: conversation.status(render_id), in_session=False)
            told = conversation.data_of(document)
        state_ = str(told.get("status") or "").lower()
        if state_ in ("completed", "complete", "succeeded", "success", "done"):
            yield Tell("export", "", 1.0)
            return told
        if state_ in ("failed", "error", "cancelled", "canceled"):
            raise _failure(told, state_)
        progress = told.get("progress")
        tells = isinstance(progress, (int, float)) and ("stage" in told or progress > 0)
        if tells and isinstance(progress, (int, float)):
            yield Tell("export", str(told.get("stage") or ""), min(float(progress), 99.0) / 100)
            yield Wait(_QUICK_POLLS_S[min(polls, len(_QUICK_POLLS_S) - 1)])
        else:
            if slow == _SLOW_POLLS:
                raise NoWord(waited_s=round(slow * SLOW_POLL_S))
            slow += 1
            yield Wait(SLOW_POLL_S)
        polls += 1
        told = None


def _failure(told: Mapping[str, Any], state_: str) -> RenderFailed:
    error = told.get("error")
    if isinstance(error, dict):
        reason = str(error.get("sentence") or error.get("message") or state_)
        fields = error.get("fields")
        return RenderFailed(
            reason=reason,
            reason_code=str(error.get("code") or ""),
            reason_fields=fields if isinstance(fields, dict) else {},
        )
    return RenderFailed(reason=str(error or f"it was {state_}."), reason_code="")


def _fetched(talk: Conversation, render_id: str, told: Mapping[str, Any], sink: Sink) -> Flow[Exported]:
    output = told.get("output")
    facts = output if isinstance(output, dict) else {}
    url = str(facts.get("url") or told.get("outputUrl") or told.get("output_url") or "")
    own = f"/api/render/proxy/{render_id}/download"
    size, digest = facts.get("size"), str(facts.get("hash") or "").removeprefix("sha256:").lower()
    wanted_bytes = size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None
    wanted_hash = digest if _SHA256.fullmatch(digest) else None
    for place in [url, own] if url else [own]:
        try:
            got_bytes, got_hash = yield from _download(talk, place, sink, wanted_bytes, wanted_hash)
        except (Refused, Unreachable, DownloadIncomplete):
            if place == own:
                raise
            sink.restart()
            continue
        return Exported(render_id, got_bytes, got_hash, str(facts.get("filename") or ""), dict(facts))
    raise AssertionError("the last place returns or raises")


def _download(
    talk: Conversation, place: str, sink: Sink, wanted_bytes: int | None, wanted_hash: str | None
) -> Flow[tuple[int, str]]:
    """The whole file, in as many parts as it takes: its size and SHA-256."""
    got, hashed, total, tag, failures = 0, hashlib.sha256(), wanted_bytes, "", 0
    while True:
        headers = {"Accept-Encoding": "identity"}
        if got:
            headers |= {"Range": f"bytes={got}-", **({"If-Range": tag} if tag else {})}
        response: Response = yield Opened(method="GET", path=place, headers=headers, timeout_s=60.0)
        before = got
        if response.is_success:
            if got and _start(response) != got:
                sink.restart()
                got, hashed, before = 0, hashlib.sha256(), -1
            tag = response.headers.get("etag", "")
            total = wanted_bytes or _total(response) or total
            piece: Piece = yield Read()
            while piece.data:
                sink.write(piece.data)
                hashed.update(piece.data)
                got += len(piece.data)
                yield Tell("download", "", min(got / total, 1.0) if total else None)
                piece = yield Read()
            if got == total or (total is None and not piece.broken):
                break
            if total is not None and got > total:
                raise DownloadIncomplete(detail=f"{got} bytes instead of {total}")
        elif response.status and not _may_pass(response):
            raise refusal(response) if code_of(response) else DownloadIncomplete(detail=f"status {response.status}")
        failures = 0 if got > before >= 0 else failures + 1
        if failures >= _DOWNLOADS:
            if response.status == 0:
                raise Unreachable(server=talk.address(place).split("?")[0], detail=response.problem)
            raise DownloadIncomplete(detail=f"{got} of {total} bytes came")
        yield Wait(AWAY_S[min(failures, len(AWAY_S) - 1)])
    if wanted_hash is not None and hashed.hexdigest() != wanted_hash:
        raise DownloadIncomplete(detail="its content is not that of the hash")
    return got, hashed.hexdigest()


def _start(response: Response) -> int:
    found = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
    return int(found[1]) if found and response.status == 206 else 0


def _total(response: Response) -> int | None:
    """The size of the whole file, by the headers of a whole answer or a part."""
    found = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
    if found:
        return int(found[2]) if found[2] != "*" else None
    length = response.headers.get("content-length", "")
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    return int(length) if length.isdigit() and not encoded else None


def _may_pass(response: Response) -> bool:
    return response.status >= 500 or response.status in (408, 416, 429)

"""What agents can read by address: operations, presets, sessions, timelines, renders, and small pictures of them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from mcp_types import BlobResourceContents, Resource, ResourceTemplate, TextResourceContents

from slimreel.core import records
from slimreel.core.presets import all_presets
from slimreel.errors.service import BadRequest, NotHere
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.tools.renders import PictureOf, picture
from slimreel.mcp_server.tools.timelines import known
from slimreel.mcp_server.views import file_view, render_view, timeline_view
from slimreel.services import drafts as draft_rows
from slimreel.services.tokens import require

_JSON, _JPEG = "application/json", "image/jpeg"
_SESSIONS, _ITEMS = 3, 20
Contents = TextResourceContents | BlobResourceContents


@dataclass(frozen=True, slots=True)
class _Kind:
    """Resources of one form."""

    template: str
    name: str
    description: str
    read: Callable[[Call, dict[str, str]], dict[str, Any] | bytes]

    @property
    def media_type(self) -> str:
        return _JPEG if "thumbnail" in self.template else _JSON

    def match(self, uri: str) -> dict[str, str] | None:
        path, _, query = uri.partition("?")
        plain = re.sub(r"\{\?[^}]*\}", "", self.template)
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[A-Za-z0-9_.-]{1,128})", re.escape(plain))
        found = re.fullmatch(pattern, path)
        if found is None:
            return None
        said = {key: values[0] for key, values in parse_qs(query, max_num_fields=8).items()}
        return {**said, **found.groupdict()}


def _operations(_: Call, names: dict[str, str]) -> dict[str, Any]:
    found = known([names["name"]] if "name" in names else [])
    if not found.operations:
        raise NotHere
    return found.model_dump()


def _presets(_: Call, __: dict[str, str]) -> dict[str, Any]:
    return {
        "presets": [
            {**records.facts_of(preset), "goal": records.said(preset.goal)} for preset in all_presets().values()
        ]
    }


def _session(call: Call, names: dict[str, str]) -> dict[str, Any]:
    session, services = call.session(names["session_id"]), call.services
    return {
        "session_id": session.id,
        "name": session.name,
        "files": [file_view(row).model_dump() for row in services.assets.of_session(session.id)],
        "timelines": [timeline_view(row, session).model_dump() for row in services.drafts.of_session(session.id)],
    }


def _draft(call: Call, names: dict[str, str]) -> dict[str, Any]:
    session = call.session(names["session_id"])
    row = call.services.drafts.find(session.id, names["draft_id"])
    return {**timeline_view(row, session).model_dump(exclude_none=True), "draft": draft_rows.handed_out(row)}


def _job(call: Call, names: dict[str, str]) -> dict[str, Any]:
    job = call.services.jobs.get(call.caller.user_id, names["job_id"])
    call.check_open(job.session_id)
    return render_view(call, job, call.services.jobs.artifacts(job)).model_dump(exclude_none=True)


def _picture(call: Call, names: dict[str, str]) -> bytes:
    try:
        at_s = float(names.pop("at_s", "0"))
        of = {name: value for name, value in names.items() if name.endswith("_id")}
        wanted = PictureOf.model_validate({**of, "at_s": at_s})
    except ValueError as error:
        raise BadRequest(detail="at_s is seconds from the start, at least 0") from error
    return picture(call, wanted).content


_BASE = "slimreel://sessions/{session_id}"
KINDS = (
    _Kind("slimreel://operations", "operations", "every operation with one line", _operations),
    _Kind("slimreel://presets", "presets", "named goals for platforms, dated and with sources", _presets),
    _Kind("slimreel://operations/{name}", "operation", "JSON schema of one operation's parameters", _operations),
    _Kind(_BASE, "session", "files and timelines of a session", _session),
    _Kind(_BASE + "/drafts/{draft_id}", "draft", "a whole timeline, times in milliseconds", _draft),
    _Kind(_BASE + "/drafts/{draft_id}/thumbnail{?at_s}", "draft_thumbnail", "JPEG of a timeline at a second", _picture),
    _Kind(_BASE + "/files/{file_id}/thumbnail{?at_s}", "file_thumbnail", "JPEG of a file at a second", _picture),
    _Kind("slimreel://jobs/{job_id}", "job", "a render, and its files", _job),
    _Kind(
        "slimreel://jobs/{job_id}/thumbnail{?at_s}", "job_thumbnail", "JPEG of a finished file at a second", _picture
    ),
)


def listed(call: Call) -> list[Resource]:
    """What is always there, and the timelines and renders of the sessions used last."""
    found = [
        Resource(uri=kind.template, name=kind.name, description=kind.description, mime_type=kind.media_type)
        for kind in KINDS
        if "{" not in kind.template
    ]
    require(call.caller, "read")
    services, user_id = call.services, call.caller.user_id
    only = call.caller.session_id
    sessions = [services.sessions.find(user_id, only)] if only else services.sessions.listed(user_id, count=_SESSIONS)
    for session in sessions:
        for row in services.drafts.of_session(session.id)[-_ITEMS:]:
            told = timeline_view(row, session)
            found.append(Resource(uri=told.uri, name=row.id, description=told.summary, mime_type=_JSON))
        for job in services.jobs.list(user_id, session.id, count=_ITEMS):
            uri = f"slimreel://jobs/{job.name}"
            found.append(Resource(uri=uri, name=job.name, description=f"{job.kind}, {job.state}", mime_type=_JSON))
    return found


def templates() -> list[ResourceTemplate]:
    return [
        ResourceTemplate(
            uri_template=kind.template, name=kind.name, description=kind.description, mime_type=kind.media_type
        )
        for kind in KINDS
        if "{" in kind.template
    ]


def read(call: Call, uri: str) -> Contents:
    """Raises NotHere for what is no address, and the errors of what is read."""
    require(call.caller, "read")
    for kind in KINDS:
        names = kind.match(uri)
        if names is not None:
            content = kind.read(call, names)
            if isinstance(content, bytes):
                return BlobResourceContents(uri=uri, mime_type=_JPEG, blob=base64.b64encode(content).decode())
            text = json.dumps(content, ensure_ascii=False)
            return TextResourceContents(uri=uri, mime_type=_JSON, text=text)
    raise NotHere

"""What a client remembers of its conversation with one server: who it is, which project is open, what it has seen.

Also the calls of the protocol as requests, and answers as records. Pure: nothing is sent here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from slimreel.client.attribution import OWN
from slimreel.client.environment import Keepsakes
from slimreel.client.gui_words import Action
from slimreel.client.sentences import sentence
from slimreel.client.steps import Opened, Request, Source
from slimreel.client.timeline import summary

_UPLOAD_S, _TURN_READ_S = 900.0, 120.0


@dataclass(slots=True)
class Conversation:
    """One user's talk with one server. The flows change it; two flows at once must not share it."""

    server: str
    token: str = field(default="", repr=False)
    keepsakes: Keepsakes | None = field(default=None, repr=False)
    client_id: str = field(default="", repr=False)
    attribution: Mapping[str, str] = field(default_factory=lambda: dict(OWN))
    language: str = "en"
    task_name: str = "project"
    new_id: Callable[[], str] = field(default=lambda: secrets.token_hex(8), repr=False)

    session_id: str = ""
    task_id: str = ""
    user_id: str = ""  # also what an account is registered by
    is_anonymous: bool = True
    was_reached: bool = False  # has the server ever answered?
    draft: Mapping[str, Any] | None = None  # as last read; None where it has to be read
    resumable: bool | None = None  # does the server take tus? None: not known
    unfinished: dict[str, str] = field(default_factory=dict)  # a file's fingerprint → its upload's path
    turns: set[str] = field(default_factory=set)  # that were heard

    def __post_init__(self) -> None:
        self.server = self.server.rstrip("/")

    @property
    def origin(self) -> tuple[str, str]:
        parts = urlsplit(self.server)
        return parts.scheme, parts.netloc

    def headers(self, request: Request) -> dict[str, str]:
        """Those of the request, with the token where it belongs: never to another server than ours."""
        parts = urlsplit(request.path)
        is_ours = not parts.netloc or (parts.scheme, parts.netloc) == self.origin
        ours = dict(self.attribution) if is_ours else {}
        if is_ours and request.signed and self.token:
            ours["Authorization"] = f"Bearer {self.token}"
        return {**ours, **request.headers}

    def address(self, path: str) -> str:
        return path if urlsplit(path).netloc else self.server + path

    def remedy(self) -> str:
        """What somebody without credits can do."""
        if not self.is_anonymous:
            return sentence("top_up", self.language)
        link = f"{self.server}/register?bind={quote(self.user_id, safe='')}"
        return sentence("register", self.language, link=link)

    def forget_project(self) -> None:
        self.session_id, self.draft = "", None
        self.unfinished.clear()


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the server has: `kind` is video, image or audio; seconds and bytes, None where it does not say."""

    id: str
    filename: str
    kind: str = ""
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Credits:
    """What is left, and what is set aside for work that goes on."""

    available: float
    frozen: float
    total: float


@dataclass(frozen=True, slots=True)
class State:
    """A project: its latest draft, all drafts where the server tells them, and the names of its files."""

    draft: Mapping[str, Any]
    drafts: tuple[Mapping[str, Any], ...] = ()
    files: tuple[Uploaded, ...] = ()

    def timeline(self, language: str = "en") -> str:
        return summary(self.draft, language)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a message led to. `text` is never empty: where the server said nothing, it tells what changed."""

    text: str
    language: str
    timeline: str = ""
    changed: tuple[str, ...] = ()  # what differs on the timeline now, a sentence each
    tools: tuple[str, ...] = ()  # operations that the server carried out
    options: tuple[str, ...] = ()  # answers to its question
    actions: tuple[Action, ...] = ()  # what it asked a hand at a screen to do
    renders: tuple[str, ...] = ()  # renders that it began
    is_silent: bool = False

    @property
    def did_something(self) -> bool:
        return bool(self.changed or self.tools or self.renders)


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file, fetched and checked."""

    render_id: str
    size_bytes: int
    sha256: str
    filename: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)  # as the server tells them


def sign_in(talk: Conversation) -> Request:
    headers = {"X-Client-Id": talk.client_id}
    return Request(method="POST", path="/api/auth/anonymous-token", headers=headers, signed=False)


def begin(talk: Conversation) -> Request:
    body = {"task_name": talk.task_name, "language": talk.language}
    return Request(method="POST", path="/api/tasks/me/with-session/nemo_agent", json=body)


def send_file(talk: Conversation, source: Source) -> Request:
    path = f"/api/upload-video/nemo_agent/me/{talk.session_id}"
    return Request(method="POST", path=path, form=source, timeout_s=_UPLOAD_S)


def send_addresses(talk: Conversation, urls: list[str]) -> Request:
    path = f"/api/upload-video/nemo_agent/me/{talk.session_id}"
    return Request(method="POST", path=path, json={"urls": urls, "source_type": "url"}, timeout_s=_UPLOAD_S)


def message(talk: Conversation, text: str, last_id: str = "") -> Opened:
    body = {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": talk.session_id,
        "new_message": {"role": "user", "parts": [{"text": text}]},
        "streaming": False,
    }
    headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
    return Opened(method="POST", path="/run_sse", headers=headers, json=body, timeout_s=_TURN_READ_S)


def latest(talk: Conversation) -> Request:
    return Request(method="GET", path=f"/api/state/nemo_agent/me/{talk.session_id}/latest")


def turns(talk: Conversation) -> Request:
    """A call that only slimreel has."""
    return Request(method="GET", path=f"/api/slimreel/sessions/{talk.session_id}/turns")


def balance(_talk: Conversation) -> Request:
    return Request(method="GET", path="/api/credits/balance/simple")


def submit(talk: Conversation, render_id: str, draft: Mapping[str, Any], output: Mapping[str, Any]) -> Request:
    body = {"id": render_id, "sessionId": talk.session_id, "draft": dict(draft), "output": dict(output)}
    return Request(method="POST", path="/api/render/proxy/lambda", json=body)


def status(render_id: str) -> Request:
    return Request(method="GET", path=f"/api/render/proxy/lambda/{quote(render_id, safe='')}")


def data_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an answer carries, in whichever of the three envelopes."""
    data = document.get("data")
    return {**document, **data} if isinstance(data, dict) else document


def state_of(document: Mapping[str, Any]) -> State:
    data = data_of(document)
    state = data.get("state")
    state = state if isinstance(state, dict) else data
    drafts = state.get("drafts")
    draft = state.get("draft")
    files = state.get("video_infos")
    return State(
        draft=draft if isinstance(draft, dict) else {},
        drafts=tuple(one for one in drafts if isinstance(one, dict)) if isinstance(drafts, list) else (),
        files=uploaded_of({"files": files}),
    )


def uploaded_of(data: Mapping[str, Any]) -> tuple[Uploaded, ...]:
    found = data.get("files") or data.get("uploaded_files")
    return tuple(uploaded(one) for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def uploaded(item: Mapping[str, Any]) -> Uploaded:
    def number(key: str) -> Any:
        value = item.get(key)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    return Uploaded(
        id=str(item.get("id") or ""),
        filename=str(item.get("filename") or item.get("name") or ""),
        kind=str(item.get("file_type") or ""),
        duration_s=number("duration"),
        width=number("width"),
        height=number("height"),
        size_bytes=number("size"),
    )

"""Answers about sessions: their files, their state, what was said in them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from slimreel.server.answers.drafts import DraftView, NoDraft
from slimreel.server.answers.renders import Made


class SessionBegun(TypedDict):
    task_id: str
    session_id: str
    user_id: str
    bind_id: str


class SessionView(TypedDict):
    session_id: str
    task_id: str
    task_name: str
    language: str
    created_at: str
    used_at: str


class Sessions(TypedDict):
    """`next` is the `before` of the next page; null on the last."""

    sessions: list[SessionView]
    next: str | None


class FileItem(TypedDict):
    """A file of a session. `duration` is seconds, measured; 0 of a picture."""

    id: str
    filename: str
    file_type: Literal["video", "image", "audio", "subtitles", "lut"]
    cdn_url: str
    url: str
    duration: float
    width: int
    height: int
    fps: float
    size: int
    hash: str


class FileRefused(TypedDict):
    """`code` as in errors."""

    filename: str
    code: int
    message: str


class Uploaded(TypedDict):
    """`failed` stands there when some of several files are of no use."""

    files: list[FileItem]
    uploaded_files: list[FileItem]
    session_state_applied: bool
    failed: NotRequired[list[FileRefused]]


class CanvasConfig(TypedDict):
    width: int
    height: int
    ratio: str
    fps: float


class NoCanvas(TypedDict):
    """There is no draft yet: an empty object."""


class StateInner(TypedDict):
    """`draft` is the latest of `drafts`."""

    draft: DraftView | NoDraft
    drafts: list[DraftView]
    video_infos: list[FileItem]
    canvas_config: CanvasConfig | NoCanvas
    generated_media: list[Made]
    video_analyses: dict[str, Any]


class State(TypedDict):
    """A guest, who came by a claim link, is not told the account's id."""

    session_id: str
    task_id: str
    task_name: str
    user_id: NotRequired[str]
    bind_id: NotRequired[str]
    state: StateInner


class DraftAt(TypedDict):
    draft_id: str
    revision: int


TurnState = Literal["running", "done", "failed"]


class TurnView(TypedDict):
    """One message and its answer. `revision` is that of `draft_id` after it, null where nothing changed; `drafts` has
    all drafts that it changed."""

    id: str
    text: str
    state: TurnState
    answer: str
    draft_id: str | None
    revision: int | None
    drafts: list[DraftAt]
    created_at: str


class Turns(TypedDict):
    turns: list[TurnView]

"""Answers about the service itself, and about an upload that goes on in pieces."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from slimreel.server.answers.sessions import FileItem


class Health(TypedDict):
    """`workers` were heard of lately, `waiting` renders wait, `sandbox` says how tight it is."""

    status: Literal["ok"]
    database: bool
    workers: int
    waiting: int
    sandbox: str


class Prices(TypedDict):
    edit: int
    preview: int
    export: int


class Limits(TypedDict):
    """What may be sent here and what it costs. A session has no limit of its own: files are counted by account."""

    max_upload_bytes: int
    max_files_per_upload: int
    max_addresses_per_upload: int
    max_account_bytes: int
    max_account_files: int
    max_duration_s: int
    max_pixels: int
    max_fps: int
    max_message_characters: int
    accepts: dict[str, list[str]]
    keep_days: int
    link_hours: int
    starter_credits: int
    prices: Prices
    plan_export: Literal["allow", "registered", "deny"]


class UploadProblem(TypedDict):
    code: int
    error: str
    message: str


class UploadState(TypedDict):
    """`item` is there when it is done, `problem` when it is refused."""

    state: Literal["open", "done", "refused"]
    offset: int
    length: int | None
    item: NotRequired[FileItem]
    problem: NotRequired[UploadProblem]

"""The body around every answer: one that serves the three forms which published clients read. It turns an error into
its status, headers and body, and lets nothing internal out; it knows no framework."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from slimreel.agent.reply import label, say_error
from slimreel.errors import (
    DamagedInput,
    DiskFull,
    NotAVideo,
    OutputExists,
    SlimreelError,
    StorageError,
    TargetImpossible,
    UsageError,
    WishNotUnderstood,
)
from slimreel.errors.service import BadToken, ServiceError
from slimreel.services.ids import new

_OWN_KEYS = ("code", "success", "message", "data")
# Errors of the library whose sentence a client may read, with the number of the protocol; the first that fits counts.
_TOLD: tuple[tuple[type[SlimreelError], int, int | None], ...] = (
    (NotAVideo, 4001, 415),
    (DamagedInput, 4001, 415),
    (OutputExists, 409, 409),
    (UsageError, 400, None),
    (TargetImpossible, 400, None),
    (WishNotUnderstood, 400, None),
)
_FAULT = 5000
_FOLDERS = re.compile(r"(?<![\w/:.])(?:[A-Za-z]:)?[/\\](?:[^\s/\\:'\"“”,;]+[/\\])+")


class Failure(NamedTuple):
    """An error as HTTP: its status, the headers that belong to it, and the body."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


def success(data: Mapping[str, Any]) -> dict[str, Any]:
    """`{"code":0,"success":true,"message":"ok","data":{…}}`, with the keys of data repeated beside them."""
    repeated = {name: value for name, value in data.items() if name not in _OWN_KEYS}
    return {"code": 0, "success": True, "message": "ok", "data": dict(data), **repeated}


def refusal(wire_code: int, message: str) -> dict[str, Any]:
    """The body of an answer that is no success. Clients of ADK read `detail`."""
    return {"code": wire_code, "success": False, "message": message, "data": None, "detail": message}


def failure(error: BaseException, *, incident: str = "", language: str = "en") -> Failure:
    """The answer to an error. What is nobody's business outside becomes 5000 with the incident's id, by which the
    operator finds it in the log; give the id that was logged."""
    match error:
        case ServiceError():
            status, wire_code, message = error.http_status, error.wire_code, say_error(error, language)
        case SlimreelError() if told := next((row for row in _TOLD if isinstance(error, row[0])), None):
            message = _without_folders(say_error(error, language))
            status, wire_code = told[2] or error.http_status, told[1]
        case StorageError():
            status, wire_code, message = (507 if isinstance(error, DiskFull) else 500), _FAULT, ""
        case _:
            status, wire_code, message = 500, _FAULT, ""
    if wire_code == _FAULT:
        incident = incident or new("inc")
        message = label("our_fault", language, incident=incident)
    return Failure(status, _headers(error), refusal(wire_code, message))


def _headers(error: BaseException) -> dict[str, str]:
    found = {}
    if isinstance(error, BadToken):
        found["WWW-Authenticate"] = "Bearer"
    wait_s = error.fields.get("retry_after_s") if isinstance(error, SlimreelError) else None
    if isinstance(wait_s, (int, float)):
        found["Retry-After"] = str(max(1, math.ceil(wait_s)))
    return found


def _without_folders(sentence: str) -> str:
    """Paths on this machine are cut to the name of the file."""
    return _FOLDERS.sub("", sentence)

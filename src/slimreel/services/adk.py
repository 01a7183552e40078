"""Events of a turn in the form of Google's Agent Development Kit, camelCase and without nulls, with `type` and `text`
beside it for clients that read no more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

AUTHOR = "nemo_agent"
Event = dict[str, Any]


def said(invocation: str, at: datetime, text: str, delta: Mapping[str, Any], options: tuple[str, ...] = ()) -> Event:
    """What a person reads. `options` are answers that are understood as they stand."""
    event = _event(invocation, at, {"text": text}, "model", "text", delta) | {"text": text}
    return event | {"options": list(options)} if options else event


def called(invocation: str, at: datetime, call_id: str, name: str, arguments: Mapping[str, Any]) -> Event:
    """An operation that is about to be done."""
    call = {"id": call_id, "name": name, "args": dict(arguments)}
    return _event(invocation, at, {"functionCall": call}, "model", "tool_call", {})


def responded(
    invocation: str, at: datetime, call_id: str, name: str, response: Mapping[str, Any], delta: Mapping[str, Any]
) -> Event:
    """What the operation did."""
    answer = {"id": call_id, "name": name, "response": dict(response)}
    return _event(invocation, at, {"functionResponse": answer}, "user", "tool_result", delta)


def failed(invocation: str, at: datetime, code: str, message: str) -> Event:
    """A turn that broke off through a fault of ours."""
    return _event(invocation, at, {"text": message}, "model", "error", {}) | {
        "text": message,
        "errorCode": code,
        "errorMessage": message,
    }


def fragments(event: Event) -> list[Event]:
    """A text as it would come word by word, for clients that asked to see it grow; the whole event follows them."""
    words = str(event.get("text", "")).split(" ")
    found = []
    for at in range(0, len(words), 6):
        piece = " ".join(words[at : at + 6]) + (" " if at + 6 < len(words) else "")
        content = {"parts": [{"text": piece}], "role": "model"}
        found.append({**event, "id": _new_id(), "content": content, "text": piece, "partial": True})
    return found


def _event(
    invocation: str, at: datetime, part: Mapping[str, Any], role: str, kind: str, delta: Mapping[str, Any]
) -> Event:
    return {
        "content": {"parts": [dict(part)], "role": role},
        "invocationId": invocation,
        "author": AUTHOR,
        "actions": {"stateDelta": dict(delta), "artifactDelta": {}, "requestedAuthConfigs": {}},
        "id": _new_id(),
        "timestamp": at.timestamp(),
        "type": kind,
    }


def _new_id() -> str:
    return secrets.token_hex(8)

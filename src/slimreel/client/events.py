"""Reads Server-Sent Events from bytes that come in pieces cut anywhere, and what an event of the conversation says.

Pure: no socket, no clock.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST = 8 * 1024 * 1024  # characters of one event; one that is longer is dropped


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its data with line breaks between its lines, and the last id that was told, if any."""

    data: str
    id: str = ""
    name: str = "message"


class EventParser:
    """Takes bytes and gives the events that are whole."""

    def __init__(self, last_id: str = "") -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._begun = False
        self._after_return = False  # a CR came last; the LF that may follow belongs to it
        self._data: list[str] = []
        self._size = 0
        self._name = ""
        self.last_id = last_id

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that end in this piece. A line without its end waits for the next one; what no blank line
        follows is no event."""
        text = self._rest + self._decoder.decode(chunk)
        if not self._begun and text:
            self._begun, text = True, text.removeprefix("\ufeff")
        found = []
        at = 1 if self._after_return and text.startswith("\n") else 0
        if text:
            self._after_return = text.endswith("\r")
        while (line := _line(text, at)) is not None:
            content, at = line
            if (event := self._take(content)) is not None:
                found.append(event)
        self._rest = text[at:]
        if len(self._rest) > _LONGEST:
            self._rest, self._size = ":", _LONGEST + 1  # goes on as a comment
        return found

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            return self._end()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._size += len(value) + 1
            if self._size <= _LONGEST:
                self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self.last_id = value
        return None

    def _end(self) -> ServerEvent | None:
        data, size, name = self._data, self._size, self._name
        self._data, self._size, self._name = [], 0, ""
        if not data or size > _LONGEST:
            return None
        return ServerEvent("\n".join(data), self.last_id, name or "message")


def _line(text: str, at: int) -> tuple[str, int] | None:
    """The line that starts here and where the next one does; None where its end has not come."""
    ends = [place for place in (text.find("\n", at), text.find("\r", at)) if place >= 0]
    if not ends:
        return None
    end = min(ends)
    return text[at:end], end + (2 if text.startswith("\r\n", end) else 1)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one event of a turn says, whichever of the known forms it has."""

    kind: str  # text, tool, error, heartbeat
    text: str = ""
    tools: tuple[str, ...] = ()
    is_fragment: bool = False
    code: str = ""
    options: tuple[str, ...] = ()
    renders: tuple[str, ...] = ()
    turn: str = ""


def spoken(data: str) -> Spoken:
    """Reads an event's data. What is no JSON, or has neither words nor tools, counts as a heartbeat."""
    try:
        event = json.loads(data)
    except ValueError:
        return Spoken("heartbeat")
    if not isinstance(event, dict) or event.get("type") == "heartbeat":
        return Spoken("heartbeat")
    turn = str(event.get("invocationId") or "")
    if event.get("errorCode") or event.get("type") == "error":
        message = event.get("errorMessage") or event.get("text") or event.get("message") or event.get("error")
        return Spoken("error", text=str(message or ""), code=str(event.get("errorCode") or ""), turn=turn)
    parts = list(_parts(event))
    tools = tuple(str(part["functionCall"].get("name", "")) for part in parts if _is_object(part, "functionCall"))
    is_tool = bool(tools) or any("functionResponse" in part for part in parts)
    text = "".join(part["text"] for part in parts if isinstance(part.get("text"), str) and not part.get("thought"))
    if not text and not is_tool and isinstance(event.get("text"), str) and event.get("type", "text") == "text":
        text = event["text"]
    if is_tool and not text:
        return Spoken("tool", tools=tools, renders=_renders(event), turn=turn)
    if not text.strip():
        return Spoken("heartbeat", turn=turn)
    options = event.get("options")
    return Spoken(
        "text",
        text=text,
        tools=tools,
        is_fragment=event.get("partial") is True,
        options=tuple(map(str, options)) if isinstance(options, list) else (),
        renders=_renders(event),
        turn=turn,
    )


def _parts(event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    content = event.get("content")
    parts = content.get("parts") if isinstance(content, dict) else None
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict):
            yield part


def _is_object(part: Mapping[str, Any], key: str) -> bool:
    return isinstance(part.get(key), dict)


def _renders(event: Mapping[str, Any]) -> tuple[str, ...]:
    actions = event.get("actions")
    delta = actions.get("stateDelta") if isinstance(actions, dict) else None
    found = delta.get("render_ids") if isinstance(delta, dict) else None
    return tuple(map(str, found)) if isinstance(found, list) else ()

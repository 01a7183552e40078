"""Clients of Google's Agent Development Kit: every event of real turns has the form that the kit declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.server.client import Client, Json, Said, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Api

SCHEMA = json.loads(Path(__file__).with_name("adk_event.schema.json").read_text(encoding="utf-8"))
OURS = {"type", "text", "options"}
TURNS = [
    "compress this video to 8 Mbps bitrate without losing visible quality",
    "cut the first second and add a title 'Hello \"you\"'",
    "compress it to 8",
    "megabytes (MB)",
    "undo",
    "字幕在哪里",
    "剪掉前0.5秒",
    "status",
    "credits",
    "🎬",
    'data: {"text": "no"}\n\ndata: [DONE]\r\nid: 1',
    "export",
    "gif of the first second",
    "cut from 100 to 200",
    "x" * 4000,
]


@pytest.fixture(scope="module")
def events(api: Api, clip: Clip) -> list[Json]:
    """The events of several turns, whole and growing."""
    client = signed_in(api.http)
    client.upload(clip("a.mp4"))
    found = [event for text in TURNS for event in client.say(text).events]
    return found + _growing(client).events


def _growing(client: Client) -> Said:
    return client.say("help", streaming=True)


def test_each_is_an_event_of_the_kit(events: list[Json]) -> None:
    validator = jsonschema_rs.validator_for(SCHEMA)
    assert len(events) > 30
    for event in events:
        validator.validate(event)


def test_the_schema_refuses_what_is_no_event() -> None:
    validator = jsonschema_rs.validator_for(SCHEMA)
    for wrong in ({"author": 1}, {"author": "x", "content": {"parts": [{"functionCall": {"args": "no"}}]}}):
        assert not validator.is_valid(wrong)


def test_only_declared_keys_and_ours_without_nulls(events: list[Json]) -> None:
    declared = set(SCHEMA["properties"])
    for event in events:
        assert event.keys() - declared <= OURS
        assert all(value is not None for value in _values(event)), event


def _values(value: Any) -> Iterator[Any]:
    yield value
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in below:
        yield from _values(one)


def test_calls_and_results_come_in_pairs(events: list[Json]) -> None:
    calls: dict[tuple[str, str], Json] = {}
    for event in events:
        for part in event["content"]["parts"]:
            if call := part.get("functionCall"):
                assert (event["type"], event["content"]["role"]) == ("tool_call", "model")
                calls[event["invocationId"], call["id"]] = call
            if result := part.get("functionResponse"):
                assert (event["type"], event["content"]["role"]) == ("tool_result", "user")
                assert calls.pop((event["invocationId"], result["id"]))["name"] == result["name"]
                assert event["actions"]["stateDelta"]["draft_id"]
    assert calls == {}
    assert len({event["id"] for event in events}) == len(events)


def test_a_text_that_grows_is_the_text_that_comes_whole(api: Api) -> None:
    *pieces, whole = _growing(signed_in(api.http)).events
    assert len(pieces) > 2
    assert all(one["partial"] for one in pieces)
    assert "partial" not in whole
    assert "".join(one["text"] for one in pieces) == whole["text"] == whole["content"]["parts"][0]["text"]

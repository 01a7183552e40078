"""The reader of streams: however they are cut, written or damaged, the events are the same."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.client.events import EventParser, ServerEvent, spoken

TEXT = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=20)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {"id": st.none() | st.integers(1, 99).map(str), "lines": st.lists(TEXT, min_size=1, max_size=3)}
    ),
    max_size=5,
)


def written(events: list[dict], end: str, noise: list[str]) -> bytes:
    lines = []
    for number, one in enumerate(events):
        lines += [f": {noise[number % len(noise)]}"] if noise else []
        lines += [f"id: {one['id']}"] if one["id"] else []
        lines += [f"data: {line}" for line in one["lines"]] + [""]
    return "".join(line + end for line in lines).encode()


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(stream) + 1) for place in places}), len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(edges)]


@given(EVENTS, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(TEXT, max_size=2), st.lists(st.integers(0, 10_000)))
def test_any_cuts_give_the_same_events(events, end, noise, places):
    stream, last, wanted = written(events, end, noise), "", []
    for one in events:
        last = one["id"] or last
        wanted.append(ServerEvent("\n".join(one["lines"]), last))
    parser = EventParser()
    assert [found for piece in cut(stream, places) for found in parser.feed(piece)] == wanted
    assert parser.last_id == last


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_no_bytes_make_it_fail(pieces):
    whole, parts = EventParser(), EventParser()
    assert [one for piece in pieces for one in parts.feed(piece)] == whole.feed(b"".join(pieces))


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data:x\n\n", ["x"]),
        (b"data:  x\n\n", [" x"]),
        (b"data\n\n", [""]),
        (b"\xef\xbb\xbfdata: x\n\n", ["x"]),
        (b"event: odd\ndata: x\n\n", ["x"]),
        (b"data: x\n", []),
        (b"id: 7\n\ndata: x\n\n", ["x"]),
        (b"retry: 2000\n\n:\n\n", []),
        (b"data: a\xe4\n\n", ["a\ufffd"]),
    ],
)
def test_odd_forms(stream, data):
    assert [one.data for one in EventParser().feed(stream)] == data


def test_an_endless_event_is_dropped_and_the_next_one_read():
    parser = EventParser()
    for _ in range(20):
        parser.feed(b"data: " + b"x" * 1_000_000)
    found = parser.feed(b"\n\ndata: y\n\n")
    assert [one.data for one in found] == ["y"]


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        ({"content": {"parts": [{"text": "Done"}], "role": "model"}}, "text", "Done"),
        ({"type": "text", "text": "Done"}, "text", "Done"),
        ({"content": {"parts": [{"text": "a"}, {"text": "b"}]}, "type": "text", "text": "ab"}, "text", "ab"),
        ({"content": {"parts": [{"functionCall": {"name": "cut", "args": {}}}]}}, "tool", ""),
        ({"content": {"parts": [{"functionResponse": {"name": "cut"}}], "role": "user"}}, "tool", ""),
        ({"content": {"parts": [{"text": "why", "thought": True}]}}, "heartbeat", ""),
        ({"type": "heartbeat"}, "heartbeat", ""),
        ({"content": None}, "heartbeat", ""),
        ({"errorCode": "5000", "errorMessage": "Sorry."}, "error", "Sorry."),
    ],
)
def test_forms_of_events(event, kind, text):
    found = spoken(json.dumps(event))
    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize("data", ["", "[DONE]", "[1]", "null", "{", '"text"'])
def test_what_says_nothing_is_a_sign_of_life(data):
    assert spoken(data).kind == "heartbeat"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["content", "parts", "text", "type", "functionCall", "actions", "stateDelta", "options"]
                ),
                inner,
            )
        ),
    )
)
def test_no_event_makes_it_fail(found):
    spoken(json.dumps(found))

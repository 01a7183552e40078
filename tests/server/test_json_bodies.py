"""JSON of strangers: read strictly, refused with a sentence, and never anything else."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.errors.service import BadRequest
from slimreel.server.json_bodies import DEEPEST, read_json, read_object

REFUSED = {
    b'{"a": NaN}': "NaN",
    b'{"a": Infinity}': "Infinity",
    b'{"a": -Infinity}': "Infinity",
    b'{"a": 1e999}': "too large",
    b'{"a": -1e999}': "too large",
    b'{"a": 18446744073709551616}': "too large",
    b'{"a": ' + b"9" * 100_000 + b"}": "too large",
    b'{"a": 1, "a": 2}': "twice",
    b'{"b": {"a": 1, "\\u0061": 2}}': "twice",
    b'{"a": "\\u0000"}': "NUL",
    b'{"\\u0000": 1}': "NUL",
    b'{"a": "x\x00"}': "not JSON",
    b'{"a": "\\ud800"}': "surrogate",
    b'{"\\udfff": 1}': "surrogate",
    b'{"a": ["\\udc00\\ud800"]}': "surrogate",
    b'{"a": "\xed\xa0\x80"}': "UTF-8",
    b"\xff\xfe{\x00}\x00": "UTF-8",
    b"\xef\xbb\xbf{}": "not JSON",
    b"{": "not JSON",
    b'{"a": 1,}': "not JSON",
    b"{} {}": "not JSON",
    b"{'a': 1}": "not JSON",
    b'{"a": 01}': "not JSON",
    b'{"a": "\n"}': "not JSON",
    b"[" * 900 + b"]" * 900: "deeper",
    b"[" * 500_000: "deeper",
    b'{"a":' * 900 + b"1" + b"}" * 900: "deeper",
    b"[1]": "not a JSON object",
    b"null": "not a JSON object",
    b'"text"': "not a JSON object",
    b'"' + b'\\"' * 500_000: "not JSON",
    b"[" * 33 + b'"' + b'\\"' * 400_000: "deeper",
    b"{}" * 40 + b'"' + b'\\"' * 500_000: "not JSON",  # a reader that looks for the end anew each time needs hours
}


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: ascii(body[:24]))
def test_what_cannot_be_meant_is_refused_with_a_reason(body):
    with pytest.raises(BadRequest, match=REFUSED[body]) as refused:
        read_object(body)
    refused.value.sentence().encode("utf-8")
    assert len(refused.value.sentence()) < 200


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", {}),
        (b" \r\n", {}),
        (b"{}", {}),
        (b'{"session_id": 9999999999999999999}', {"session_id": 9999999999999999999}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\N{GRINNING FACE}"}),
        (b'{"a": "\\\\u0000"}', {"a": "\\u0000"}),
        (b'{"a": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', {"a": "[" * 44}),
        (b'{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', {"a": '"' + "[" * 37}),
        (b'{"a": [{"a": 1}, {"a": 2}], "b": 1.5}', {"a": [{"a": 1}, {"a": 2}], "b": 1.5}),
    ],
)
def test_what_is_right_is_read(body, value):
    assert read_object(body) == value


def test_the_deepest_that_is_allowed_is_read():
    assert json.dumps(read_json(b"[" * DEEPEST + b"]" * DEEPEST)) == "[" * DEEPEST + "]" * DEEPEST
    with pytest.raises(BadRequest):
        read_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    with suppress(BadRequest):
        assert isinstance(read_object(body), dict)


PIECES = st.sampled_from(
    [*(bytes([one]) for one in b'{}[]"a:,1-\\ \x00\xff'), *rb'"a" 1e999 NaN \u \ud800 d800 0000 null'.split()]
)


@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_anything_like_json_is_read_or_refused(body):
    try:
        found = read_json(body)
    except BadRequest:
        return
    assert json.loads(body) == found  # what is taken means what everybody thinks it means
    json.dumps(found, allow_nan=False, ensure_ascii=False).encode("utf-8")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.booleans())
def test_every_value_comes_back(value, plain):
    assert read_json(json.dumps(value, ensure_ascii=plain).encode()) == value

"""Answers of speech engines, honest and hostile: what comes out can always be shown."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slimreel.core.cues import Cue, as_srt, escaped, read_cues
from slimreel.core.transcript import MOST_WIDTH, BadTranscript, read_transcript

LENGTH_MS = 60_000
TIMES = st.floats(-10, 100) | st.integers(-5, 70) | st.floats(allow_nan=True, allow_infinity=True)
SEGMENTS = st.fixed_dictionaries(
    {"start": TIMES, "end": TIMES, "text": st.text(max_size=300)},
    optional={"tokens": st.just([1]), "id": st.integers()},
)


def answer(*segments: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"segments": list(segments), **more}).encode()


def said(start: float, end: float, text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text}


@settings(max_examples=200)
@given(st.lists(SEGMENTS, max_size=12))
@example([said(0, 1, "a" * 500), said(0, 1, "b")])
@example([said(5, 4, "x"), said(1e308, 1e309, "y")])
def test_cues_are_in_order_within_the_sound_and_can_be_read(segments: list[dict[str, Any]]) -> None:
    try:
        cues = read_transcript(answer(*segments), LENGTH_MS).cues
    except BadTranscript:
        return
    for cue in cues:
        assert 0 <= cue.start_ms < cue.end_ms <= LENGTH_MS
        assert cue.text.strip() == cue.text != "" and cue.text.isprintable()
        assert sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cue.text) <= MOST_WIDTH
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(cues))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(1, 900), st.text(min_size=1, max_size=200)), min_size=1, max_size=5))
@example([(5, r"{\an8}up {\p1}m 0 0{\p0} <i>tag</i> &lt;b&gt; &amp;lt; a < b > c \N x"), (9, "--> 00:00")])
def test_what_is_written_as_subrip_is_read_again_letter_by_letter(spoken: list[tuple[int, str]]) -> None:
    segments = [said(number * 2, number * 2 + length / 1000, text) for number, (length, text) in enumerate(spoken)]
    cues = read_transcript(answer(*segments), LENGTH_MS).cues
    if cues:
        assert read_cues(as_srt(escaped(cues)).encode()) == cues


@given(st.lists(st.text("abc,.éж", min_size=1, max_size=12), min_size=1, max_size=80))
def test_a_long_cue_is_divided_between_words_and_loses_none(words: list[str]) -> None:
    cues = read_transcript(answer(said(10, 40, " ".join(words))), LENGTH_MS).cues
    assert " ".join(cue.text for cue in cues) == " ".join(words)
    assert (cues[0].start_ms, cues[-1].end_ms) == (10_000, 40_000)
    assert all(one.end_ms == two.start_ms for one, two in pairwise(cues))


def test_chinese_is_divided_between_letters():
    text = "今天我们来聊一聊怎么把视频压到合适的大小" * 4
    cues = read_transcript(answer(said(0, 8, text)), LENGTH_MS).cues
    assert "".join(cue.text for cue in cues) == text and len(cues) == 2
    assert [cue.end_ms for cue in cues] == [4000, 8000]


def test_times_are_clamped_and_never_overlap():
    found = read_transcript(answer(said(50, 99, "c"), said(-3, 2, "a"), said(1, 3, " b\n\x07\u202e ")), LENGTH_MS)
    assert found.cues == (Cue(0, 1000, "a"), Cue(1000, 3000, "b"), Cue(50_000, 60_000, "c"))


@pytest.mark.parametrize(
    ("told", "language"),
    [("en", "en"), ("English", "en"), ("chinese", "zh"), ("zh-Hans", "zh-hans"), ("klingon", None), ("../x", None),
     (None, None), ("", None)],
)  # fmt: skip
def test_the_language_is_a_tag_or_none(told: str | None, language: str | None) -> None:
    assert read_transcript(answer(said(0, 1, "x"), language=told), LENGTH_MS).language == language


def test_silence_has_no_cues():
    assert read_transcript(b'{"text": " "}', LENGTH_MS).cues == ()
    assert read_transcript(answer(said(0, 1, " \x00 ")), LENGTH_MS).cues == ()


HOSTILE = {
    "nothing": b"",
    "a page": b"<html>502</html>",
    "NaN": b'{"segments": [{"start": NaN, "end": 1, "text": "x"}]}',
    "infinity": b'{"segments": [{"start": 0, "end": 1e999, "text": "x"}]}',
    "a text for a time": b'{"segments": [{"start": "0", "end": 1, "text": "x"}]}',
    "no end": b'{"segments": [{"start": 0, "text": "x"}]}',
    "a list": b"[]",
    "deep": b'{"zz": ' + b"[" * 200_000,
    "no UTF-8": b'{"segments": [{"start": 0, "end": 1, "text": "\xff"}]}',
    "too many": b'{"segments": [' + b'{"start":0,"end":1},' * 20_001 + b'{"start":0,"end":1}]}',
    "only text": b'{"text": "hello"}',
    "nanoseconds": answer(said(4e9, 9e9, "x")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_used_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(BadTranscript) as caught:
        read_transcript(HOSTILE[name], LENGTH_MS)
    assert 10 < len(str(caught.value)) < 200

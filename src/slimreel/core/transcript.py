"""Reads what a speech engine answered into cues. Nothing in an answer is believed: neither times, sizes nor text.

Knows no server and no file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Annotated

import msgspec
from msgspec import Meta

from slimreel.core import languages
from slimreel.core.cues import MOST_CUES, Cue
from slimreel.core.records import in_words, learn

# Two lines of 42 letters, what subtitling guides allow on a screen; a letter of Chinese or Japanese counts as two.
MOST_WIDTH = 84
# More than anybody says in the half minute that a segment spans.
_MOST_LETTERS = 2000
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
# Letters of scripts that are written without spaces, one by one, or a word; with the space behind it.
_WORD = re.compile(
    r"[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]\s*|[^\s\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]{1,40}\s*"
)


class BadTranscript(ValueError):
    """An answer that no captions can be made of; its text says why."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in a piece of sound. `language` is a tag such as "en", None where it is not known."""

    cues: tuple[Cue, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Segment:
    start: float
    end: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    segments: Annotated[list[_Segment], Meta(max_length=MOST_CUES)] | None = None
    text: str = ""
    language: str | None = None


def read_transcript(content: bytes, length_ms: int) -> Transcript:
    """The cues of an answer in OpenAI's `verbose_json` on `length_ms` of sound: in order, inside of it, never two at
    once, none longer than two lines. Raises BadTranscript."""
    learn(_Answer)
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except msgspec.ValidationError as error:
        raise BadTranscript(f"its answer is not what was asked for ({in_words(str(error))})") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadTranscript("its answer is no JSON that can be read") from error
    if answer.segments is None:
        if answer.text.strip():
            raise BadTranscript("its answer holds no times; it has to know the response format verbose_json")
        return Transcript((), _language(answer.language))
    said = [segment for segment in answer.segments if _plain(segment.text)]
    timed = sorted((cue for segment in said if (cue := _cue(segment, length_ms))), key=lambda cue: cue.start_ms)
    if said and not timed:
        raise BadTranscript("the times in its answer lie outside of the sound")
    alone = [
        Cue(cue.start_ms, min(cue.end_ms, after.start_ms), cue.text) for cue, after in pairwise([*timed, _never(timed)])
    ]
    cues = [part for cue in alone if cue.end_ms > cue.start_ms for part in _divided(cue)]
    return Transcript(tuple(cues[:MOST_CUES]), _language(answer.language))


def _never(timed: list[Cue]) -> Cue:
    end_ms = timed[-1].end_ms if timed else 0
    return Cue(end_ms, end_ms, "")


def _cue(segment: _Segment, length_ms: int) -> Cue | None:
    """The segment with its times inside of the sound; None where nothing is left of it."""
    start, end = (round(min(max(seconds, 0.0), length_ms / 1000) * 1000) for seconds in (segment.start, segment.end))
    return Cue(start, end, _plain(segment.text)) if end > start else None


def _plain(text: str) -> str:
    """One line of what can be seen; braces and angle brackets are letters like others."""
    shown = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in text[:_MOST_LETTERS])
    return " ".join(shown.split())


def _divided(cue: Cue) -> Iterator[Cue]:
    """A long cue as several of about the same length, each shown for its share of the time."""
    parts = _parts(cue.text)
    whole, at, start_ms = sum(map(_width, parts)), 0, cue.start_ms
    for part in parts:
        at += _width(part)
        end_ms = cue.start_ms + (cue.end_ms - cue.start_ms) * at // max(1, whole)
        if end_ms > start_ms:
            yield Cue(start_ms, end_ms, part)
        start_ms = end_ms


def _parts(text: str) -> list[str]:
    count = ceil(_width(text) / MOST_WIDTH)
    if count < 2:
        return [text]
    aim, parts = _width(text) / count, [""]
    for word in _WORD.findall(text):
        is_full = _width(parts[-1]) >= aim or _width(parts[-1] + word.rstrip()) > MOST_WIDTH
        if is_full:
            parts.append("")
        parts[-1] += word
    return [part.strip() for part in parts if part.strip()]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _language(told: str | None) -> str | None:
    low = (told or "").strip().lower()
    # Some engines answer with the name of the language.
    return languages.named(low) or (low if _TAG.fullmatch(low) and len(low) <= 35 else None)

"""Takes out of a request what is to be taken as it is: quoted texts, file names, addresses. Runs before normalizing.

What is taken leaves one private character behind, so that no reader can mistake a title's words for commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

Kind = OneOf["QUOTE", "FILE", "URL", "NAME"]

# One private-use character stands for each literal; people cannot type more of them than there are.
_FIRST = 0xE000
_MOST = 64
_QUOTES = (
    ("“", "”"),
    ("‘", "’"),
    ("「", "」"),
    ("『", "』"),
    ("《", "》"),
    ("«", "»"),
    ("„", "“"),
    ('"', '"'),
    ("”", "”"),
)
_SINGLE = re.compile(r"(?:(?<=[\s:：(,，])|^)['‘’`]([^'‘’`\n]{1,200}?)['’`](?=[\s,.;:!?)，。]|$)")
_SPACED_MARK = re.compile(r" ?([\ue000-\ue03f]) ?")
_URL = re.compile(r"https?://[^\s，。；“”\"'<>]{1,300}", re.IGNORECASE)
_SUFFIXES = (
    "mp4|mov|avi|mkv|webm|m4v|mpe?g|wmv|flv|mts|m2ts|3gp|ts|gif|png|jpe?g|webp|bmp|tiff?|svg|heic|srt|ass|ssa|vtt|"
    "cube|3dl|mp3|wav|m4a|aac|flac|ogg|opus|wma|aiff?"
)
# Made of ASCII, so that 放cam.mov gives cam.mov; names in other scripts are known from the session's own list.
_FILE = re.compile(
    rf"(?<![A-Za-z0-9_.\-])[A-Za-z0-9_][A-Za-z0-9_.\-]{{0,120}}\.(?:{_SUFFIXES})(?![A-Za-z0-9_])", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<![A-Za-z0-9.])@[A-Za-z0-9_.\u4e00-\u9fff]{2,40}")


@dataclass(frozen=True, slots=True)
class Literal:
    """Something said word for word. `text` keeps case and script."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Taken:
    """A text with its literals taken out. The characters of `marks` stand for them, in order."""

    text: str
    marks: dict[str, Literal]

    def mark(self, literal: Literal) -> str:
        sign = chr(_FIRST + len(self.marks))
        self.marks[sign] = literal
        return f" {sign} "


def take_literals(text: str, names: Iterable[str] = (), spoken: Mapping[str, str] | None = None) -> Taken:
    """The text without its literals. `names` are the session's files, found also where they hold spaces or other
    scripts; `spoken` gives the file that is meant where people leave its ending out. Linear in the text."""
    clean = "".join(" " if 0xE000 <= ord(ch) <= 0xF8FF else ch for ch in text)
    taken = Taken(clean, {})
    _replace(taken, _URL, "URL")
    for name in sorted(
        {one for one in names if 3 <= len(one) <= 200 or (len(one) == 2 and not one.isascii())}, key=len, reverse=True
    ):
        pattern = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9]*\.[a-z])"
        _replace(taken, re.compile(pattern, re.IGNORECASE), "FILE", name)
    _take_quotes(taken)
    for said, name in sorted((spoken or {}).items(), key=lambda pair: -len(pair[0])):
        whole = rf"(?<![A-Za-z0-9_]){re.escape(said)}(?![A-Za-z0-9_.])" if said.isascii() else re.escape(said)
        _replace(taken, re.compile(whole, re.IGNORECASE), "FILE", name)
    _replace(taken, _FILE, "FILE")
    _replace(taken, _HANDLE, "QUOTE")
    return taken


def _replace(taken: Taken, pattern: re.Pattern[str], kind: Kind, as_text: str | None = None) -> None:
    def one(match: re.Match[str]) -> str:
        if len(taken.marks) >= _MOST:
            return match[0]
        found = match[0].rstrip(".,;!?") if kind == "URL" else match[0]
        return taken.mark(Literal(kind, as_text or found)) + match[0][len(found) :] * (kind == "URL")

    taken.text = pattern.sub(one, taken.text)


def _take_quotes(taken: Taken) -> None:
    """Text between quotation marks. One that is a known mark alone (a quoted file name) stays that file."""
    for opening, closing in _QUOTES:
        at = 0
        while (start := taken.text.find(opening, at)) >= 0 and len(taken.marks) < _MOST:
            end = taken.text.find(closing, start + 1)
            if end < 0 or end - start > 600:
                break
            inside = taken.text[start + 1 : end]
            if opening == '"' and start and taken.text[start - 1].isdigit() and " " in inside[:1]:
                at = start + 1  # 24" wide
                continue
            at = _put(taken, start, end + 1, inside)
    while (match := _SINGLE.search(taken.text)) is not None and len(taken.marks) < _MOST:
        _put(taken, match.start(), match.end(), match[1])


def _put(taken: Taken, start: int, end: int, inside: str) -> int:
    """Replaces a stretch by its mark; returns where to go on."""
    only = inside.strip()
    if only in taken.marks:
        mark = f" {only} "
    elif not only:
        mark = " "
    else:
        mark = taken.mark(Literal("QUOTE", _SPACED_MARK.sub(lambda found: taken.marks[found[1]].text, inside).strip()))
    taken.text = taken.text[:start] + mark + taken.text[end:]
    return start + len(mark)

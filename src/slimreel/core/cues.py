"""Reads subtitles (SubRip, WebVTT, ASS) into plain cues. No font, no drawing and no file is ever taken from them.

What a letter means for a renderer is not known here; formatting is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slimreel.errors import BadSubtitles

MOST_BYTES, MOST_CUES = 2_000_000, 20_000
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_SPAN = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_ASS_TIME = re.compile(r"^\s*(\d{1,2}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})\s*$")
_TAG = re.compile(r"<[^<>]{0,200}>")
_OVERRIDE = re.compile(r"\{[^{}]{0,1000}\}")
_JOINER = "\u2060"  # shows nothing, and is left out when read
_DRAWING = re.compile(r"\\p[1-9]")


@dataclass(frozen=True, slots=True)
class Cue:
    """Text that is shown from `start_ms` until `end_ms`; lines are divided by a line feed."""

    start_ms: int
    end_ms: int
    text: str


def read_cues(content: bytes) -> tuple[Cue, ...]:
    """The cues of a file in order of time. Raises BadSubtitles."""
    if len(content) > MOST_BYTES:
        raise BadSubtitles(detail=f"it has {len(content)} bytes, more than {MOST_BYTES}")
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    cues = _of_ass(text) if re.search(r"^\[(Script Info|Events)\]", text, re.MULTILINE) else _of_blocks(text)
    if not cues:
        raise BadSubtitles(detail="there is no line with two times in it")
    if len(cues) > MOST_CUES:
        raise BadSubtitles(detail=f"it holds {len(cues)} cues, more than {MOST_CUES}")
    return tuple(sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)))


def looks_like_cues(head: bytes) -> bool:
    """Whether a file that begins so may hold subtitles."""
    text = decoded(head, strict=False)
    return bool(re.search(r"^\[(Script Info|Events)\]|-->", text, re.MULTILINE)) and "\0" not in text


def decoded(content: bytes, *, strict: bool = True) -> str:
    """The text of bytes in UTF-8, UTF-16 with its mark, or GB 18030, which holds every other Chinese encoding."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "strict" if strict and len(content) % 2 == 0 else "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def as_srt(cues: tuple[Cue, ...]) -> str:
    """The cues as SubRip."""
    blocks = [
        f"{number}\n{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n{cue.text}\n" for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def escaped(cues: tuple[Cue, ...]) -> tuple[Cue, ...]:
    """The cues with what a reader would take for formatting written so that `read_cues` gives it back as text."""
    return tuple(Cue(cue.start_ms, cue.end_ms, _escaped(cue.text)) for cue in cues)


def _escaped(text: str) -> str:
    named = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return named.replace("{\\", "{" + _JOINER + "\\")


def _of_blocks(text: str) -> list[Cue]:
    cues: list[Cue] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        found = _SPAN.match(lines[at])
        at += 1
        if not found:
            continue
        said: list[str] = []
        while at < len(lines) and lines[at].strip() and not _SPAN.match(lines[at]):
            said.append(lines[at])
            at += 1
        parts = found.groups()
        _keep(cues, _ms(*parts[:4]), _ms(*parts[4:]), _plain("\n".join(said)))
    return cues


def _of_ass(text: str) -> list[Cue]:
    cues: list[Cue] = []
    for line in text.split("\n"):
        if not line.startswith("Dialogue:"):
            continue
        fields = line.removeprefix("Dialogue:").split(",", 9)
        times = [_ASS_TIME.match(field) for field in fields[1:3]]
        if len(fields) < 10 or not all(times) or _DRAWING.search(fields[9]):
            continue
        start, end = (_ms(*found.groups()) for found in times if found)
        said = _OVERRIDE.sub("", fields[9]).replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ")
        _keep(cues, start, end, said.strip())
    return cues


def _keep(cues: list[Cue], start_ms: int, end_ms: int, text: str) -> None:
    if text and end_ms > start_ms:
        cues.append(Cue(start_ms, end_ms, text))


def _plain(text: str) -> str:
    """Without tags such as <i>, positions such as {\\an8}, and characters that show nothing."""
    bare = _OVERRIDE.sub(lambda found: "" if found[0].startswith("{\\") else found[0], _TAG.sub("", text))
    kept = "".join(char for char in bare if char == "\n" or char.isprintable() or char == "\t")
    return kept.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _ms(hours: str | None, minutes: str, seconds: str, part: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(part.ljust(3, "0"))


def _clock(ms: int) -> str:
    seconds, part = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{part:03}"

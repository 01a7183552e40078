"""Tells which of FFmpeg's complaints mean that the source is damaged, and puts one in plain words.

Encoders and muxers complain too; only what demuxers and decoders say is about the source.
"""

from __future__ import annotations

import re

from slimreel.engine.sniff import DECODERS, FORMATS, SOUND_DECODERS
from slimreel.errors import FfmpegFailed

_SPEAKER = re.compile(r"^\[([^\]@]+?)(?: @ 0x[0-9a-f]+)?\]")
_OF_INPUT = re.compile(r"^(in#|ist#|[vas]ist#|dec:)")
_NAMES = frozenset(DECODERS) | frozenset(FORMATS) | {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"}
# Said of whole files too: streams that start between keyframes, late parameter sets, odd but legal stamps.
_HARMLESS = re.compile(
    r"co located POCs unavailable|mmco: unref short failure|non[- ]existing PPS|no frame!"
    r"|Could not find codec parameters|number of reference frames|Missing reference picture, default is"
    r"|timestamp discontinuity|DTS .* out of order|Guessed Channel Layout|skip_samples",
    re.IGNORECASE,
)


def about_source(lines: list[str]) -> list[str]:
    """Those of FFmpeg's error lines that tell of damage in the source."""
    return [line for line in lines if _is_about_source(line) and not _HARMLESS.search(line)]


def _is_about_source(line: str) -> bool:
    name = _speaker(line)
    return bool(_OF_INPUT.match(name)) or name in _NAMES


def _speaker(line: str) -> str:
    found = _SPEAKER.match(line)
    return found[1].strip() if found else ""


def in_words(lines: list[str]) -> str:
    """What is broken, in plain words; in brackets the first complaint without its address, and how many more."""
    text = re.sub(r"^(\[[^\]]*\]\s*)+", "", lines[0]).rstrip(".")
    rest = len(lines) - 1
    more = f", and {rest} more complaint{'s' if rest > 1 else ''}" if rest else ""
    parts = sorted({_part(_speaker(line)) for line in lines} - {""}) or ["part of it"]
    return f"{' and '.join(parts)} cannot be read (FFmpeg says “{text}”{more})"


def _part(speaker: str) -> str:
    name = speaker.removeprefix("dec:")
    if name.startswith("aist#") or name in SOUND_DECODERS:
        return "part of its sound"
    if name.startswith("vist#") or name in DECODERS:
        return "part of its picture"
    return ""


def rate_too_low(error: FfmpegFailed) -> bool:
    """Whether x264 refused a rate for being below the least it can make of these frames."""
    return "bitrate is too low" in str(error.fields.get("stderr"))

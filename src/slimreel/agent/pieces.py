"""Cuts a plain request into pieces: words with all they can mean, amounts, moments, marks of literals, and the rest.

A word may mean several things and keeps them all. Knows no operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from slimreel.agent.context import LUT_FILES, PICTURE_FILES, SOUND_FILES, SUBTITLE_FILES, VIDEO_FILES
from slimreel.agent.literals import Literal
from slimreel.agent.normalize import common_word_end, lower
from slimreel.agent.words import inflected_at, word_at, words
from slimreel.core.numerals import read_number
from slimreel.core.units import KNOWN_LINES, NAMED_LINES, SIZE_PATTERN, Quantity, read_quantity


@dataclass(slots=True)
class Piece:
    """A stretch of the text. `means` are concepts (lower case) and kinds (capitals); `value` is that of its kind:
    seconds, a pair of them, a colour. `named` holds values by field (position, colour, aspect)."""

    text: str
    start: int
    end: int
    means: frozenset[str]
    value: Any = None
    named: dict[str, str] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        return not self.means.isdisjoint(names)

    def as_filler(self) -> Piece:
        """The same stretch, which then means nothing."""
        return Piece(self.text, self.start, self.end, frozenset({"filler"}))

    def is_loose(self) -> bool:
        """Does it mean nothing by itself?"""
        return bool(self.means & _ASIDE) and not any(name.isupper() for name in self.means if name[0] != "o")


def content_of(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces that mean something by themselves."""
    return [piece for piece in pieces if not piece.is_loose() and not piece.has("mark")]


_FILE_KINDS = (
    ("SOUNDFILE", SOUND_FILES),
    ("IMAGEFILE", PICTURE_FILES),
    ("SUBFILE", SUBTITLE_FILES),
    ("LUTFILE", LUT_FILES),
    ("VIDEOFILE", VIDEO_FILES),
)
_RUN = re.compile(r"[A-Za-zÀ-ɏ0-9_.']*[A-Za-zÀ-ɏ0-9_]|.", re.DOTALL)
_CLOCK = re.compile(r"([0-9]{1,3})[:：]([0-5][0-9])(?:[:：]([0-5][0-9]))?(?:[.,]([0-9]{1,3}))?(?![0-9:])")
_ASPECT = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2})?) ?[:：xX/比] ?([0-9]{1,2})(?![0-9:a-zA-Z])")
_ASIDE = frozenset({"filler", "vague_range", "vague_clip"})
_ASPECTS = frozenset("9:16 16:9 1:1 4:5 5:4 4:3 3:4 21:9 2:1 1:2 2:3 3:2 18:9 9:18 9:21 9:20 20:9".split())
_HEX = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})(?![0-9A-Za-z])")
# Units that the amounts of output wishes do not have, by how they begin.
_UNIT_KINDS = {
    "ms": "TIME", "mi": "TIME", "毫秒": "TIME", "db": "DB", "decibel": "DB", "decibels": "DB", "分贝": "DB",
    "lu": "LUFS", "lk": "LUFS", "de": "DEGREES", "°": "DEGREES", "度": "DEGREES", "ev": "EV", "st": "EV", "档": "EV",
}  # fmt: skip
_LONG_UNITS = "ms|milliseconds?|millisecs?|毫秒|db|decibels?|分贝|lufs|lkfs|degrees?|degs?|度|stops?"
_MORE_UNITS = re.compile(rf"([+-]?[0-9]+(?:\.[0-9]+)?) ?-?({_LONG_UNITS}|°|ev|档)(?![A-Za-z])", re.IGNORECASE)
_UNIT_AFTER = re.compile(rf" ?-?({_LONG_UNITS})(?![A-Za-z])", re.IGNORECASE)
_COORDINATE = re.compile(r"([xyw]|h(?!26[45]\b)) ?[=:]? ?([0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z%])")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)\b|#([0-9]{1,2})\b", re.IGNORECASE)
_CLIP_ID = re.compile(r"[cC]([0-9]{1,2})(?![0-9A-Za-z])")
_JOB = re.compile(r"(?:job ?#? ?)?[jJ]([0-9]{1,6})(?![0-9A-Za-z])")
_TIMES_WORDS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?[xX×](?![A-Za-z0-9])|[xX]([0-9]{1,2}(?:\.[0-9]+)?)(?![A-Za-z0-9])")
_SIGNED = re.compile(r"([+-][0-9]+(?:\.[0-9]+)?) ?(%|percent|s|sec|secs|seconds?|秒|px)?(?![A-Za-z0-9:.])")
_SECOND_MOMENT = re.compile(r" *(?:到|至|-|~)? *[0-9]+ *[:秒分]")  # 第3到5秒 counts no clips
_NUMBER_STARTS = frozenset("零〇一二两三四五六七八九十百千万半几壹贰叁")
_QUANTITY_KINDS = {
    "rate": "RATE", "bytes": "SIZE", "bits": "RATE", "scale": "SCALE", "share": "PERCENT", "times": "TIMES",
    "lines": "LINES", "fps": "FPS", "duration": "TIME", "pixels": "PX", "depth": "DEPTH",
}  # fmt: skip


def cut(text: str, marks: dict[str, Literal]) -> list[Piece]:
    """The pieces of a plain, spelled text, in order; at each place the longest reading wins."""
    small = lower(text)
    pieces: list[Piece] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        piece = _piece_at(text, small, at, marks)
        pieces.append(piece)
        at = piece.end
    return pieces


def _piece_at(text: str, small: str, at: int, marks: dict[str, Literal]) -> Piece:
    literal = marks.get(text[at])
    if literal is not None:
        return Piece(literal.text, at, at + 1, _kinds_of(literal), literal.text)
    if text[at] == "第" and (ordinal := _zh_ordinal(text, at)) is not None:
        return ordinal
    inside = at > 0 and text[at - 1].isascii() and text[at - 1].isalnum() and text[at].isascii() and text[at].isalnum()
    inside = inside and not (at > 1 and text[at].isdigit() and text[at - 1] in "pP" and text[at - 2].isdigit())
    word = None if inside else _word_that_fits(small, at)
    amount = None if inside else _amount_at(text, small, at)
    common = common_word_end(small, at)
    if common > (word.end if word else at) and common >= (amount.end if amount else at):
        return Piece(text[at:common], at, common, frozenset({"unknown"}))
    if amount is not None and (word is None or amount.end >= word.end):
        if word is not None and amount.end == word.end and amount.means == {"NUMBER"}:
            amount.means |= word.means - {"filler"}  # one: a number, and the second one
        return amount
    if word is not None and not (len(word.text) == 1 and not word.text.isascii()):
        return word
    other = None if inside else _inflected(small, at)
    if (known := other or word) is not None:
        return known
    run = _RUN.match(text, at)
    end = run.end() if run and text[at].isascii() else at + 1
    unknown = "unknown" if text[at].isalnum() else "mark"
    return Piece(text[at:end], at, end, frozenset({unknown}))


_WHOLE = frozenset({"POSITION", "subtitles", "text", "zoomin", "slowdown", "speedup"})


def _word_that_fits(small: str, at: int) -> Piece | None:
    """The longest known word at a place, unless its last character begins another (放|上面, not 放上|面; 开始|放慢)."""
    word = _word_at(small, at)
    if word is None or word.text.isascii() or word.end - at < 2 or word.end >= len(small):
        return word
    after, inner = word_at(small, word.end), word_at(small, word.end - 1)
    if inner is None or inner[1] <= word.end or (after is not None and after[1] > word.end + 1):
        return word
    found = words().get(small[at : word.end - 1])
    if found is None or found.means <= {"filler"} or not inner[0].means & _WHOLE:
        return word
    return Piece(small[at : word.end - 1], at, word.end - 1, found.means, None, dict(found.named))


def _zh_ordinal(text: str, at: int) -> Piece | None:
    """第三 of 第三段, but not of 第三秒."""
    number = read_number(text, at + 1)
    if number is None or text[number[1] : number[1] + 1] in ("秒", "分", "帧", "小", ":", "：", ".", "s", "m"):
        return None
    whole = number[0].denominator == 1 and number[0] <= 99
    if not whole or _SECOND_MOMENT.match(text, number[1]):
        return None
    return Piece(text[at : number[1]], at, number[1], frozenset({"ORDINAL"}), int(number[0]))


def _kinds_of(literal: Literal) -> frozenset[str]:
    if literal.kind != "FILE":
        return frozenset({literal.kind})
    name = literal.text.lower()
    kind = next((kind for kind, suffixes in _FILE_KINDS if name.endswith(suffixes)), None)
    return frozenset({"FILE", kind} if kind else {"FILE"})


def _word_at(small: str, at: int) -> Piece | None:
    found = word_at(small, at)
    if found is None:
        return None
    word, end = found
    named = dict(word.named)
    amount = named.get("time") or named.get("number")
    value = float(amount) if amount else named.get("aspect")
    return Piece(small[at:end], at, end, word.means, value, named)


def _inflected(small: str, at: int) -> Piece | None:
    found = inflected_at(small, at)
    if found is None:
        return None
    word, end = found
    return Piece(small[at:end], at, end, word.means, named=dict(word.named))


def _amount_at(text: str, small: str, at: int) -> Piece | None:
    first = text[at]
    if not (first.isdigit() or first in "+-#xXcCywh." or first in _NUMBER_STARTS or first.isalpha()):
        return None
    if first == "#" and (match := _HEX.match(text, at)) is not None:
        raw = match[1] if len(match[1]) == 6 else "".join(ch * 2 for ch in match[1])
        return Piece(match[0], at, match.end(), frozenset({"COLOR"}), named={"color": f"#{raw.upper()}"})
    for reader in (_coordinate, _clip_or_job, _aspect, _clock, _frame, _special, _ordinal):
        found = reader(text, at)
        if found is not None:
            return found
    quantity = read_quantity(text, at)
    if quantity is None or _runs_into_word(text, small, quantity):
        return None
    return _of_quantity(text, at, quantity)


def _runs_into_word(text: str, small: str, quantity: Quantity) -> bool:
    tail = text[quantity.end : quantity.end + 1]
    joined = tail.isascii() and tail.isalpha() and text[quantity.end - 1].isascii() and text[quantity.end - 1].isalnum()
    return joined and _word_at(small, quantity.end) is None


def _clip_or_job(text: str, at: int) -> Piece | None:
    match = _CLIP_ID.match(text, at)
    if match is not None:
        return Piece(match[0], at, match.end(), frozenset({"CLIP"}), int(match[1]))
    job = _JOB.match(text, at)
    return None if job is None else Piece(f"j{job[1]}", at, job.end(), frozenset({"JOB"}), job[1])


def _coordinate(text: str, at: int) -> Piece | None:
    """x=120 and h 200; an x right before a number is a factor."""
    match = _COORDINATE.match(text, at)
    if match is None or (at > 0 and text[at - 1].isalnum()):
        return None
    if match[1] == "x" and " " not in match[0] and "=" not in match[0]:
        return None
    return Piece(match[0], at, match.end(), frozenset({"COORDINATE"}), (match[1], float(match[2])))


def _aspect(text: str, at: int) -> Piece | None:
    match = _ASPECT.match(text, at)
    if match is None:
        return None
    ratio = f"{match[1]}:{match[2]}"
    if ratio in ("2.35:1", "2.39:1", "2.4:1", "1.85:1"):
        top, bottom = match[1].split(".")
        ratio = f"{top}{bottom}:{10 ** len(bottom)}"
    elif ratio not in _ASPECTS or (match[0][len(match[1])] == "/" and ratio != "16:9"):
        return None
    return Piece(match[0], at, match.end(), frozenset({"ASPECT"}), ratio)


def _clock(text: str, at: int) -> Piece | None:
    match = _CLOCK.match(text, at)
    if match is None:
        return None
    first, second, third, part = match.groups()
    whole = int(first) * 60 + int(second) if third is None else int(first) * 3600 + int(second) * 60 + int(third)
    seconds = whole + (int(part) / 10 ** len(part) if part else 0.0)
    return Piece(match[0], at, match.end(), frozenset({"TIME", "CLOCK"}), seconds)


def _frame(text: str, at: int) -> Piece | None:
    match = SIZE_PATTERN.match(text, at)
    if match is None:
        return None
    return Piece(match[0], at, match.end(), frozenset({"FRAME"}), (int(match[1]), int(match[2])))


def _special(text: str, at: int) -> Piece | None:
    match = _MORE_UNITS.match(text, at)
    if match is not None:
        return _with_unit(text, at, match.end(), float(match[1]), match[2])
    match = _TIMES_WORDS.match(text, at)
    if match is not None:
        return Piece(match[0], at, match.end(), frozenset({"TIMES"}), float(match[1] or match[2]))
    match = _SIGNED.match(text, at)
    if match is not None and (at == 0 or text[at - 1] in " (（,，" or not text[at - 1].isascii()):
        unit = (match[2] or "").lower()
        kinds = {"%": "PERCENT", "percent": "PERCENT", "px": "PX", "": "NUMBER"}
        kind = kinds.get(unit, "TIME")
        return Piece(match[0], at, match.end(), frozenset({kind, "SIGNED"}), float(match[1]))
    return None


def _ordinal(text: str, at: int) -> Piece | None:
    match = _ORDINAL.match(text, at)
    if match is None:
        return None
    return Piece(match[0], at, match.end(), frozenset({"ORDINAL"}), int(match[1] or match[2]))


def _with_unit(text: str, at: int, end: int, value: float, unit: str) -> Piece:
    """An amount in one of the units of `_UNIT_KINDS`; milliseconds become seconds."""
    small = unit.lower()
    kind = _UNIT_KINDS.get(small) or _UNIT_KINDS[small[:2]]
    return Piece(text[at:end], at, end, frozenset({kind}), value / (1000 if kind == "TIME" else 1))


def _of_quantity(text: str, at: int, quantity: Quantity) -> Piece:
    kind, end = quantity.unit.kind, quantity.end
    if kind == "duration" and text[end : end + 1] == "贝":  # 五分贝 is no five minutes
        return Piece(text[at : end + 1], at, end + 1, frozenset({"DB"}), float(quantity.value))
    said = text[at:end]
    small = said.lower()
    value = float(quantity.amount)
    if kind == "none":
        return _bare_number(text, at, end, value)
    if kind == "scale" and (lines := NAMED_LINES.get(small.replace(" ", ""))) is not None:
        return Piece(said, at, end, frozenset({"LINES", "SCALE"}), float(lines))
    if kind == "share":
        return Piece(said, at, end, frozenset({"PERCENT"} if "%" in said else {"PERCENT", "SHARE"}), value * 100)
    counted = kind == "times" and small.endswith(("times", "time"))
    name = _QUANTITY_KINDS[kind]
    return Piece(said, at, end, frozenset({name, "COUNT"} if counted else {name}), value)


def _bare_number(text: str, at: int, end: int, value: float) -> Piece:
    unit = _UNIT_AFTER.match(text, end)
    if unit is not None:
        return _with_unit(text, at, unit.end(), value, unit[1])
    said = text[at:end]
    kinds = {"NUMBER"}
    if said.lower() in NAMED_LINES or (value in KNOWN_LINES and said.isdigit() and value >= 144):
        kinds.add("LINES?")
    return Piece(said, at, end, frozenset(kinds), value)

"""Cuts a plain request into pieces: words with all they can mean, amounts, moments, marks of literals, and the rest.

The words come from data/words/edits.*.toml; a word may mean several things and keeps them all. Knows no operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from slimreel.agent.context import LUT_FILES, PICTURE_FILES, SOUND_FILES, SUBTITLE_FILES, VIDEO_FILES
from slimreel.agent.lexicon import vocabulary as output_vocabulary
from slimreel.agent.literals import Literal
from slimreel.agent.normalize import correct_spelling, lower, number_and_unit_words, slips_allowed, without_letters
from slimreel.core.numerals import read_number
from slimreel.core.units import KNOWN_LINES, NAMED_LINES, SIZE_PATTERN, Quantity, read_quantity
from slimreel.data.tables import LANGUAGES, edit_table, real_words


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
        return any(name in self.means for name in names)

    def is_loose(self) -> bool:
        """Does it mean nothing by itself?"""
        return "filler" in self.means and not any(name.isupper() for name in self.means if name[0] != "o")


@dataclass(frozen=True, slots=True)
class Word:
    means: frozenset[str]
    named: tuple[tuple[str, str], ...] = ()


_FILE_KINDS = (("SOUNDFILE", SOUND_FILES), ("IMAGEFILE", PICTURE_FILES), ("SUBFILE", SUBTITLE_FILES), ("LUTFILE", LUT_FILES),
               ("VIDEOFILE", VIDEO_FILES))  # fmt: skip
_RUN = re.compile(r"[A-Za-z0-9_.']*[A-Za-z0-9_]|.", re.DOTALL)
_CLOCK = re.compile(r"([0-9]{1,3})[:：]([0-5][0-9])(?:[:：]([0-5][0-9]))?(?:[.,]([0-9]{1,3}))?(?![0-9:])")
_ASPECT = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2})?) ?[:：xX/比] ?([0-9]{1,2})(?![0-9:a-zA-Z])")
_ASPECTS = frozenset("9:16 16:9 1:1 4:5 5:4 4:3 3:4 21:9 2:1 1:2 2:3 3:2 18:9 9:18 9:21 9:20 20:9".split())
_HEX = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})(?![0-9A-Za-z])")
_MORE_UNITS = re.compile(
    r"([+-]?[0-9]+(?:\.[0-9]+)?) ?-?(ms|milliseconds?|millisecs?|毫秒|db|decibels?|分贝|lufs|lkfs|°|degrees?|degs?|度|ev|stops?|档)(?![A-Za-z])",
    re.IGNORECASE,
)
_UNIT_KINDS = {"decibel": "DB", "decibels": "DB", "ms": "TIME", "mi": "TIME", "毫秒": "TIME", "db": "DB", "de": "DEGREES", "分贝": "DB", "lu": "LUFS",
               "lk": "LUFS", "°": "DEGREES", "度": "DEGREES", "ev": "EV", "st": "EV", "档": "EV"}  # fmt: skip
_UNIT_AFTER = re.compile(
    r" ?-?(ms|milliseconds?|millisecs?|毫秒|db|decibels?|分贝|lufs|lkfs|degrees?|degs?|度|stops?)(?![A-Za-z])",
    re.IGNORECASE,
)
_COORDINATE = re.compile(r"([xywh]) ?[=:]? ?([0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-z%])")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)\b|#([0-9]{1,2})\b", re.IGNORECASE)
_CLIP_ID = re.compile(r"[cC]([0-9]{1,2})(?![0-9A-Za-z])")
_JOB = re.compile(r"(?:job ?#? ?)?[jJ]([0-9]{1,6})(?![0-9A-Za-z])")
_TIMES_WORDS = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?[xX×](?![A-Za-z0-9])|[xX]([0-9]{1,2}(?:\.[0-9]+)?)(?![A-Za-z0-9])")
_SIGNED = re.compile(r"([+-][0-9]+(?:\.[0-9]+)?) ?(%|percent|s|sec|secs|seconds?|秒|px)?(?![A-Za-z0-9:.])")


@cache
def words() -> dict[str, Word]:
    """Every known surface form, lower case, with all its meanings."""
    means: dict[str, set[str]] = {}
    named: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        table = edit_table(language)
        for concept, line in table["concepts"].items():
            for word in _split(line, placed=concept in _PLACED):
                means.setdefault(word, set()).add(concept)
        for slot, values in table["values"].items():
            for value, line in values.items():
                for word in _split(line, placed=slot == "position"):
                    means.setdefault(word, set()).add(slot.upper())
                    named.setdefault(word, {}).setdefault(slot, value)
    for word, meaning in output_vocabulary().items():
        if len(word) == 1 and word.isascii():
            continue  # the platform X, which the reader of output wishes knows
        if meaning.concept in _SHORT_ONLY and " " in word and not meaning.value:
            continue
        if meaning.concept == "audio" and meaning.value:
            continue  # sound left out or kept is an edit until it stands beside a wish for the output
        if meaning.concept not in ("filler", "det", "unknown"):
            means.setdefault(word, set()).add(f"out:{meaning.concept}")
        elif word not in means:
            means[word] = {"filler"}
    return {
        word.replace("-", " ") if len(word) > 1 else word: Word(frozenset(found), tuple(named.get(word, {}).items()))
        for word, found in means.items()
    }


_LEADING = re.compile(r"^(?:(?:at|in|on|to|from|of|off) )?the (?=.)")
_PLACED = frozenset(
    "leftedge rightedge topedge bottomedge counter clockwise to_front to_back halfway sides width_word".split()
)
# Of these meanings of the output's words only single words are taken: longer ones would hide the verbs of edits.
_SHORT_ONLY = frozenset("change make of by at from is to this keeping purpose subject correct remove lose".split())


def _split(line: str, *, placed: bool = False) -> Iterator[str]:
    """The forms of a line. At places an article and its preposition are left away: they are pieces of their own."""
    for part in line.split(","):
        word = " ".join(part.split()).lower().removesuffix(" the")
        if word:
            yield _LEADING.sub("", word) if placed else word


@cache
def _longest() -> dict[str, int]:
    """How long the longest known form is that begins with a character."""
    table: dict[str, int] = {}
    for word in words():
        table[word[0]] = max(table.get(word[0], 0), len(word))
    return table


@cache
def _spelling() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    known = (
        {word for surface in words() for word in re.findall(r"[a-z]+", surface)}
        | number_and_unit_words()
        | real_words()
    )
    # Nothing becomes a word of what is refused by a slip: "drags" is not drugs.
    refused = {word for surface, found in words().items() if all(one.startswith("oos_") for one in found.means)
               for word in re.findall(r"[a-z]+", surface)}  # fmt: skip
    useful = {word for surface, found in words().items() if not all(one.startswith("oos_") for one in found.means)
              for word in re.findall(r"[a-z]+", surface)}  # fmt: skip
    stems: dict[str, set[str]] = {}
    for word in known:
        if len(word) >= 4 and word not in real_words() and (word in useful or word not in refused):
            for stem in without_letters(word, slips_allowed(word)):
                stems.setdefault(stem, set()).add(word)
    return frozenset(known), {stem: tuple(sorted(found)) for stem, found in stems.items()}


def spelled(text: str) -> str:
    """The text with words one slip away from a known one put right."""
    return correct_spelling(text, *_spelling())


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
    word = None if inside else _word_at(small, at)
    amount = None if inside else _amount_at(text, small, at)
    if amount is not None and (word is None or amount.end >= word.end):
        if word is not None and amount.end == word.end and amount.means == {"NUMBER"}:
            amount.means |= word.means - {"filler"}  # one: a number, and the second one
        return amount
    if word is not None and not (len(word.text) == 1 and not word.text.isascii()):
        return word
    other = None if inside else _inflected(small, at)
    if other is not None or word is not None:
        return other or word
    run = _RUN.match(text, at)
    end = run.end() if run and text[at].isascii() else at + 1
    unknown = "unknown" if text[at].isalnum() else "mark"
    return Piece(text[at:end], at, end, frozenset({unknown}))


def _zh_ordinal(text: str, at: int) -> Piece | None:
    """第三 of 第三段, but not of 第三秒."""
    number = read_number(text, at + 1)
    if number is None or text[number[1] : number[1] + 1] in ("秒", "分", "帧", "小", ":", "：", ".", "s", "m"):
        return None
    if (
        number[0].denominator != 1
        or number[0] > 99
        or re.match(r" *(?:到|至|-|~)? *[0-9]+ *[:秒分]", text[number[1] :])
    ):
        return None
    return Piece(text[at : number[1]], at, number[1], frozenset({"ORDINAL"}), int(number[0]))


def _kinds_of(literal: Literal) -> frozenset[str]:
    if literal.kind != "FILE":
        return frozenset({literal.kind})
    name = literal.text.lower()
    kind = next((kind for kind, suffixes in _FILE_KINDS if name.endswith(suffixes)), None)
    return frozenset({"FILE", kind} if kind else {"FILE"})


_INFIXES = ("一下", "一个", "一点", "个", "下", "了", "点", "掉")


def _inflected(small: str, at: int) -> Piece | None:
    """A known word in another form: blurring, muted, crops; 降个噪, 压一压, 换换."""
    table = words()
    if small[at].isascii():
        run = _RUN.match(small, at)
        if run is None or len(run[0]) < 5:
            return None
        for stem in _stems(run[0]):
            if stem in table and not table[stem].means <= {"filler"}:
                found = table[stem]
                return Piece(run[0], at, run.end(), found.means, named=dict(found.named))
        return None
    for infix in _INFIXES:
        end = at + 1 + len(infix)
        if (
            small.startswith(infix, at + 1)
            and end < len(small)
            and (found := table.get(small[at] + small[end])) is not None
        ):
            return Piece(small[at : end + 1], at, end + 1, found.means, named=dict(found.named))
    for again in ("一" + small[at], small[at]):
        if (
            small.startswith(again, at + 1)
            and (found := table.get(small[at])) is not None
            and "filler" not in found.means
        ):
            end = at + 1 + len(again)
            return Piece(small[at:end], at, end, found.means, named=dict(found.named))
    return None


def _stems(word: str) -> Iterator[str]:
    for suffix, instead in (("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", ""), ("er", ""), ("er", "e"), ("ly", ""),
                            ("ies", "y"), ("ier", "y"), ("iness", "y"), ("ness", ""), ("ation", "e"), ("y", "")):  # fmt: skip
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            base = word[: -len(suffix)]
            yield base + instead
            if len(base) > 3 and base[-1] == base[-2] and not instead:
                yield base[:-1]


def _word_at(small: str, at: int) -> Piece | None:
    table = words()
    for end in range(min(len(small), at + _longest().get(small[at], 0)), at, -1):
        found = table.get(small[at:end].replace("-", " ") if "-" in small[at + 1 : end - 1] else small[at:end])
        if found is not None and not _inside_word(small, end):
            named = dict(found.named)
            amount = named.get("time") or named.get("number")
            value = float(amount) if amount else named.get("aspect")
            return Piece(small[at:end], at, end, found.means, value, named)
    return None


def _inside_word(small: str, end: int) -> bool:
    if end >= len(small) or not small[end].isascii() or not small[end - 1].isascii():
        return False
    return small[end - 1].isalnum() and small[end].isalnum()


def _amount_at(text: str, small: str, at: int) -> Piece | None:
    first = text[at]
    if not (first.isdigit() or first in "+-#xXcCywh." or first in _NUMBER_STARTS or first.isalpha()):
        return None
    if first == "#" and (match := _HEX.match(text, at)) is not None:
        raw = match[1] if len(match[1]) == 6 else "".join(ch * 2 for ch in match[1])
        return Piece(match[0], at, match.end(), frozenset({"COLOR"}), named={"color": f"#{raw.upper()}"})
    for reader in (_clip_id, _aspect, _clock, _frame, _special, _ordinal):
        found = reader(text, at)
        if found is not None:
            return found
    quantity = read_quantity(text, at)
    if quantity is None or _runs_into_word(text, small, quantity):
        return None
    return _of_quantity(text, at, quantity)


_NUMBER_STARTS = frozenset("零〇一二两三四五六七八九十百千万半几壹贰叁")


def _runs_into_word(text: str, small: str, quantity: Quantity) -> bool:
    tail = text[quantity.end : quantity.end + 1]
    joined = tail.isascii() and tail.isalpha() and text[quantity.end - 1].isascii() and text[quantity.end - 1].isalnum()
    return joined and _word_at(small, quantity.end) is None


def _clip_id(text: str, at: int) -> Piece | None:
    match = _CLIP_ID.match(text, at)
    if match is not None:
        return Piece(match[0], at, match.end(), frozenset({"CLIP"}), int(match[1]))
    place = _COORDINATE.match(text, at)
    if (
        place is not None
        and (at == 0 or not text[at - 1].isalnum())
        and (place[1] != "x" or " " in place[0] or "=" in place[0])
    ):
        return Piece(place[0], at, place.end(), frozenset({"COORDINATE"}), (place[1], float(place[2])))
    job = _JOB.match(text, at)
    return None if job is None else Piece(f"j{job[1]}", at, job.end(), frozenset({"JOB"}), job[1])


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
    seconds = (
        float(int(first) * 60 + int(second)) if third is None else int(first) * 3600 + int(second) * 60 + int(third)
    )
    seconds += int(part) / 10 ** len(part) if part else 0.0
    return Piece(match[0], at, match.end(), frozenset({"TIME", "CLOCK"}), float(seconds))


def _frame(text: str, at: int) -> Piece | None:
    match = SIZE_PATTERN.match(text, at)
    return (
        None
        if match is None
        else Piece(match[0], at, match.end(), frozenset({"FRAME"}), (int(match[1]), int(match[2])))
    )


def _special(text: str, at: int) -> Piece | None:
    match = _MORE_UNITS.match(text, at)
    if match is not None:
        unit = match[2].lower()
        kind = _UNIT_KINDS.get(unit) or _UNIT_KINDS[unit[:2]]
        value = float(match[1]) / (1000 if kind == "TIME" else 1)
        return Piece(match[0], at, match.end(), frozenset({kind}), value)
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


def _of_quantity(text: str, at: int, quantity: Quantity) -> Piece:
    kind = quantity.unit.kind
    if kind == "duration" and text[quantity.end : quantity.end + 1] == "贝":  # 五分贝 is no five minutes
        return Piece(text[at : quantity.end + 1], at, quantity.end + 1, frozenset({"DB"}), float(quantity.value))
    said = text[at : quantity.end]
    value = float(quantity.amount)
    if kind == "none":
        small = said.lower()
        unit = _UNIT_AFTER.match(text, quantity.end)
        if unit is not None:
            kind = _UNIT_KINDS.get(unit[1].lower()) or _UNIT_KINDS[unit[1].lower()[:2]]
            return Piece(
                text[at : unit.end()], at, unit.end(), frozenset({kind}), value / (1000 if kind == "TIME" else 1)
            )
        kinds = {"NUMBER"}
        if small in NAMED_LINES or (value in KNOWN_LINES and said.isdigit() and value >= 144):
            kinds.add("LINES?")
        return Piece(said, at, quantity.end, frozenset(kinds), value)
    names = {"rate": "RATE", "bytes": "SIZE", "bits": "RATE", "scale": "SCALE", "share": "PERCENT", "times": "TIMES",
             "lines": "LINES", "fps": "FPS", "duration": "TIME", "pixels": "PX", "depth": "DEPTH"}  # fmt: skip
    if kind == "scale" and said.lower().replace(" ", "") in NAMED_LINES:
        return Piece(
            said, at, quantity.end, frozenset({"LINES", "SCALE"}), float(NAMED_LINES[said.lower().replace(" ", "")])
        )
    if kind == "share":
        value *= 100
        return Piece(said, at, quantity.end, frozenset({"PERCENT"} | (set() if "%" in said else {"SHARE"})), value)
    counted = kind == "times" and said.lower().endswith(("times", "time"))
    return Piece(said, at, quantity.end, frozenset({names[kind], "COUNT"} if counted else {names[kind]}), value)

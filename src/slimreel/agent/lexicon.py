"""Cuts a plain text into tokens: known words with their meaning, amounts, marks, and what nobody knows.

The words come from data/words and from the presets' own names. Knows nothing of goals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from slimreel.agent.normalize import (
    common_word_end,
    correct_spelling,
    lower,
    number_and_unit_words,
    slips_allowed,
    without_letters,
)
from slimreel.core.units import SIZE_PATTERN, Quantity, read_quantity
from slimreel.data.tables import LANGUAGES, preset_tables, real_words, word_table


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word means: a concept such as `under`, or a value of a goal's field such as codec=hevc."""

    concept: str
    value: str = ""


@dataclass(slots=True)
class Token:
    """A piece of the text. `concept` is a word's meaning, `amount`, `frame` (WxH), `mark` or `unknown`."""

    concept: str
    text: str
    start: int
    end: int
    value: str = ""
    quantity: Quantity | None = None
    frame: tuple[int, int] | None = None
    claimed: bool = field(default=False, compare=False)


_MARK = re.compile(r"[^\w\s]")
_CLOCK = re.compile(r"[0-9]{1,3}(?::[0-9]{1,3})+")
_NEGATIVE = re.compile(r"-[0-9][^ ,]*")
_ENDLESS = re.compile(r"[0-9][0-9.,]{24,}")  # no amount; read once instead of from each digit
_RUN = re.compile(r"[A-Za-z0-9_.']*[A-Za-z0-9_]")


def _split(line: str) -> Iterator[str]:
    return (word for part in line.split(",") if (word := " ".join(part.split()).lower()))


@cache
def vocabulary() -> dict[str, Meaning]:
    """Every known surface form, lower-case. Values of fields win over concepts, earlier lines over later."""
    table: dict[str, Meaning] = {}
    for name, preset in preset_tables().items():
        for word in (name.replace("_", " "), *preset["names"]):
            table.setdefault(word.lower(), Meaning("preset", name))
    sources: list[dict[str, Any]] = [word_table(language) for language in LANGUAGES]
    for source in sources:
        for slot, values in source["fields"].items():
            for value, line in values.items():
                for word in _split(line):
                    table.setdefault(word, Meaning(slot, value))
    for source in sources:
        for concept, line in source["concepts"].items():
            for word in _split(line):
                table.setdefault(word, Meaning(concept))
    return table


@cache
def _longest() -> int:
    return max(map(len, vocabulary()))


@cache
def _spelling() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Known single words, and from what is left of them after a slip back to them."""
    known = (
        {word for surface in vocabulary() for word in re.findall(r"[a-z]+", surface)}
        | number_and_unit_words()
        | real_words()
    )
    stems: dict[str, set[str]] = {}
    for word in known:
        if len(word) >= 4 and word not in real_words():
            for stem in without_letters(word, slips_allowed(word)):
                stems.setdefault(stem, set()).add(word)
    return frozenset(known), {stem: tuple(sorted(words)) for stem, words in stems.items()}


def tokenize(text: str) -> list[Token]:
    """The tokens of a normalized text, in order; at each place the longest reading wins."""
    text = correct_spelling(text, *_spelling())
    small = lower(text)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token_at(text, small, at)
        tokens.append(token)
        at = token.end
    return tokens


def _token_at(text: str, small: str, at: int) -> Token:
    word = _known_word(small, at)
    if (negative := _NEGATIVE.match(text, at)) is not None and (at == 0 or text[at - 1] == " "):
        return Token("unknown", negative[0], at, negative.end())
    if (endless := _ENDLESS.match(text, at)) is not None:
        return Token("unknown", endless[0], at, endless.end())
    if (clock := _CLOCK.match(text, at)) is not None:
        return Token("unknown", clock[0], at, clock.end())
    if (frame := SIZE_PATTERN.match(text, at)) is not None:
        end = frame.end() + (small[frame.end() : frame.end() + 1] == "p" and not _inside_word(small, frame.end() + 1))
        return Token("frame", text[at:end], at, end, frame=(int(frame[1]), int(frame[2])))
    quantity = _quantity_at(text, at)
    common = common_word_end(small, at)
    if common > max(word[1] if word else at, quantity.end if quantity else at):
        return Token("unknown", text[at:common], at, common)
    if quantity is not None and (word is None or quantity.end > word[1]):
        return Token("amount", text[at : quantity.end], at, quantity.end, quantity=quantity)
    if word is not None:
        return Token(word[0].concept, text[at : word[1]], at, word[1], value=word[0].value)
    if (run := _RUN.match(text, at)) is not None and text[at].isascii():
        return Token("unknown", run[0], at, run.end())
    concept = "mark" if _MARK.match(text, at) else "unknown"
    return Token(concept, text[at], at, at + 1)


def _quantity_at(text: str, at: int) -> Quantity | None:
    """An amount, unless it begins inside a word ("b2b") or its number runs into one ("2nd", "4everyone")."""
    if at and text[at - 1].isascii() and text[at - 1].isalpha() and text[at].isascii() and text[at].isalpha():
        return None
    found = read_quantity(text, at)
    if found is None:
        return None
    tail = text[found.end : found.end + 1]
    joined = tail.isascii() and tail.isalpha() and text[found.end - 1].isascii()
    return None if joined and not _known_word(lower(text), found.end) else found


def _known_word(small: str, at: int) -> tuple[Meaning, int] | None:
    table = vocabulary()
    before = small[at - 1] if at else " "
    if before.isascii() and before.isalpha() and small[at].isascii() and small[at].isalpha():
        return None
    for end in range(min(len(small), at + _longest()), at, -1):
        meaning = table.get(small[at:end])
        if meaning is not None and not _inside_word(small, end):
            return meaning, end
    return None


def _inside_word(small: str, end: int) -> bool:
    if end >= len(small) or not small[end].isascii() or not small[end - 1].isascii():
        return False
    last, following = small[end - 1], small[end]
    if last.isdigit():
        return following.isalnum()
    return last.isalpha() and following.isalpha()

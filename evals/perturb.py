"""Writes a request as somebody in a hurry would, by chance with a fixed seed: the meaning stays, the letters change.

Quoted texts, names of files, addresses and the words that a label repeats stay as they are, for they are data.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from evals.requests import Request
from slimreel.data.tables import word_table

SEED = 5
_QUOTED = re.compile(
    r"\"[^\"]*\"|“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|‘[^’]*’|(?<![A-Za-z0-9])'[^']*'(?![A-Za-z0-9])"
)
_DATA = re.compile(r"https?://\S+|[@#][\w.]+|[\w()\-]+\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9])")
_AMOUNT = re.compile(r"\d(?:[\d.,:]*\d)?\s?[A-Za-z/]+")  # Mb is not MB: the case of a unit is its meaning
_WORD = re.compile(r"(?<![A-Za-z0-9@#_.'’-])[A-Za-z]{5,}(?![A-Za-z0-9_@.'’-])")
_STOPS = re.compile(r"[.,!?;…，。！？；、]+")
_BETWEEN_DIGITS = re.compile(r"\d\s*$"), re.compile(r"\s*\d")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_FILLERS = {
    "en": (("hey, ", "um ", "ok so ", "hi! ", "so "), (" please", " thanks", " pls", " thx", " :)")),
    "zh": (("嗯，", "那个，", "你好，", "麻烦", "那就"), ("，谢谢", "哈", "呀", "，辛苦了", "吧")),
}

# Written the same in both; the words list rare variants of them.
_UNCHANGED = frozenset(map(ord, "面只噪效背插操教升暗昵款期周游旋附托借划巨歌鼓略构"))

Kind = Callable[[str, "list[tuple[int, int]]", random.Random, str], str]


def perturbed(request: Request, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """The kinds of change that a request has room for, each with the text it makes."""
    fixed = _protected(request)
    for name, kind in KINDS.items():
        chance = random.Random(f"{seed}:{request.id}:{name}")
        text = kind(request.text, fixed, chance, request.lang)
        if text != request.text:
            yield name, text


def typo(text: str, fixed: list[tuple[int, int]], chance: random.Random, _: str) -> str:
    """One slip in one word of five letters or more: two letters swapped, one lost, doubled, or a neighbour's key."""
    words = [found for found in _WORD.finditer(text) if not _inside(found.span(), fixed)]
    if not words:
        return text
    word = chance.choice(words)
    at = word.start() + chance.randrange(1, len(word[0]) - 1)
    before, letter, behind = text[:at], text[at], text[at + 1 :]
    match chance.choice(("swap", "lose", "double", "miss")):
        case "swap":
            return before + behind[0] + letter + behind[1:] if letter != behind[0] else before + behind
        case "lose":
            return before + behind
        case "double":
            return before + letter + letter + behind
        case _:
            return before + _neighbour(letter, chance) + behind


def hurried(text: str, fixed: list[tuple[int, int]], _: random.Random, __: str) -> str:
    """Lower case and no stops; a stop between two numbers divides them, and units keep their case."""
    kept = [*fixed, *(found.span() for found in _AMOUNT.finditer(text))]
    lowered = "".join(letter if _inside((at, at + 1), kept) else letter.lower() for at, letter in enumerate(text))
    if len(lowered) != len(text):
        return text

    def stop(found: re.Match[str]) -> str:
        before, behind = _BETWEEN_DIGITS
        divides = before.search(text[: found.start()]) and behind.match(text[found.end() :])
        if _inside(found.span(), fixed) or divides:
            return found[0]
        joins = found.end() < len(text) and not text[found.end()].isspace()
        return " " if joins else ""

    return _STOPS.sub(stop, lowered)


def with_fillers(text: str, fixed: list[tuple[int, int]], chance: random.Random, lang: str) -> str:
    """A filler before, and one behind unless a text to be shown ends there."""
    front, back = _FILLERS["en" if lang == "en" else "zh"]
    ends_in_data = any(end >= len(text.rstrip(" .!?。！？")) for _, end in fixed)
    return chance.choice(front) + text + ("" if ends_in_data else chance.choice(back))


def full_width(text: str, fixed: list[tuple[int, int]], _: random.Random, __: str) -> str:
    """Digits as a Chinese keyboard may write them."""
    return _mapped(text, fixed, _WIDE)


def traditional(text: str, fixed: list[tuple[int, int]], _: random.Random, __: str) -> str:
    """Simplified characters as they are written elsewhere."""
    return _mapped(text, fixed, _traditional())


KINDS: dict[str, Kind] = {
    "typo": typo,
    "hurried": hurried,
    "fillers": with_fillers,
    "full_width": full_width,
    "traditional": traditional,
}


def _protected(request: Request) -> list[tuple[int, int]]:
    """The places of the text that are data."""
    found = [one.span() for pattern in (_QUOTED, _DATA) for one in pattern.finditer(request.text)]
    names = {word for answer in request.answers for command in answer for word in _texts(command["params"])}
    names |= set(request.context.names)
    for name in names:
        stem = name.rpartition(".")[0]
        for word in {name, stem} - {""}:
            found += [one.span() for one in re.finditer(re.escape(word), request.text, re.IGNORECASE)]
    return found


def _texts(params: Mapping[str, Any]) -> Iterator[str]:
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from _texts(value)
        elif name in ("text", "file", "filename", "url", "font") and isinstance(value, str):
            yield value


def _inside(span: tuple[int, int], places: Iterable[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in places)


def _mapped(text: str, fixed: list[tuple[int, int]], table: Mapping[int, str] | Mapping[int, int]) -> str:
    return "".join(
        letter if _inside((at, at + 1), fixed) else letter.translate(table) for at, letter in enumerate(text)
    )


def _neighbour(letter: str, chance: random.Random) -> str:
    row = next((keys for keys in _KEYS if letter.lower() in keys), letter)
    at = row.find(letter.lower())
    near = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    found = chance.choice(near) if near else letter
    return found.upper() if letter.isupper() else found


@cache
def _traditional() -> dict[int, str]:
    """The first traditional form that the words list for each simplified character."""
    table: dict[int, str] = {}
    for pair in word_table("zh")["traditional"]["pairs"].split():
        if ord(pair[1]) not in _UNCHANGED:
            table.setdefault(ord(pair[1]), pair[0])
    return table

"""The vocabulary of edits: every known form of a word with all that it can mean, in whatever form it is written.

The words come from data/words/edits.*.toml and from the output's vocabulary. Knows no amounts and no operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from slimreel.agent.lexicon import vocabulary as output_vocabulary
from slimreel.agent.normalize import correct_spelling, number_and_unit_words, slips_allowed, without_letters
from slimreel.data.tables import LANGUAGES, edit_table, real_words


@dataclass(frozen=True, slots=True)
class Word:
    """What a form can mean, and the values it gives to parameters."""

    means: frozenset[str]
    named: tuple[tuple[str, str], ...] = ()


Found = tuple[Word, int]  # a word, and where it ends in the text


@cache
def texts(name: str) -> frozenset[str]:
    """The words of a list that is read by what stands there and not by what it means, of all languages."""
    lines = [edit_table(language)["texts"].get(name, "") for language in LANGUAGES]
    return frozenset(word.strip() for line in lines for word in line.split(",") if word.strip())


_LEADING = re.compile(r"^(?:(?:at|in|on|to|from|of|off) )?the (?=.)")
_PLACED = frozenset(
    "leftedge rightedge topedge bottomedge counter clockwise to_front to_back halfway sides width_word".split()
)
# Of these meanings of the output's words only single words are taken: longer ones would hide the verbs of edits.
_SHORT_ONLY = frozenset("change make of by at from is to this keeping purpose subject correct remove lose".split())


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
    known = _latin(words()) | number_and_unit_words() | real_words()
    # Nothing becomes a word of what is refused by a slip: "drags" is not drugs.
    refused = _latin(form for form, word in words().items() if _is_refused(word))
    useful = _latin(form for form, word in words().items() if not _is_refused(word))
    stems: dict[str, set[str]] = {}
    for word in known:
        if len(word) >= 4 and word not in real_words() and (word in useful or word not in refused):
            for stem in without_letters(word, slips_allowed(word)):
                stems.setdefault(stem, set()).add(word)
    return frozenset(known), {stem: tuple(sorted(found)) for stem, found in stems.items()}


def _latin(forms: Iterable[str]) -> set[str]:
    """The single words in Latin letters that these forms are made of."""
    return {word for form in forms for word in re.findall(r"[a-z]+", form)}


def _is_refused(word: Word) -> bool:
    return all(one.startswith("oos_") for one in word.means)


def spelled(text: str, names: frozenset[str] = frozenset()) -> str:
    """The text with words one slip away from a known one put right. Those of `names` are right as they are."""
    known, misspelled = _spelling()
    return correct_spelling(text, known | names if names else known, misspelled)


_JOINED = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]+(?:_[A-Za-z]+)+(?![A-Za-z0-9_.])")


def unjoined(text: str) -> str:
    """The text with names such as bottom_left or max_bitrate as words, where each of their words is known."""
    return _JOINED.sub(
        lambda match: match[0].replace("_", " ") if words().keys() >= set(match[0].lower().split("_")) else match[0],
        text,
    )


def word_at(small: str, at: int) -> Found | None:
    """The longest known form that begins at a place of a text in lower case."""
    table = words()
    for end in range(min(len(small), at + _longest().get(small[at], 0)), at, -1):
        found = table.get(small[at:end].replace("-", " ") if "-" in small[at + 1 : end - 1] else small[at:end])
        if found is not None and not _inside_word(small, end):
            return found, end
    return None


def _inside_word(small: str, end: int) -> bool:
    if end >= len(small) or not small[end].isascii() or not small[end - 1].isascii():
        return False
    return small[end - 1].isalnum() and small[end].isalnum()


_RUN = re.compile(r"[A-Za-z0-9_.']*[A-Za-z0-9_]")
_INFIXES = ("一下", "一个", "一点", "个", "下", "了", "点", "掉")
_ENDINGS = (
    ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", ""), ("er", ""), ("er", "e"), ("ly", ""),
    ("ies", "y"), ("ier", "y"), ("iness", "y"), ("ness", ""), ("ation", "e"), ("y", ""),
)  # fmt: skip


def inflected_at(small: str, at: int) -> Found | None:
    """A known word in another form: blurring, muted, crops; 降个噪, 压一压, 换换."""
    return _english_form(small, at) if small[at].isascii() else _chinese_form(small, at)


def _english_form(small: str, at: int) -> Found | None:
    run = _RUN.match(small, at)
    if run is None or len(run[0]) < 5:
        return None
    for stem in _stems(run[0]):
        found = words().get(stem)
        if found is not None and not found.means <= {"filler"}:
            return found, run.end()
    return None


def _chinese_form(small: str, at: int) -> Found | None:
    table = words()
    for infix in _INFIXES:
        end = at + 1 + len(infix)
        if small.startswith(infix, at + 1) and end < len(small):
            found = table.get(small[at] + small[end])
            if found is not None:
                return found, end + 1
    for again in ("一" + small[at], small[at]):
        found = table.get(small[at])
        if small.startswith(again, at + 1) and found is not None and "filler" not in found.means:
            return found, at + 1 + len(again)
    return None


def _stems(word: str) -> Iterator[str]:
    for suffix, instead in _ENDINGS:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            base = word[: -len(suffix)]
            yield base + instead
            if len(base) > 3 and base[-1] == base[-2] and not instead:
                yield base[:-1]

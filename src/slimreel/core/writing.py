"""Which shapes the letters of a text ask for: the language of Han letters, or a picture for an emoji.

One Han letter has one code and other shapes in China, Taiwan, Japan and Korea. Which fonts there are is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Shape = Literal["zh-Hans", "zh-Hant", "ja", "ko", "emoji"]

# The national character sets: what each can write is what people of that language write with.
_CHARSETS: dict[Shape, str] = {"zh-Hans": "gb2312", "zh-Hant": "big5", "ja": "shift_jis", "ko": "euc_kr"}
_HAN = re.compile(r"[\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SPOKEN: tuple[tuple[Shape, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9f]")),
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc]")),
    ("zh-Hant", re.compile(r"[\u3105-\u312f\u31a0-\u31bf]")),
)
# Every letter that stands in a square of its own, with the signs between them.
_SQUARE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u303f\u3040-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    r"\U0001f200-\U0001f2ff\U00020000-\U0003ffff]"
)
_SHARED = frozenset("“”‘’…—·‧")  # narrow among Latin letters, a square among Han letters
_AS_PICTURE = "\ufe0f"
JOINERS = "\u200c\u200d"  # they tie emoji together, and part or tie the letters of Arabic and Indic scripts


def is_silent(letter: str) -> bool:
    """Does it only choose a form of its neighbours, and show nothing itself?"""
    return letter in JOINERS or 0xFE00 <= ord(letter) <= 0xFE0F


def is_shown(letter: str) -> bool:
    """Does a font have to have it?"""
    return letter.isprintable() and not letter.isspace() and not is_silent(letter)


def main_language(texts: Iterable[str]) -> Shape | None:
    """The language of several texts that belong together: what to take one for that could be of several."""
    joined = "\n".join(texts)
    return _only(_spoken(joined), joined) or _guess(joined, None)


def shapes(text: str, hint: Shape | None = None) -> list[Shape | None]:
    """The shape that each letter of a text asks for, one a letter; None where any font will do.

    Kana and Hangul say what language the Han letters beside them are in. Where a text has both, each word is asked;
    where it has none, the first of `hint`, Chinese simplified, traditional and Japanese that writes them all is taken.
    """
    spoken = _spoken(text)
    whole = _only(spoken, text)
    pieces = [text] if whole or not spoken else re.findall(r"\S+\s*|\s+", text)
    found: list[Shape | None] = []
    for piece in pieces:
        language = whole or _only(_spoken(piece)) or _guess(piece, hint)
        found += [language if _SQUARE.match(letter) else None for letter in piece]
    for at, letter in enumerate(text):
        if letter in _SHARED:
            found[at] = found[at - 1] if at else None
            found[at] = found[at] or next((one for one in found[at + 1 : at + 2] if one), None)
        elif text[at + 1 : at + 2] == _AS_PICTURE:
            found[at] = "emoji"
    return found


def _spoken(text: str) -> list[Shape]:
    return [language for language, letters in _SPOKEN if letters.search(text)]


def _only(spoken: list[Shape], text: str = "") -> Shape | None:
    """The one language that is spoken, if it also writes the Han letters of the text."""
    return spoken[0] if len(spoken) == 1 and _written(spoken[0], text) == len(_han(text)) else None


def _guess(text: str, hint: Shape | None) -> Shape | None:
    """The language that writes the most of its Han letters; the hint and then the first of those that write as many."""
    order = sorted(_CHARSETS, key=lambda language: language != hint)
    best = max(order, key=lambda language: _written(language, text))
    return best if _SQUARE.search(text) else None


def _han(text: str) -> set[str]:
    return set(_HAN.findall(text))


def _written(language: Shape, text: str) -> int:
    """How many of its Han letters the language writes."""
    charset = _CHARSETS[language]
    return sum(bool(letter.encode(charset, "ignore")) for letter in _han(text))

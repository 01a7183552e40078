"""Reads a number at a place in a text: digits with separators, English and Chinese numerals, fractions.

Exact (Fraction), linear in the text, and knows nothing of units or of what the number is for.
"""

from __future__ import annotations

import re
from fractions import Fraction

# Longer digit runs are no amount anybody means, and arithmetic on them would be unbounded.
MAX_DIGITS = 15

_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*|\.[0-9]+")
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?")
_SLASH = re.compile(r" ?/ ?(?=[0-9])")
_WORD = re.compile(r"[ -]?([A-Za-z]+)(?![A-Za-z])")

ZH_DIGITS = dict(
    zip(
        "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖",
        (0, *range(3), *range(2, 10), *range(1, 10)),
        strict=True,
    )
)
ZH_POWERS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "万": 10_000,
    "亿": 100_000_000,
}
_ZH_RUN = re.compile("[" + "".join(ZH_DIGITS) + "".join(ZH_POWERS) + "点半]{1,16}")

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
EN_NUMBERS = {word: value for value, word in enumerate(_ONES)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
EN_POWERS = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
EN_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
    "fifth": 5, "fifths": 5, "sixth": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip

Read = tuple[Fraction, int]


def digits_value(text: str) -> Fraction:
    """The value of digits with separators. A comma before exactly three digits groups thousands, any other
    comma is a decimal point; a point is decimal unless there are several. "1,000" = 1000, "8,5" = 8.5."""
    last = max(text.rfind(","), text.rfind("."))
    if last < 0:
        return Fraction(int(text))
    mark = text[last]
    tail = len(text) - last - 1
    repeated = text.count(mark) > 1
    mixed = {",", "."} <= set(text)
    grouping = repeated or (mark == "," and not mixed and tail == 3 and not text.startswith("0"))
    if grouping:
        return Fraction(int(text.replace(",", "").replace(".", "")))
    whole = text[:last].replace(",", "").replace(".", "")
    return Fraction(int(whole or "0")) + Fraction(int(text[last + 1 :]), 10**tail)


def read_digits(text: str, at: int, *, spaced: bool = False) -> Read | None:
    """Digits at `at`; `spaced` also takes "1 000 000". Chinese powers may follow: "8百", "1.5千"."""
    match = (_SPACED.match(text, at) if spaced else None) or _DIGITS.match(text, at)
    if match is None:
        return None
    raw = match[0].replace(" ", "")
    if sum(ch.isdigit() for ch in raw) > MAX_DIGITS:
        return None
    value, end = digits_value(raw), match.end()
    while end < len(text) and text[end] in "百千万亿":
        value, end = value * ZH_POWERS[text[end]], end + 1
    return value, end


def zh_value(run: str) -> Fraction | None:
    """The value of a run of Chinese numerals, or None: 八, 二十五, 两百五 (250), 一点五, 半."""
    if run == "半":
        return Fraction(1, 2)
    half = Fraction(1, 2) if run.endswith("半") else Fraction(0)
    whole, point, part = run.removesuffix("半").partition("点")
    if "半" in whole + part or "点" in part or (point and (not part or set(part) - set(ZH_DIGITS))):
        return None
    value = _zh_integer(whole)
    if value is None:
        return None
    decimals = Fraction(int("".join(str(ZH_DIGITS[ch]) for ch in part)), 10 ** len(part)) if part else 0
    return value + decimals + half


def _zh_integer(run: str) -> Fraction | None:
    if not run or len(run) > MAX_DIGITS:
        return None
    if all(ch in ZH_DIGITS for ch in run):
        return Fraction(int("".join(str(ZH_DIGITS[ch]) for ch in run)))
    total, section, digit, last_power, zero = 0, 0, -1, 1, False
    for ch in run:
        if ch in ZH_DIGITS:
            digit, zero = ZH_DIGITS[ch], zero or ch in "零〇"
            continue
        power = ZH_POWERS[ch]
        if power >= 10_000:
            total, section = (total + section + max(digit, 0)) * power, 0
        else:
            section += (1 if digit < 0 else digit) * power
        digit, last_power, zero = -1, power, False
    # 两百五 is 250: a last digit without 零 counts in the place below.
    tail = max(digit, 0) * (last_power // 10 if last_power >= 100 and not zero else 1)
    return Fraction(total + section + tail)


def read_zh(text: str, at: int) -> Read | None:
    match = _ZH_RUN.match(text, at)
    if match is None:
        return None
    run = match[0]
    # 八半 or 三点 can end in a character that belongs to the next word (一点, 半小时).
    for length in range(len(run), 0, -1):
        value = zh_value(run[:length])
        if value is not None:
            end = at + length
            if text.startswith("个半", end):
                return value + Fraction(1, 2), end + 2
            return value, end
    return None


def _words(text: str, at: int, most: int = 8) -> list[tuple[str, int]]:
    """Up to `most` Latin words from `at`, lower-case, with their ends."""
    found: list[tuple[str, int]] = []
    while len(found) < most and (match := _WORD.match(text, at)) and (found or match.start(1) == at):
        found.append((match[1].lower(), match.end()))
        at = match.end()
    return found


def read_en(text: str, at: int) -> Read | None:
    """English number words: "twenty-five", "a hundred", "one point five", "two and a half"."""
    words = _words(text, at)
    value, total, i = Fraction(-1), Fraction(0), 0
    if len(words) > 1 and words[0][0] == "a" and words[1][0] in EN_POWERS:
        value, i = Fraction(1), 1
    while i < len(words):
        word = words[i][0]
        if word in EN_NUMBERS and (value < 0 or (value % 10 == 0 and value > 0 and EN_NUMBERS[word] < value)):
            value = max(value, Fraction(0)) + EN_NUMBERS[word]
        elif word in EN_POWERS and value > 0:
            value *= EN_POWERS[word]
            if word != "hundred":
                total, value = total + value, Fraction(0)
        else:
            break
        i += 1
    if value < 0:
        return None
    value += total
    rest = [word for word, _ in words[i : i + 3]]
    if rest[:1] == ["point"] and len(rest) > 1 and EN_NUMBERS.get(rest[1], 10) < 10:
        return value + Fraction(EN_NUMBERS[rest[1]], 10), words[i + 1][1]
    if rest == ["and", "a", "half"]:
        return value + Fraction(1, 2), words[i + 2][1]
    return value, words[i - 1][1]


def read_number(text: str, at: int = 0, *, spaced: bool = False) -> Read | None:
    """The number that starts at `at` and where it ends, or None."""
    return read_digits(text, at, spaced=spaced) or read_zh(text, at) or read_en(text, at)


def read_share(text: str, at: int = 0) -> Read | None:
    """A part of a whole at `at`: "1/3", "two thirds", "half", "三分之一", "百分之三十", "六成"."""
    return _share_zh(text, at) or _share_slash(text, at) or _share_en(text, at)


def _share_slash(text: str, at: int) -> Read | None:
    top = re.compile(r"[0-9]{1,3}").match(text, at)
    if top is None or (slash := _SLASH.match(text, top.end())) is None:
        return None
    bottom = re.compile(r"[0-9]{1,3}(?![0-9])").match(text, slash.end())
    if bottom is None or int(bottom[0]) == 0:
        return None
    return Fraction(int(top[0]), int(bottom[0])), bottom.end()


def _share_zh(text: str, at: int) -> Read | None:
    if text.startswith("一半", at) or text.startswith("对半", at):
        return Fraction(1, 2), at + 2
    if text.startswith("百分之", at):
        part = read_digits(text, at + 3) or read_zh(text, at + 3)
        return (part[0] / 100, part[1]) if part else None
    number = read_digits(text, at) or read_zh(text, at)
    if number is None:
        return None
    value, end = number
    if text.startswith("分之", end):
        top = read_digits(text, end + 2) or read_zh(text, end + 2)
        return (top[0] / value, top[1]) if top and value else None
    if text.startswith(("成", "折"), end) and 0 < value < 10:
        rest = Fraction(1, 20) if text.startswith("半", end + 1) else _zh_hundredth(text, end + 1)
        return value / 10 + rest, end + 1 + (1 if rest else 0)
    return None


def _zh_hundredth(text: str, at: int) -> Fraction:
    """The 五 of 一成五, which is 15 %; not the 五 of 三成五十秒."""
    digit = text[at : at + 1]
    if (
        not digit
        or digit not in "一二三四五六七八九"
        or text[at + 1 : at + 2] in tuple("一二三四五六七八九十百千万个段秒分条")
    ):
        return Fraction(0)
    return Fraction(ZH_DIGITS[digit], 100)


def _share_en(text: str, at: int) -> Read | None:
    words = _words(text, at, 2)
    if not words:
        return None
    first, end = words[0]
    if first == "half":
        return Fraction(1, 2), end
    if first == "quarter":
        return Fraction(1, 4), end
    digit = re.compile(r"[0-9]").match(text, at)
    top = Fraction(1) if first in ("a", "an") else Fraction(EN_NUMBERS.get(first, 0))
    if digit is None and top and len(words) == 2 and words[1][0] in EN_PARTS:
        return top / EN_PARTS[words[1][0]], words[1][1]
    return None

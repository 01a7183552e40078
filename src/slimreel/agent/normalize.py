"""Makes a wish's text plain before it is read: one width, one space, simplified characters, known spelling.

Keeps the case of letters, for b is not B. Knows which words exist, not what they mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from slimreel.core.numerals import EN_NUMBERS, EN_PARTS, EN_POWERS
from slimreel.core.units import UNITS
from slimreel.data.tables import common_words, word_table

# A wish is a sentence or two. The bound keeps every reader's work small whatever is typed.
MAX_LENGTH = 600

# Full-width list commas must not become decimal commas: 1080P，4000k.
_BEFORE = {ord("，"): ", ", ord("、"): ", ", ord("。"): ". ", ord("；"): "; ", ord("\u2044"): "/"}
_AFTER = str.maketrans({"\u2044": "/", "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "～": "~"})
_LOWER = {i: i + 32 for i in range(ord("A"), ord("Z") + 1)}
# 七十多兆: some seventy; said of what is there, so the number is enough.
# 最后一秒 is a length, 最后一段 a place in the order.
_LAST_ONE = re.compile(r"最[后後]一(?=秒|分[钟鐘])")
_FRACTION = re.compile(r"\b(?:an?|one) ([0-9]{1,2})(?:th|rd)\b(?= (?:of|its|the) )", re.IGNORECASE)
# "From the fifth second to the fifteenth": moments that are counted.
_COUNTED_ONES = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_NTH = rf"(?:([0-9]{{1,3}})(?:st|nd|rd|th)|({'|'.join([*_COUNTED_ONES, 'fifteenth', 'twentieth', 'thirtieth'])}))"
_NTH_SECOND = re.compile(rf"\b(?:the )?{_NTH} (seconds?|secs?|minutes?)\b(?: mark\b)?", re.IGNORECASE)
_TO_NTH = re.compile(
    rf"(?<=[0-9] (?:second|minute)) (to|until|till|through|and) (?:the )?{_NTH}\b(?! (?:clip|one|video))", re.IGNORECASE
)
# "Pauses of 2+ seconds" are longer than that.
_OR_MORE = re.compile(
    r"(?<![0-9.])([0-9]{1,4}(?:\.[0-9]{1,3})?)\+(?= ?(?:s|secs?|seconds?|mins?|minutes?)\b)", re.IGNORECASE
)
# "Hold it 2 more seconds" is two seconds more.
_SO_MUCH_MORE = re.compile(
    r"\b([0-9]+(?:\.[0-9]+)?|one|two|three|four|five|six|ten) (more|extra|additional|further) "
    r"(seconds?|secs?|minutes?|mins?)\b",
    re.IGNORECASE,
)
_BARE_SHARE = re.compile(
    r"(?<!\ba )(?<!the )(?<!one )(?<!two )(?<!three )\b(third|quarter|fifth)"
    r"(?= of the (?:screen|frame|width|picture|video)\b)",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"(?<=[0-9零一二两三四五六七八九十百千])[多来几](?=[兆MmGgKk秒分帧])")
_COUNTED = re.compile(r"(?<=[0-9零一二两三四五六七八九十百])个(?=[dD][bB]|分贝|百分点|[兆MmGgTt](?![a-z])|秒)")
_GRIDS = re.compile(r"(?<=[0-9])格(?![式子局外])")  # 24格 of Taiwan is 24帧
_FIRST_ONE = re.compile(r"第一(?=分[钟鐘]|[个個]?小[时時])")  # 第一分钟 is the first minute
_AS_CAN = re.compile(r"能([省减減缩縮砍瘦小压壓降])(?:多少(?:就?\1多少|是多少)|[则則就]\1)")  # 能省则省
# 清楚不清楚无所谓, 糊不糊都行: of two ways neither matters.
_EITHER_WAY = re.compile(
    r"(?<!音质)(?<!声音)(?:画质|画面|看得)?(?:(清[楚晰]?|高清|模?糊|好)不(?:清[楚晰]?|高清|模?糊|好)|模?糊(?:一?点儿?|一?些)|看不清楚?|不清[楚晰])"
    r"(?=[都也我倒]{0,2}(?:无所谓|不重要|不在乎|不管|没关系|没事|都行|行|可以|随便|不要紧|不介意|没所谓))"
)
# fps 15 is 15 fps, where nothing else is said of either number.
_RATE_LED = re.compile(
    r"(?<![0-9])(?<![0-9] )\bfps ?[:=]? ?(?:改成?|换成?|用|给|到|降到)? ?([0-9]{2,3})"
    r"(?= ?(?:[,.;]|$|就[行好够]|吧|即可))",
    re.IGNORECASE,
)
# 跟住静音 of Cantonese is "then"; 跟住人脸 follows something about.
_THEN = re.compile(
    r"(?:^|(?<=[,.; ]))跟[住著着]就?(?=[\u4e00-\u9fffA-Za-z0-9])"
    r"(?!.{0,8}(?:走|跑|移动|转动|节奏|节拍|鼓点|拍子))"
    r"(?!(?:个|只|那|这|我|他|她|它|佢|人(?!声)|脸|车|球|头|手|嘴|狗|猫|主|目标|物|镜))"
)
_BELOW_ZERO = re.compile(r"负 ?(?=[0-9])")
_LABELLED = re.compile(r"\b(crf|vmaf|fps|lufs)(?=[0-9])", re.IGNORECASE)  # crf23
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,20}(?![A-Za-z0-9])")


def lower(text: str) -> str:
    """Lower-case of ASCII only, so that positions in both texts are the same."""
    return text.translate(_LOWER)


def normalize(text: str, keep: Iterable[str] = ()) -> str:
    """The text in plain form. Anything beyond MAX_LENGTH is cut off; callers refuse such texts first. Characters of
    `keep` stay, whatever they are."""
    stays = frozenset(keep)
    plain = unicodedata.normalize("NFKC", text[:MAX_LENGTH].translate(_BEFORE)).translate(_AFTER)
    plain = "".join(ch for ch in plain if ch in stays or unicodedata.category(ch) not in ("Cf", "Cs", "Co", "Cn"))
    plain = _FRACTION.sub(r"1/\1", _COUNTED.sub("", _VAGUE.sub("", plain)))
    plain = _OR_MORE.sub(r"over \1", plain)
    plain = _SO_MUCH_MORE.sub(r"\1 \3 \2", plain)
    plain = _BARE_SHARE.sub(r"a \1", plain)
    plain = _TO_NTH.sub(_to_nth, _NTH_SECOND.sub(_nth_second, plain))
    plain = _FIRST_ONE.sub("前1", plain)
    plain = _AS_CAN.sub("能压多少压多少", plain)
    plain = _THEN.sub("然后", _EITHER_WAY.sub("画质", plain))
    plain = _BELOW_ZERO.sub("-", plain)
    plain = _LABELLED.sub(r"\1 ", plain)
    plain = _RATE_LED.sub(r"\1fps", plain)
    plain = _GRIDS.sub("帧", plain)
    plain = _LAST_ONE.sub("最后1", plain)
    plain = " ".join(plain[: 2 * MAX_LENGTH].split())
    return _as_here(plain.translate(_simplified()))


def _nth(digits: str | None, word: str | None) -> int:
    more = {"fifteenth": 15, "twentieth": 20, "thirtieth": 30}
    return int(digits) if digits else more.get(lower(str(word)), 0) or _COUNTED_ONES.index(lower(str(word))) + 3


def _nth_second(match: re.Match[str]) -> str:
    unit = "minute" if lower(match[3]).startswith("min") else "second"
    return f"{_nth(match[1], match[2])} {unit}"


def _to_nth(match: re.Match[str]) -> str:
    return f" {match[1]} {_nth(match[2], match[3])} {match.string[: match.start()].rsplit(' ', 1)[1]}"


def simplified(text: str) -> str:
    """The text in simplified characters, each at its place."""
    return text.translate(_simplified())


def language_of(text: str) -> str:
    """ "zh" when Chinese characters outnumber the words in Latin letters that are not units or names."""
    chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
    latin = len(re.findall(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?![A-Za-z0-9])", text))
    return "zh" if chinese and chinese >= latin else "en"


def correct_spelling(text: str, known: frozenset[str], misspelled: dict[str, tuple[str, ...]]) -> str:
    """Unknown words one slip away from a known one become it: "comprss", "bitarte", "qaulity", "louderrr".

    A form of a known word is left as it is ("checked" is no "chucked").
    """

    def fix(match: re.Match[str]) -> str:
        word = lower(match[0])
        if word in known or any(stem in known for stem in _stems(word)):
            return match[0]
        shorter = next((one for one in _unstretched(word) if one in known), None)
        return shorter or _nearest(word, misspelled) or match[0]

    return _WORD.sub(fix, text)


def _stems(word: str) -> Iterable[str]:
    """What a word may be a form of: check of checked, chase of chasing."""
    for ending in ("ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            stem = word[: -len(ending)]
            yield stem
            yield stem + "e"


_STRETCHED = re.compile(r"([a-z])\1{2,}")


def _unstretched(word: str) -> Iterable[str]:
    """A word that is drawn out, with the letter once and twice: louderrr, biggggger."""
    if _STRETCHED.search(word):
        yield _STRETCHED.sub(r"\1", word)
        yield _STRETCHED.sub(r"\1\1", word)


def without_letters(word: str, most: int) -> set[str]:
    """The word with up to `most` letters left out, the word itself included."""
    found = {word}
    layer = {word}
    for _ in range(most):
        layer = {w[:i] + w[i + 1 :] for w in layer for i in range(len(w))}
        found |= layer
    return found


def slips_allowed(word: str) -> int:
    return 2 if len(word) >= 9 else 1


def _nearest(word: str, misspelled: dict[str, tuple[str, ...]]) -> str | None:
    best: tuple[int, bool, int, str] | None = None
    for stem in without_letters(word, slips_allowed(word)):
        for candidate in misspelled.get(stem, ()):
            distance = _distance(word, candidate)
            if _bits_or_bytes(candidate) and _bits_or_bytes(candidate) != _bits_or_bytes(word):
                continue  # "megabts" could be either, and they differ by eight
            # Four letters hold little: there only a swap counts, or a letter lost inside a longer word.
            near = sorted(word) == sorted(candidate) or (len(candidate) == 5 and candidate[0] == word[0])
            limit = slips_allowed(word) if len(word) > 4 else int(near)
            rank = (distance, candidate[0] != word[0], -len(candidate), candidate)
            if distance <= limit and (best is None or rank < best):
                best = rank
    return best[3] if best else None


def _bits_or_bytes(word: str) -> str:
    return "byt" if "byt" in word else "bit" if "bit" in word and not word.startswith("bitr") else ""


def _distance(a: str, b: str) -> int:
    """Edits between two words, a swap of neighbours counting one (optimal string alignment)."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


@cache
def _simplified() -> dict[int, str]:
    pairs = word_table("zh")["traditional"]["pairs"].split()
    return {ord(pair[0]): pair[1] for pair in pairs}


def _as_here(text: str) -> str:
    """The text with words of other regions as the ones that the lists know: 匯出 is 导出, 細啲 is 小一点."""
    pairs, pattern = _regional()
    return pattern.sub(lambda found: pairs[found[0]], text)


@cache
def _regional() -> tuple[dict[str, str], re.Pattern[str]]:
    simple = _simplified()
    rows = (pair.partition("=") for pair in word_table("zh")["regional"]["pairs"].split())
    pairs = {there.translate(simple): here for there, _, here in rows}
    return pairs, re.compile("|".join(map(re.escape, sorted(pairs, key=len, reverse=True))))


def common_word_end(text: str, at: int) -> int:
    """Where the longest common Chinese word ends that begins at a place; that place itself where none does."""
    if text[at].isascii():
        return at
    known, longest = common_words(), _longest_common()
    return next((end for end in range(min(len(text), at + longest), at + 1, -1) if text[at:end] in known), at)


@cache
def _longest_common() -> int:
    return max(map(len, common_words()))


@cache
def number_and_unit_words() -> frozenset[str]:
    """Words that spelling must leave alone because the amounts' reader knows them."""
    words = {word for unit in UNITS for word in re.findall(r"[a-z]+", unit)}
    return frozenset(words | set(EN_NUMBERS) | set(EN_POWERS) | set(EN_PARTS) | {"point", "half"})

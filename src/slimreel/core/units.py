"""Amounts with units: reads and writes bitrates, sizes, shares and picture sizes, exactly.

MB is 10^6 bytes, MiB 2^20. A written `b` is bits and `B` bytes; all-lower-case "8 mb" is how people write
megabytes of a size, and "8mbps" is bits per second. Knows no sentence and no goal.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from slimreel.core.numerals import ZH_DIGITS, read_number, read_share

Kind = Literal[
    "rate", "bytes", "bits", "scale", "share", "times", "lines", "fps", "duration", "pixels", "depth", "none"
]


class UnitError(ValueError):
    """An amount that cannot be read; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts. `rate` is in bit/s, `bytes` and `bits` are amounts, `scale` is a bare k, M or 兆
    that only its surroundings can turn into a rate or a size; `duration` is in seconds."""

    kind: Kind
    factor: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, and where it stood in the text."""

    value: Fraction
    unit: Unit
    start: int
    end: int

    @property
    def amount(self) -> Fraction:
        """In the unit's base: bit/s, bytes, bits, seconds; the plain number where there is no factor."""
        return self.value * self.unit.factor


_SCALES = {"k": (10**3, "kilo"), "m": (10**6, "mega"), "g": (10**9, "giga"), "t": (10**12, "tera")}


def _unit_table() -> dict[str, Unit]:
    """Every spelling, lower-case. The letter B/b is judged later, on the text as written."""
    table: dict[str, Unit] = {}

    def add(kind: Kind, factor: int | Fraction, *names: str) -> None:
        table.update(dict.fromkeys(names, Unit(kind, Fraction(factor))))

    per_second = ("/s", "/sec", "/second", " per second", " per sec", " a second", "ps", " ps", "每秒", "/秒")
    for letter, (factor, name) in (*_SCALES.items(), ("", (1, ""))):
        bit_names = {
            f"{letter}bit",
            f"{letter}bits",
            f"{name}bit",
            f"{name}bits",
            f"{name} bits",
            f"{name} bit",
        }
        byte_names = {f"{letter}byte", f"{letter}bytes", f"{name}byte", f"{name}bytes", f"{name} bytes"}
        bit_names, byte_names = ({n.strip() for n in names} for names in (bit_names, byte_names))
        add("bytes", factor, f"{letter}b", *byte_names)
        if letter:
            add("scale", factor, letter)
            add("bytes", 2 ** (10 * (1 + "kmgt".index(letter))), f"{letter}ib", f"{name[:2]}bibytes")
            add("rate", factor, *bit_names, *(letter + per for per in per_second if not per.endswith("ps")))
        else:
            add("depth", 1, *bit_names)
        add("rate", factor, *(f"{letter}b{per}" for per in per_second))
        spoken = [per for per in per_second if not per.endswith("ps")]
        add("rate", factor, *(f"{stem}{per}" for stem in bit_names for per in spoken))
        add("rate", factor * 8, *(f"{stem}{per}" for stem in byte_names for per in spoken))
    add("bytes", 10**6, "mbs", "megs", "meg", "megas", "mbyte", "mega", "兆字节", "m字节")
    add("bytes", 10**9, "gbs", "gigs", "gig", "giga")
    add("bytes", 10**3, "kbs", "kilo", "kilos", "千字节", "k字节")
    add("bytes", 1, "字节")
    add("scale", 10**6, "兆")
    add(
        "rate",
        10**6,
        "mbsp",
        "mpbs",
        "mbpss",
        "mbit/sec",
        "兆比特",
        "兆比特每秒",
        "兆位",
        "兆位每秒",
        "兆bps",
        "兆每秒",
        "兆/秒",
        "兆/s",
    )
    add("rate", 10**3, "kbsp", "kpbs", "千比特", "千比特每秒", "千位每秒")
    add("rate", 1, "比特每秒", "位每秒")
    add("rate", 8 * 10**6, "兆字节每秒", "兆字节/秒")
    return table


def _other_units() -> dict[str, Unit]:
    """What is neither a rate nor a size."""
    table: dict[str, Unit] = {}

    def add(kind: Kind, factor: int | Fraction, *names: str) -> None:
        table.update(dict.fromkeys(names, Unit(kind, Fraction(factor))))

    add("share", Fraction(1, 100), "%", "percent", "per cent", "pct", "percents")
    add("times", 1, "x", "times", "倍", "×")
    add("lines", 1, "p", "lines", "线")
    add("fps", 1, "fps", "frames per second", "frames a second", "frames/s", "frames/sec", "f/s", "frames",
        "frame", "帧每秒", "帧/秒", "帧/s", "帧", "hz", "fsp")  # fmt: skip
    add("duration", 1, "s", "sec", "secs", "second", "seconds", "秒", "秒钟")
    add("duration", 60, "min", "mins", "minute", "minutes", "分钟", "分")
    add("duration", 3600, "h", "hr", "hrs", "hour", "hours", "小时", "个小时")
    add("pixels", 1, "px", "pixels", "pixel", "像素")
    return table


UNITS = _unit_table() | _other_units()
_LONGEST = max(map(len, UNITS))
_COUNTED = "个段片份条块集部张节次"
# The 五 of 九兆五. In 十兆一段 the 一 counts pieces, and so it does behind the 五 of 三兆五一段.
_ZH_TENTH = re.compile(rf"[一二三四五六七八九](?![十百千万{_COUNTED}])(?![一二三四五六七八九](?![{_COUNTED}]))")
_GAP = re.compile(r"[ ]?-?[ ]?")


def normal(text: str) -> str:
    """Full-width forms and odd spaces made plain; letters keep their case, for b is not B."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u2044", "/").split())


def read_unit(text: str, at: int) -> tuple[Unit, int] | None:
    """The longest unit that starts at `at`, judged by the case of its B where it has one."""
    lower = text[at : at + _LONGEST].translate(_ASCII_LOWER)
    for length in range(len(lower), 0, -1):
        unit = UNITS.get(lower[:length])
        if unit is None or _splits_word(text, at + length):
            continue
        return _judge(text[at : at + length], unit), at + length
    return None


_ASCII_LOWER = {i: i + 32 for i in range(ord("A"), ord("Z") + 1)}


def _splits_word(text: str, end: int) -> bool:
    return (
        end < len(text)
        and text[end - 1].isascii()
        and text[end - 1].isalpha()
        and text[end].isascii()
        and text[end].isalpha()
    )


def _judge(written: str, unit: Unit) -> Unit:
    """b or B: "Mb" is bits, "MB/s" bytes each second, all-lower "mb" megabytes, all-upper "MBPS" bits."""
    short = re.fullmatch(r"([kmgtKMGT]?)([bB])((?: ?[pP][sS]|/.*| per .*| a .*|每秒)?)", written)
    if short is None:
        return unit
    scale, letter, per = short.groups()
    if unit.kind == "rate":
        shouting = per.strip().isupper() and not per.startswith("/")
        return Unit("rate", unit.factor * 8) if letter == "B" and not shouting else unit
    if letter == "b" and (scale.isupper() or not scale):
        return Unit("bits", unit.factor)
    return unit


def read_quantity(text: str, at: int = 0, *, spaced: bool = False) -> Quantity | None:
    """A number with its unit at `at`: "25 MB", "half a gig", "1.5个G"; unit kind `none` without one."""
    number = read_number(text, at, spaced=spaced)
    share = read_share(text, at)
    if share and (number is None or share[1] >= number[1]):
        return _of_a_unit(text, at, share) or Quantity(share[0], Unit("share"), at, share[1])
    if number is None:
        return _one_unit(text, at)
    value, end = number
    if text.startswith("个", end):
        end += 1
    gap = _GAP.match(text, end)
    found = read_unit(text, gap.end() if gap else end)
    apart = gap is not None and gap.end() > end
    if found is None or (apart and text[found[1] : found[1] + 1].isdigit()):  # "10 x264" is no 10 x
        return Quantity(value, Unit("none"), at, number[1])
    if text.startswith("半", found[1]) and found[0].kind in ("scale", "bytes", "duration"):
        return Quantity(value + Fraction(1, 2), found[0], at, found[1] + 1)  # 一兆半, 两分半
    if text[found[1] - 1] == "兆" and _ZH_TENTH.match(text, found[1]):
        return Quantity(value + Fraction(ZH_DIGITS[text[found[1]]], 10), found[0], at, found[1] + 1)  # 九兆五
    return Quantity(value, found[0], at, found[1])


def _one_unit(text: str, at: int) -> Quantity | None:
    """ "a gig", "a megabyte"."""
    article = re.compile(r"[Aa] (?=[A-Za-z]{3})").match(text, at)
    found = read_unit(text, article.end()) if article else None
    return Quantity(Fraction(1), found[0], at, found[1]) if found and found[0].kind == "bytes" else None


def _of_a_unit(text: str, at: int, share: tuple[Fraction, int]) -> Quantity | None:
    """ "half a gig", "quarter of a GB", "半个G": a fraction directly before a unit of size."""
    joint = re.compile(r" (?:of )?an? |个| ?").match(text, share[1])
    found = read_unit(text, joint.end() if joint else share[1])
    if found is None or found[0].kind not in ("bytes", "rate", "scale"):
        return None
    return Quantity(share[0], found[0], at, found[1])


_RATE_WORDS = re.compile(
    r"^(?:(?:视频)?(?:码率|比特率)|bitrate)[:= ]*|(?:的?(?:码率|比特率)| ?bitrate)$", re.IGNORECASE
)


def _whole(text: str, what: str) -> Quantity:
    plain = normal(text)
    found = read_quantity(plain, spaced=True) if plain else None
    if found is None or found.end != len(plain):
        raise UnitError(f'"{text}" is not {what}.')
    if found.value <= 0:
        raise UnitError(f'"{text}" must be more than zero.')
    return found


def parse_bitrate(text: str) -> int:
    """Bits per second of "8M", "8 Mbps", "8Mb/s", "8 MB/s" (64,000,000), "4000k", "8000000", "8兆码率".

    A plain number means bits per second and must be at least 1000; "8" raises UnitError that
    names the likely forms.
    """
    found = _whole(_RATE_WORDS.sub("", normal(text)), 'a bitrate; write it like "8M", "8 Mbps" or "800k"')
    kind = found.unit.kind
    if kind in ("rate", "scale", "bits") or (kind == "bytes" and text.strip()[-1:] == "b"):
        bps = round(found.amount)
    elif kind in ("none", "depth"):
        bps = round(found.value)
        if bps < 1000:
            raise UnitError(f'"{text}" has no unit; do you mean {bps}M (megabits per second) or {bps}k?')
    elif kind == "bytes":
        raise UnitError(f'"{text}" is a size, not a bitrate; write "8 Mbps" for bits or "8 MB/s" for bytes a second.')
    else:
        raise UnitError(f'"{text}" is not a bitrate; write it like "8M", "8 Mbps" or "800k".')
    if bps < 1:
        raise UnitError(f'"{text}" is less than one bit per second.')
    return bps


def parse_size(text: str) -> int:
    """Bytes of "25MB", "25M", "25 MiB", "1.5 gigs", "50兆", "123456B". "8Mb" is 8 megabits: 1,000,000 bytes.

    Rounded down, since a size is an upper bound. A number without a unit raises UnitError.
    """
    found = _whole(
        re.sub(r"(?:大小|的?体积)$", "", normal(text)), 'a size; write it like "25MB", "1.5 GB" or "123456B"'
    )
    kind = found.unit.kind
    if kind == "none":
        number = normal(text)
        raise UnitError(f'"{text}" has no unit; do you mean {number}MB, or {number}B for bytes?')
    if kind in ("rate", "fps", "duration", "share", "times", "lines", "pixels", "depth"):
        raise UnitError(f'"{text}" is not a size; write it like "25MB", "1.5 GB" or "123456B".')
    size = int(found.amount / 8 if kind == "bits" else found.amount)
    if size < 1:
        raise UnitError(f'"{text}" is less than one byte.')
    return size


def parse_ratio(text: str) -> float:
    """The share of the source to keep, 0 < r <= 1: "50%", "50" (percent), "0.5", "half", "3/4", "三分之一".

    A plain number from 1 on is percent, below 1 a share."""
    found = _whole(text, 'a share; write it like "50", "50%" or "1/3"')
    if found.unit.kind not in ("share", "none"):
        raise UnitError(f'"{text}" is not a share; write it like "50", "50%" or "1/3".')
    share = found.amount if found.unit.kind == "share" else found.value / (100 if found.value >= 1 else 1)
    if share > 1:
        raise UnitError(f'"{text}" is more than the whole; a share is at most 100%.')
    return float(share)


# Named picture heights: the short side in pixels (2k means 1440 here, as on screens, not DCI 2048).
NAMED_LINES = {"8k": 4320, "5k": 2880, "4k": 2160, "2k": 1440}
KNOWN_LINES = frozenset(
    {144, 240, 270, 288, 360, 480, 540, 576, 640, 720, 900, 1080, 1200, 1440, 1600, 2160, 2880, 4320}
)
SIZE_PATTERN = re.compile(r"([0-9]{2,5}) ?(?:[xX*×]| by ) ?([0-9]{2,5})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Resolution:
    """A picture size: either the short side (a maximum) or exact width and height, in pixels."""

    short_side: int | None = None
    width: int | None = None
    height: int | None = None


def parse_resolution(text: str) -> Resolution:
    """ "1080p", "720P", "1080", "4k", "2k" give the short side; "1280x720" gives width and height."""
    plain = normal(text).lower()
    if (size := SIZE_PATTERN.fullmatch(plain)) is not None:
        return Resolution(width=int(size[1]), height=int(size[2]))
    if plain in NAMED_LINES:
        return Resolution(short_side=NAMED_LINES[plain])
    lines = re.fullmatch(r"([0-9]{2,4})[pi]?", plain)
    if lines is None or not 16 <= int(lines[1]) <= 8640:
        raise UnitError(f'"{text}" is not a resolution; write it like "1080p", "4k" or "1280x720".')
    return Resolution(short_side=int(lines[1]))


def parse_fps(text: str) -> float:
    """Frames per second: "30", "29.97", "30fps", "30000/1001"."""
    ratio = re.fullmatch(r"([0-9]{1,7})/([0-9]{1,5})", normal(text))
    if ratio is not None and int(ratio[2]):
        value, kind = Fraction(int(ratio[1]), int(ratio[2])), "fps"
    else:
        found = _whole(text, 'a frame rate; write it like "30"')
        value, kind = found.value, found.unit.kind
    if kind not in ("none", "fps") or not 0 < value <= 1000:
        raise UnitError(f'"{text}" is not a frame rate; write it like "30".')
    return float(value)


def _short(value: Fraction) -> str:
    """At most three significant figures after the point are needed; zeros at the end are dropped."""
    places = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{float(value):.{places}f}".rstrip("0").rstrip(".") if places else f"{float(value):.0f}"


def format_bitrate(bps: float) -> str:
    """ "8 Mbps", "1.07 Mbps", "522 kbps": within 0.5 % of the value."""
    value = Fraction(bps)
    for factor, name in ((10**9, "Gbps"), (10**6, "Mbps"), (10**3, "kbps")):
        if value >= factor * Fraction(999_995, 1_000_000):
            return f"{_short(value / factor)} {name}"
    return f"{_short(value)} bps"


def format_size(size: float, *, exact: bool = False) -> str:
    """ "25 MB", "1.5 GB", "123 kB"; `exact` writes plain bytes where the short form is another value."""
    value = Fraction(size)
    for factor, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if value >= factor:
            text = f"{_short(value / factor)} {name}"
            return text if not exact or parse_size(text) == size else f"{int(value)}B"
    return f"{int(value)}B" if exact else f"{int(value)} bytes"


def format_duration(seconds: float) -> str:
    """ "0.84 s", "12.5 s", "1:05", "1:02:03"; clock form from a minute on, rounded to whole seconds."""
    if seconds < 59.95:
        return f"{_short(Fraction(round(seconds, 2) if seconds < 10 else round(seconds, 1)))} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""The table of phrases: sequences of meanings that set a field of the goal. Another phrase is another row.

Reads tokens, claims those it used, and yields values; how values become a goal is not its business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slimreel.agent.lexicon import Token


@dataclass(slots=True)
class Value:
    """Something said about the output (or, once found so, about the source): a slot and what it is to be.

    `first` and `last` are the places of its tokens; `bound` marks an upper bound, `aimed` a value that the
    sentence points at ("to", "should be"), `text` is how it was said.
    """

    slot: str
    value: object
    first: int
    last: int
    text: str = ""
    bound: bool = False
    aimed: bool = False
    source: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A pattern of meanings (`a|b` either, `a?` may be absent; filler between is skipped) and what it sets.

    Slot `granted` is for wishes that hold anyway. A pattern ending in `!x` must not be followed by x
    (`sound` is an amount that could be an audio rate, `frames` one of frames a second).
    """

    pattern: str
    slot: str
    value: object


ROWS = (
    # quality
    Row(
        "neg|instead visible? quality? lose visible? of? quality? !under|floor|vmaf|to|by|at|amount",
        "quality",
        "visually_lossless",
    ),
    Row("neg visible? less|change|remove visible? quality", "quality", "visually_lossless"),
    Row("keeping lose this? quality", "quality", "high"),
    Row("neg|keeping visible? quality neg? lose|less|change|bad quality?", "quality", "visually_lossless"),
    Row("quality is? neg visible? lose|less|change|bad|scale", "quality", "visually_lossless"),
    Row("keeping visible? of? quality", "quality", "visually_lossless"),
    Row("quality is? keeping", "quality", "visually_lossless"),
    Row("keeping det? good|best quality", "quality", "high"),
    Row("keeping? this? quality is? good|best|sharp", "quality", "high"),
    Row("keeping? det? good|best quality", "quality", "high"),
    Row("keeping? sharp quality?", "quality", "high"),
    Row("neg bad quality?", "quality", "high"),
    Row("neg|keeping? medium quality", "quality", "medium"),
    Row("quality medium", "quality", "medium"),
    Row("quality make|change? to medium", "quality", "medium"),
    Row("quality make|change? to bad", "quality", "low"),
    Row("quality make|change? to good|best", "quality", "high"),
    Row("medium compress", "quality", "medium"),
    Row("bad quality nothing?", "quality", "low"),
    Row("quality is? bad nothing?", "quality", "low"),
    Row("nothing of? quality", "quality", "low"),
    Row("quality is? nothing", "quality", "low"),
    Row("lose|less of? quality nothing?", "quality", "low"),
    Row("quality lose nothing", "quality", "low"),
    Row("nothing lose", "quality", "low"),
    Row("audio neg visible? lose", "granted", True),
    Row("audio quality=visually_lossless", "granted", True),
    Row("smallest size?", "quality", "low"),
    Row("size smallest", "quality", "low"),
    Row("neg lose !under|floor|vmaf|to|by|at", "quality", "visually_lossless"),
    Row("resolution|fps|rate|size is? nothing", "granted", True),
    Row("minimal visible? quality? lose of? quality?", "quality", "high"),
    Row("neg make? quality? bad", "quality", "high"),
    Row("neg make? quality? quality=low", "quality", "high"),
    Row("nothing of? quality lose|bad|less", "quality", "low"),
    Row("neg make quality? visible? lose", "quality", "visually_lossless"),
    Row("quality keeping good|best", "quality", "high"),
    Row("quality make? to? keeping|make|is? good|best|sharp", "quality", "high"),  # "should stay high"
    Row("neg|noone to? to? seeing difference", "quality", "visually_lossless"),
    Row("difference is? neg|noone to? visible|seeing", "quality", "visually_lossless"),
    Row("best", "encode_speed", "best"),
    # sound
    Row("neg|remove|lose this? of? subject? audio !sound|to|by|at", "audio", "mute"),
    Row("audio remove", "audio", "mute"),
    Row("neg audio=mute", "audio", "keep"),
    Row("neg remove|change|lose this? audio", "audio", "keep"),
    Row("keeping this? audio !sound", "audio", "keep"),
    Row("audio keeping", "audio", "keep"),
    Row("audio neg change|lose|remove", "audio", "keep"),
    Row("copying", "audio", "keep"),
    # picture size
    Row("keeping this? of? resolution", "keep_resolution", True),
    Row("resolution is? keeping !amount", "keep_resolution", True),
    Row("neg scale resolution?", "keep_resolution", True),
    Row("neg change|less|lose this? resolution", "keep_resolution", True),
    Row("resolution neg change|less|make|scale", "keep_resolution", True),
    Row("fps? is? frames keeping", "keep_fps", True),
    Row("fps is? amount keeping", "keep_fps", True),
    Row("frames neg less|change|lose|remove", "keep_fps", True),
    Row("neg framedrop", "keep_fps", True),
    Row("slow nothing", "encode_speed", "best"),
    Row("keeping this? fps !amount", "keep_fps", True),
    Row("fps is? keeping", "keep_fps", True),
    Row("neg change|less this? fps", "keep_fps", True),
    Row("fps neg change|less", "keep_fps", True),
    # streams and container
    Row("neg reencode", "reencode", False),
    # privacy
    Row("neg|remove this? of? metadata", "strip_metadata", True),
    Row("metadata remove|neg", "strip_metadata", True),
    Row("passes=2", "passes", 2),
    Row("passes=1", "passes", 1),
    Row("neg|instead encoder=hardware", "encoder", "software"),
    Row("keeping this? metadata", "granted", True),
    Row("keeping this? location metadata?", "keep_location", True),
    Row("location keeping", "keep_location", True),
    Row("neg remove|lose this? location", "keep_location", True),
    Row("neg|remove this? location metadata?", "granted", True),
    Row("location remove|neg", "granted", True),
    # dynamic range
    Row("neg remove|lose hdr", "hdr", "keep"),
    Row("keeping? hdr keeping?", "hdr", "keep"),
    Row("neg|remove hdr", "hdr", "tonemap"),
    Row("hdr? to? sdr", "hdr", "tonemap"),
    Row("neg hdr=tonemap", "hdr", "keep"),
)

_SKIPPED = {"filler", "det"}
_ENDS_PHRASE = frozenset({"but", "though", "while"})  # "smaller but the quality …": no smaller quality
_MOST_SKIPPED = 3


@dataclass(frozen=True, slots=True)
class _Item:
    """One place of a pattern: what fits there, as (concept, value) pairs."""

    fits: frozenset[tuple[str, str]]
    optional: bool
    forbidden: bool

    def takes(self, token: Token) -> bool:
        if (token.concept, token.value) in self.fits:
            return True
        if _FRAMES in self.fits and token.concept == "amount" and token.quantity is not None:
            return token.quantity.unit.kind == "fps"
        return _SOUND in self.fits and _could_be_sound(token)


_SOUND = ("sound", "")
_FRAMES = ("frames", "")
_KEEPING = ("keeping", "")


def _item(text: str) -> _Item:
    pairs = (name.partition("=")[::2] for name in text.strip("!?").split("|"))
    return _Item(frozenset(pairs), text.endswith("?"), text.startswith("!"))


def _could_be_sound(token: Token) -> bool:
    """Is this amount one that "audio" before it could own (a rate up to 640 kbps)?"""
    quantity = token.quantity
    if quantity is None or quantity.unit.kind not in ("rate", "scale", "none"):
        return False
    return quantity.amount <= (640 if quantity.unit.kind == "none" else 640_000)


def _skip(tokens: list[Token], at: int) -> int:
    for _ in range(_MOST_SKIPPED):
        if at < len(tokens) and tokens[at].concept in _SKIPPED and not tokens[at].claimed:
            if tokens[at].text.lower() in _ENDS_PHRASE:
                return at
            at += 1
    return at


def _match(tokens: list[Token], at: int, items: tuple[_Item, ...]) -> int | None:
    """Where a row's pattern that starts at `at` ends (exclusive), or None."""
    end = at
    for item in items:
        here = _skip(tokens, end) if end > at else end
        token = tokens[here] if here < len(tokens) else None
        if item.forbidden:
            return None if token is not None and item.takes(token) else end
        if token is not None and not token.claimed and item.takes(token):
            end = here + 1
            while _KEEPING in item.fits and end < min(len(tokens), here + 3) and tokens[end].concept == "keeping":
                end += 1  # 保持原分辨率, keep the same quality
        elif not item.optional:
            return None
    return end if end > at else None


def _by_first_word() -> dict[str, list[tuple[tuple[_Item, ...], Row]]]:
    """Rows by each concept that can open them, so that most tokens try none."""
    index: dict[str, list[tuple[tuple[_Item, ...], Row]]] = {}
    for row in ROWS:
        items = tuple(_item(text) for text in row.pattern.split())
        openers: list[str] = []
        for item in items:
            openers += sorted(concept for concept, _ in item.fits)
            if not item.optional:
                break
        for opener in dict.fromkeys("amount" if name == _FRAMES[0] else name for name in openers):
            index.setdefault(opener, []).append((items, row))
    return index


_INDEX = _by_first_word()


def read_phrases(tokens: list[Token]) -> Iterator[Value]:
    """The values that rows find, left to right; the longest row wins, then the earlier one."""
    at = 0
    while at < len(tokens):
        best: tuple[int, Row] | None = None
        for items, row in _INDEX.get(tokens[at].concept, ()):
            end = _match(tokens, at, items)
            if end is not None and (best is None or end > best[0]):
                best = (end, row)
        if best is None:
            at += 1
            continue
        end, row = best
        if "keeping" in row.pattern:
            while (after := _skip(tokens, end)) < len(tokens) and tokens[after].concept == "keeping":
                end = after + 1  # "keep the quality the same"
        for token in tokens[at:end]:
            token.claimed = True
        yield Value(row.slot, row.value, at, end - 1)
        at = end

"""Gives each amount in a wish its role: which field it is for, from its unit and the words around it.

Yields values with their context (bound, aimed at, of the source); resolving several values is not done here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from slimreel.agent.lexicon import Token
from slimreel.agent.phrases import Value
from slimreel.core.units import KNOWN_LINES, NAMED_LINES, Quantity

LABELS = {"rate", "persec", "total", "size", "audio", "fps", "resolution", "crf", "vmaf", "width", "tall", "quality"}
# Words that may stand between an amount and the word that says what it is.
_LINKS = frozenset(
    "filler det this to at of is under by from make change compress less lose keeping floor neg instead visible "
    "good bad".split()
)
_MARKS_IN_LABEL = {":", "=", "("}
_RIGHT_LABELS = {"lines": {"resolution", "quality"}, "fps": {"fps"}, "duration": set[str]()}
_TO_OR_BY = ("to", "by", "less", "lose", "compress", "under", "at")
_FLOORS = ("vmaf_min", "min_resolution")
_SMALL_AUDIO = 512_000  # bit/s; above this a second rate is no audio rate


@dataclass(slots=True)
class Around:
    """What stands near an amount: its label words (as places), and the linking meanings on its left."""

    labels: dict[str, int] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    bound: bool = False
    links_at: dict[str, int] = field(default_factory=dict)

    def floor(self) -> bool:
        """Is this a lower bound ("at least", "don't go under")? Only a score of quality and a picture size
        can be one."""
        places = self.links_at
        if self.is_denied_floor():
            return False
        return "floor" in places or places.get("neg", 99_999) < places.get("under", -1)

    def is_denied_floor(self) -> bool:
        """ "don't let it go over": a lower bound that is denied is an upper one. A score is not meant so."""
        places = self.links_at
        return "neg" in places and "floor" in places and places["neg"] < places["floor"] and not self.has("vmaf")

    def has(self, *names: str) -> bool:
        return any(name in self.labels for name in names)


def _left(tokens: list[Token], at: int, used: set[int], wide: bool) -> Around:
    """Walks left over linking words to labels; `wide` (for shares) also passes the thing that is shared."""
    around = Around()
    for i in range(at - 1, max(-1, at - 12), -1):
        token = tokens[i]
        if token.claimed or (around.labels and token.text.lower() == "and"):
            break  # "halve the bitrate and the resolution's fine at 480"
        if token.concept in LABELS and i not in used:
            around.labels.setdefault(token.concept, i)
        elif token.concept in _LINKS and not (around.labels and token.concept == "neg" and "floor" not in around.links):
            around.links.append(token.concept)
            around.links_at.setdefault(token.concept, i)
        elif not (wide and token.concept == "subject") and token.text not in _MARKS_IN_LABEL:
            if _is_of_sound(tokens, i):
                continue
            break
        around.bound |= token.concept == "under"
    around.bound |= around.is_denied_floor()
    return around


def _is_of_sound(tokens: list[Token], at: int) -> bool:
    """A strange word, or a part of one, between "audio" and its rate ("audio to mono-ish 64k")."""
    strange = tokens[at].concept == "unknown" or tokens[at].text == "-"
    before = [token for token in tokens[max(0, at - 3) : at] if token.concept not in ("filler", "to", "at", "mark")]
    return strange and any(
        one.concept == "audio" for one in before[-1:] + (before[-2:-1] if tokens[at].text == "-" else [])
    )


def _right(tokens: list[Token], at: int, around: Around) -> None:
    """Labels and bounds directly after the amount, unless they belong to the next amount."""
    quantity = tokens[at].quantity
    owned = _RIGHT_LABELS.get(quantity.unit.kind if quantity else "", LABELS)
    if around.labels:  # "码率6M 帧率30": what follows belongs to what comes next
        owned = owned & {"total"}
    i, gap = at + 1, 0
    while i < len(tokens) and gap < 3:
        token = tokens[i]
        if token.claimed:
            return
        if token.concept in owned and not _leads_next(tokens, i):
            around.labels.setdefault(token.concept, i)
        elif token.concept == "under" and not _leads_next(tokens, i):
            around.bound = True
        elif token.concept == "floor" and (around.has("vmaf") or _is_lines(quantity) or _is_score(tokens, i)):
            around.links_at.setdefault("floor", i)
        elif token.concept in ("of", "filler", "det", "keeping"):
            gap += 1
        else:
            return
        i += 1


def _is_score(tokens: list[Token], floor: int) -> bool:
    """85以上vmaf"""
    return floor + 1 < len(tokens) and tokens[floor + 1].concept == "vmaf"


def _is_lines(quantity: Quantity | None) -> bool:
    return quantity is not None and quantity.unit.kind == "lines"


def _leads_next(tokens: list[Token], label: int) -> bool:
    """Is the word at `label` followed by an amount of its own ("5 Mbps, audio 128")?"""
    i = label + 1
    while i < len(tokens) and tokens[i].concept in ("filler", "to", "at", "of", "is", "under", "rate", "det"):
        i += 1
    if i >= len(tokens) or tokens[i].concept != "amount":
        return False
    follows = tokens[i].quantity
    if tokens[label].concept == "rate" and follows is not None and follows.unit.kind in ("lines", "fps"):
        return False  # 两千码率 720p
    after = tokens[i + 1 : i + 2]
    return not (after and after[0].concept in LABELS)


def read_amounts(tokens: list[Token]) -> Iterator[Value]:
    """A value for each amount whose role is clear; the others stay unclaimed."""
    used: set[int] = set()
    _join_ranges(tokens)
    for at, token in enumerate(tokens):
        if token.claimed or token.concept not in ("amount", "frame"):
            continue
        if token.frame is not None:
            left = _left(tokens, at, used, wide=False)
            yield _claimed(tokens, at, "frame", token.frame, left)
            continue
        quantity = token.quantity
        if quantity is None:
            continue
        share = quantity.unit.kind in ("share", "times")
        around = _left(tokens, at, used, wide=share)
        on_left = set(around.labels)
        _right(tokens, at, around)
        slot, value = _role(tokens, at, quantity, around, on_left)
        if slot == "resolution" and around.floor():
            slot = "min_resolution"
        if slot == "size" and around.floor() and (refused := _refused(tokens, around)) is not None:
            around.bound = True  # "won't ingest files larger than 75 MB"
            for one in tokens[refused : around.links_at["floor"] + 1]:
                one.claimed = True
            used.update(around.labels.values())
            yield _claimed(tokens, at, slot, value, around)
        elif slot and (slot in _FLOORS or not around.floor()):
            used.update(around.labels.values())
            yield _claimed(tokens, at, slot, value, around)


def _refused(tokens: list[Token], around: Around) -> int | None:
    """Where the no stands that the clause begins a lower bound with; None where it has none."""
    for i in range(around.links_at.get("floor", 0) - 1, -1, -1):
        if tokens[i].concept == "mark" and tokens[i].text in ",;.":
            return None
        if tokens[i].concept == "neg":
            return i
    return None


def _claimed(tokens: list[Token], at: int, slot: str, value: object, around: Around) -> Value:
    tokens[at].claimed = True
    if around.links[:1] == ["keeping"]:
        tokens[around.links_at["keeping"]].claimed = True
    for place in around.labels.values():
        tokens[place].claimed = True
    if around.is_denied_floor():
        tokens[around.links_at["neg"]].claimed = tokens[around.links_at["floor"]].claimed = True
    if slot in _FLOORS:  # "at least", "don't go below", whichever way it was put
        for name in ("floor", "neg", "under"):
            if name in around.links_at:
                tokens[around.links_at[name]].claimed = True
    aimed = "to" in around.links or around.bound or "at" in around.links
    return Value(slot, value, at, at, tokens[at].text, bound=around.bound, aimed=aimed)


_NO_VIDEO = 16_000  # bits a second: no picture moves below


def _role(  # noqa: PLR0911  one return a unit
    tokens: list[Token], at: int, quantity: Quantity, around: Around, on_left: set[str]
) -> tuple[str, object]:
    """The slot and value of an amount, or ("", None) when nothing says what it is."""
    kind: str = quantity.unit.kind
    amount = quantity.amount
    if kind in ("scale", "bytes", "bits") and around.has("persec"):
        return _rate_slot(around), round(amount * (8 if kind == "bytes" else 1))
    if kind == "scale":
        kind = _scale_role(tokens, at, quantity, around)
        if kind == "named":
            return "resolution", NAMED_LINES[f"{int(quantity.value)}k"]
    if kind == "bits":
        kind = "bytes" if around.has("size") and not around.has("rate") else "rate"
        amount = amount / 8 if kind == "bytes" else amount
    if kind == "bytes" and around.has("rate") and tokens[at].text.endswith(("kb", "mb")):
        kind = "rate"  # all lower-case beside a rate word: "8mb bitrate"
    if kind == "rate" and amount >= 1:
        nearby = tokens[max(0, at - 2) : at]
        if amount <= _SMALL_AUDIO and any(t.claimed and t.concept == "audio" for t in nearby):
            return "audio_bitrate_bps", round(amount)  # "keep audio but 64 kbps"
        thousandfold = quantity.unit.kind == "scale" and amount < _NO_VIDEO and not around.has("audio")
        return _rate_slot(around), round(amount * (1000 if thousandfold else 1))  # 2.5k码率
    if kind == "bytes" and amount >= 1 and not around.has("rate", "fps", "resolution"):
        return "size", int(amount)
    if kind == "share":
        return _share_role(tokens, at, amount, around)
    if kind == "times":
        shrinks = _next_is(tokens, at, "less") or "less" in around.links or "compress" in around.links
        return ("size_ratio", float(1 / amount)) if shrinks and amount > 1 else ("", None)
    if kind == "lines" and 16 <= amount <= 8640 and amount.denominator == 1:
        return "resolution", int(amount)
    if kind == "fps" and 0 < amount <= 1000:
        return "fps", float(amount)
    if kind == "duration":
        return "duration", float(amount)
    if kind == "depth":
        return ("granted", True) if amount in (8, 10, 12) else ("", None)
    if kind == "pixels":
        return _pixel_role(quantity, around)
    return _bare_role(tokens, at, quantity, around, on_left) if kind == "none" else ("", None)


def _scale_role(tokens: list[Token], at: int, quantity: Quantity, around: Around) -> str:
    """What a bare k, M or 兆 counts: bits per second beside a rate word, else bytes; 4k is a picture."""
    thousands = quantity.unit.factor == 1000
    if around.has("size") and not around.has("rate", "audio"):
        return "bytes"
    if around.has("rate", "total", "audio"):
        return "rate"
    if around.has("size"):
        return "bytes"
    if thousands and around.bound and quantity.value >= _NO_SIZE and _encodes(tokens):
        return "rate"  # "av1, cap at 2500k"
    if thousands and around.bound and f"{quantity.value}k" not in NAMED_LINES:
        return "bytes"  # "800k at most": of a size people set a limit
    if thousands:
        return "named" if f"{quantity.value}k" in NAMED_LINES else "rate" if quantity.value >= 16 else ""
    previous = tokens[at - 2] if at >= 2 and tokens[at - 1].concept == "at" else None
    if previous is not None and previous.concept in ("resolution", "codec", "amount", "frame"):
        return "rate"  # "720p at 2M"
    if at and tokens[at - 1].concept == "subject" and any(token.concept == "audio" for token in tokens):
        return "rate"  # "video 3M, audio 128k"
    near = next((t for t in reversed(tokens[max(0, at - 5) : at]) if t.concept == "amount"), None)
    if around.bound and near is not None and near.quantity is not None and near.quantity.unit == quantity.unit:
        spoken = [t for t in tokens[:at] if t.concept == "rate" and t.claimed]
        if spoken and quantity.value <= 3 * near.quantity.value:
            return "rate"  # "average bitrate 4M, max 6M"
    return "rate" if _rate_spoken_of(tokens, at) else "bytes"


_NO_SIZE = 1000  # thousands; who means that many bytes says megabytes


def _encodes(tokens: list[Token]) -> bool:
    """Is a codec spoken of, or a picture size: what a bit rate is said beside?"""
    return any(token.concept in ("codec", "resolution", "frame") or _is_lines(token.quantity) for token in tokens)


def _rate_spoken_of(tokens: list[Token], at: int) -> bool:
    """Does an unused rate word stand before it in its clause, whatever else is between (码率给我加到6M)?"""
    for i in range(at - 1, -1, -1):
        token = tokens[i]
        if token.concept == "rate":
            return True
        other = token.concept == "amount" and not (i and tokens[i - 1].concept == "from")  # 码率从20M降到6M
        if other or token.concept in ("mark", "size") or token.text in ",，;；。":
            return False
    return False


def _rate_slot(around: Around) -> str:
    if around.has("audio"):
        return "audio_bitrate_bps"
    if around.has("total"):
        return "total_bitrate_bps"
    return "max_bitrate_bps" if around.bound else "video_bitrate_bps"


def _next_is(tokens: list[Token], at: int, concept: str) -> bool:
    i = at + 1
    while i < len(tokens) and tokens[i].concept in ("filler", "of", "det"):
        i += 1
    return i < len(tokens) and tokens[i].concept == concept


def _share_role(tokens: list[Token], at: int, share: Fraction, around: Around) -> tuple[str, object]:
    """ "to 30 %" keeps 0.3; "30 % smaller", "by 30 %", "reduce 30 %", "减掉三成" keep 0.7."""
    if around.has("resolution", "fps", "quality", "audio", "crf"):
        return "", None
    order = around.links
    nearest = next((name for name in order if name in _TO_OR_BY), "")
    if _next_is(tokens, at, "less") or nearest in ("by", "less", "lose", "compress"):
        share = 1 - share
    return ("size_ratio", float(share)) if 0 < share <= 1 else ("", None)


def _pixel_role(quantity: Quantity, around: Around) -> tuple[str, object]:
    value = int(quantity.value)
    if around.has("width") and 16 <= value <= 16384:
        return "width_px", value
    if around.has("tall") and 16 <= value <= 16384:
        return "height_px", value
    return ("resolution", value) if around.has("resolution") and 16 <= value <= 8640 else ("", None)


def _bare_role(
    tokens: list[Token], at: int, quantity: Quantity, around: Around, on_left: set[str]
) -> tuple[str, object]:
    """A number without a unit: only what stands beside it can say what it counts."""
    value = quantity.value
    whole = int(value) if value.denominator == 1 else None
    if around.has("vmaf"):
        return ("vmaf_min", float(value)) if 1 <= value <= 100 else ("", None)
    if around.has("crf"):
        return ("crf", float(value)) if 0 <= value <= 63 else ("", None)
    if whole in (264, 265):
        return "codec", "h264" if whole == 264 else "hevc"
    if around.has("fps", "persec"):
        return ("fps", float(value)) if 0 < value <= 240 else ("", None)
    if around.has("audio") and ("audio" in on_left or around.has("rate")) and 16 <= value <= 640:
        return "audio_bitrate_bps", int(value * 1000)
    if around.has("rate", "total"):
        # 2500 can only be kbps and 2500000 bps; "bitrate 8" could be anything and is left unheard.
        scale = 1 if value >= 100_000 else 1000 if value >= 300 else 0
        return (_rate_slot(around), int(value * scale)) if scale else ("", None)
    if around.has("width", "tall") and whole and 16 <= whole <= 16384:
        return ("width_px" if around.has("width") else "height_px"), whole
    if 10 <= value <= 240 and _follows_picture_size(tokens, at):
        return "fps", float(value)  # 1080p60, 1080p@30
    if whole in _RATES_OF_FILM and _keeps(around) and any(_is_lines(one.quantity) for one in tokens):
        return "fps", float(value)  # "4k to 1080p, stay 60"
    if whole in KNOWN_LINES or (around.has("resolution") and whole and 64 <= whole <= 8640):
        return "resolution", whole
    counts = _next_is(tokens, at, "subject") or (whole == 4 and _next_is(tokens, at, "preset"))
    if whole is not None and whole < 1000 and counts:
        return "granted", True  # "these 3 clips", "4 discord"
    return "", None


_RATES_OF_FILM = frozenset({24, 25, 30, 48, 50, 60, 120})


def _keeps(around: Around) -> bool:
    return "keeping" in around.links or "make" in around.links


def _follows_picture_size(tokens: list[Token], at: int) -> bool:
    before = at - 2 if at > 1 and tokens[at - 1].text in ("@", "/") else at - 1
    if before < 0 or (before == at - 1 and tokens[before].end != tokens[at].start):
        return False
    quantity = tokens[before].quantity
    kind = quantity.unit.kind if quantity else ""
    named = quantity is not None and kind == "none" and quantity.value in KNOWN_LINES  # 1080/60
    return kind in ("lines", "scale") or named or tokens[before].frame is not None


def _join_ranges(tokens: list[Token]) -> None:
    """ "4-6 Mbps", "20 to 25 MB": the first number takes the second's unit, and the pair becomes one amount:
    the upper end of a size, the middle of anything else."""
    for i in range(len(tokens) - 2):
        low, link, high = tokens[i : i + 3]
        if low.quantity is None or high.quantity is None or low.quantity.unit.kind != "none":
            continue
        joined = link.text in ("-", "~") or (link.text in ("to", "到", "至") and low.start > 0)
        if not joined or high.quantity.unit.kind not in ("rate", "bytes", "scale") or low.claimed:
            continue
        if not 0 < low.quantity.value < high.quantity.value or low.quantity.value * 4 < high.quantity.value:
            continue
        unit = high.quantity.unit
        upper = unit.kind == "bytes" or (unit.kind == "scale" and unit.factor > 1000)
        value = high.quantity.value if upper else (low.quantity.value + high.quantity.value) / 2
        high.quantity = Quantity(value, unit, low.start, high.end)
        low.claimed = link.claimed = True
        low.quantity, low.concept, link.concept = None, "filler", "filler"


def second_rate_is_audio(values: list[Value]) -> None:
    """ "4000k/128k": of two unlabelled rates a small one many times below the other is the sound's."""
    rates = [value for value in values if value.slot == "video_bitrate_bps" and isinstance(value.value, int)]
    if len(rates) != 2:
        return
    small, large = sorted(rates, key=lambda rate: int(str(rate.value)))
    if int(str(small.value)) <= _SMALL_AUDIO and int(str(large.value)) >= 4 * int(str(small.value)):
        small.slot = "audio_bitrate_bps"

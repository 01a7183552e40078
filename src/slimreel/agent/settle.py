"""Settles what was said into one value per field: what describes the source, what was negated or corrected
goes; two values that cannot both hold are a conflict. Works on tokens and values, and knows no goal."""

from __future__ import annotations

from collections.abc import Iterable

from slimreel.agent.lexicon import Token
from slimreel.agent.phrases import Value

_QUALITY = ("low", "medium", "high", "visually_lossless", "lossless")
# Slots that hold one value, and what two of them are called. A rate and a size may both hold.
_SINGLE = {
    "size": "sizes",
    "size_ratio": "shares",
    "video_bitrate_bps": "video bitrates",
    "audio_bitrate_bps": "audio bitrates",
    "max_bitrate_bps": "maximum bitrates",
    "total_bitrate_bps": "total bitrates",
    "crf": "CRF values",
    "vmaf_min": "VMAF scores",
    "resolution": "resolutions",
    "min_resolution": "least resolutions",
    "frame": "picture sizes",
    "fps": "frame rates",
    "codec": "codecs",
    "encoder": "encoders",
    "container": "containers",
    "preset": "places to send it",
    "audio": "wishes for the sound",
    "encode_speed": "speeds",
    "hdr": "wishes for HDR",
    "reencode": "wishes about re-encoding",
}
_PROPERTIES = frozenset(
    "size video_bitrate_bps audio_bitrate_bps total_bitrate_bps max_bitrate_bps resolution frame width_px "
    "height_px fps codec container duration source_format".split()
)
_LENDING = {"bytes", "rate", "scale", "bits", "fps", "share"}
_AMOUNTS = {"size", "video_bitrate_bps", "max_bitrate_bps", "total_bitrate_bps", "size_ratio"}
_OF_IT = {"it's", "it is", "its", "that's", "this is", "which is", "that is"}
_SOURCE_ONLY = {"duration", "source_format"}
_ANSWERS = {"source_format": ("container",), "resolution": ("frame",), "frame": ("resolution",)}
_LIGHT = {"filler", "det"}
_WILL_NOT_DO = ("不了", "不开", "不兼容", "不支持", "不认", "不上去", "不进去", "不行")


def settle(tokens: list[Token], values: list[Value]) -> tuple[list[Value], list[str]]:
    """The values that stand, and a phrase for each conflict. Tokens of values that cannot stand are released
    so that they are reported as unheard."""
    values = [*values, *_inherited(tokens, values)]
    values.sort(key=lambda value: value.first)
    for value in values:
        value.source = _describes_source(tokens, values, value)
    wanted = [value for value in values if not value.source]
    positive, negated = _without_negated(tokens, wanted)
    standing = _corrected(tokens, positive)
    standing = _pointed_out(standing)
    for value in [v for v in standing if v.slot in _SOURCE_ONLY] + _unanswered(negated, values):
        for token in tokens[value.first : value.last + 1]:
            token.claimed = False
    standing = [value for value in standing if value.slot not in _SOURCE_ONLY]
    return _one_per_slot(standing)


def _inherited(tokens: list[Token], values: list[Value]) -> list[Value]:
    """A bare number has the unit of the amount it negates or corrects ("not 10 MB, 15"), or of the one it is
    led from or to ("it's 300 MB, get it under 25", "from 80 to 25 MB")."""
    found: list[Value] = []
    for at, token in enumerate(tokens):
        if token.claimed or token.quantity is None or token.quantity.unit.kind != "none":
            continue
        for value in values:
            other = tokens[value.first].quantity
            if other is None or not (other.unit.kind in _LENDING or value.slot == "fps") or not other.value:
                continue
            if _takes_unit_of(tokens, at, value.first) and isinstance(value.value, int | float):
                scaled = value.value * float(token.quantity.value / other.value)
                if scaled > 0:
                    token.claimed = True
                    kept = round(scaled) if isinstance(value.value, int) else scaled
                    led = _left(tokens, at)[0] in ("to", "under", "make")
                    found.append(Value(value.slot, kept, at, at, token.text, aimed=led, bound=value.bound))
                    break
    return found


def _takes_unit_of(tokens: list[Token], at: int, other: int) -> bool:
    between = tokens[min(at, other) : max(at, other)]
    before = tokens[max(0, min(at, other) - 2) : min(at, other)]
    if len(between) <= 5 and any(t.concept in ("neg", "instead", "correct", "toobig") for t in [*before, *between]):
        return True
    if _left(tokens, at)[0] == "from" and at < other:
        return True
    return other < at and _left(tokens, at)[0] in ("to", "under", "make")


def _describes_source(tokens: list[Token], values: list[Value], value: Value) -> bool:
    """Is this said of the video that is there ("a 4K recording at 80MB into a 1080p MP4")?"""
    if value.bound or value.slot not in _PROPERTIES:
        return False
    left, left_at = _left(tokens, value.first)
    if left == "from":
        return True
    if left in ("to", "under"):
        return False
    last = value.last
    while last + 1 < len(tokens) and tokens[last + 1].claimed and _is_value(tokens[last + 1]):
        last += 1  # 4K60帧没必要
    right, _ = _right(tokens, last, _LIGHT | {"is"})
    others = any(other.slot == value.slot and other.last < left_at for other in values)
    if value.slot in ("container", "codec") and _will_not_do(tokens, value.last):
        return True  # webm传不了，要mp4
    shares = [other.first for other in values if other.slot == "size_ratio" and other.first > value.last]
    halved = bool(shares) and (right in ("compress", "less") or shares[0] == _right(tokens, value.last, _LIGHT)[1])
    if value.slot == "size" and halved and left in ("", "subject", "from"):
        return True  # 2个G压一半
    if right == "toobig" or (left == "toobig" and value.slot in ("size", "resolution", "duration") and not others):
        return True
    if _is_told(tokens, values, value):
        return True
    if left == "is" and value.slot not in ("codec", "container"):
        of_it = tokens[left_at].text.lower() in _OF_IT
        return of_it or _left(tokens, left_at)[0] in ("subject", "size")
    return _turns_into(tokens, values, value) or _names_subject(tokens, value) or _after_subject(tokens, value)


_HAS = frozenset(
    {"has", "have", "had", "having", "got", "is", "takes", "weighs", "i have", "we have", "i've got", "i have got"}
)
_WISHES = frozenset("make to under compress less neg keeping by preset".split())


def _is_told(tokens: list[Token], values: list[Value], value: Value) -> bool:
    """ "It has 1.4 GB, I want 350 MB": told in a clause that wishes nothing, with another size in a clause that does
    not tell. What a place has is a limit of it."""
    if value.slot != "size" or not _tells(tokens, value):
        return False
    apart = (other for other in values if other.slot == "size" and other.value != value.value)
    clause = _clause_of(tokens, value.first)
    return any(_clause_of(tokens, other.first) != clause and not _tells(tokens, other) for other in apart)


def _tells(tokens: list[Token], value: Value) -> bool:
    before = tokens[_clause_of(tokens, value.first) : value.first]
    has = next((one for one in reversed(before) if one.concept != "det"), None)
    wishes = any(one.concept in _WISHES for one in before)
    return has is not None and has.text.lower() in _HAS and not wishes


def _clause_of(tokens: list[Token], at: int) -> int:
    """Where the clause begins that a place is in."""
    ends = (i + 1 for i in range(at - 1, -1, -1) if tokens[i].concept == "mark" or tokens[i].text in ("and", "but"))
    return next(ends, 0)


def _will_not_do(tokens: list[Token], last: int) -> bool:
    """Does the clause end in what cannot be done with it: 这个mov安卓放不了?"""
    end = next((i for i in range(last + 1, len(tokens)) if tokens[i].concept == "mark"), len(tokens))
    said = tokens[last + 1 : end]
    return any(one.concept == "purpose" and one.text.endswith(_WILL_NOT_DO) for one in said[:4])


def _left(tokens: list[Token], at: int, also: Iterable[str] = ()) -> tuple[str, int]:
    """The nearest telling concept left of a place, past filler and values of the same noun phrase."""
    skipped = {*_LIGHT, *also}
    i = at - 1
    while i >= 0 and (
        tokens[i].concept in skipped or tokens[i].text == "(" or (tokens[i].claimed and _is_value(tokens[i]))
    ):
        i -= 1
    return (tokens[i].concept, i) if i >= 0 else ("", -1)


def _right(tokens: list[Token], at: int, skipped: set[str]) -> tuple[str, int]:
    i = at + 1
    while i < len(tokens) and (tokens[i].concept in skipped or tokens[i].text in "()?"):
        i += 1
    return (tokens[i].concept, i) if i < len(tokens) else ("", i)


def _is_value(token: Token) -> bool:
    return token.concept in ("amount", "frame") or bool(token.value)


def _turns_into(tokens: list[Token], values: list[Value], value: Value) -> bool:
    """ "80MB to 25MB", "h265转h264", "80MB的压到25MB", "4k 60fps to 1080p 30fps": its slot follows a `to`."""
    i = value.last + 1
    skipped = {*_LIGHT, "of", "subject", "compress", "less", "make", "size", "rate", "at"}
    arrow = -1
    while i < len(tokens) and (tokens[i].concept in skipped or _is_value(tokens[i]) or tokens[i].text in "()"):
        if tokens[i].text in ("转", "改", "换", "变", "降", "弄"):
            arrow = i
            break
        i += 1
    if arrow < 0 and i < len(tokens) and tokens[i].concept == "to":
        arrow = i
    if arrow < 0:
        return False
    same = {value.slot, *_ANSWERS.get(value.slot, ())}
    end = next((k for k in range(arrow, len(tokens)) if tokens[k].concept == "mark"), len(tokens))
    return any(arrow < v.first < end and v.slot in same for v in values)


def _names_subject(tokens: list[Token], value: Value) -> bool:
    """Stands before its noun: "my 300 MB clip", "compress a 4K video to 25 MB", "把4K的视频压到25MB"."""
    i = value.last + 1
    unknown = 0
    light = {*_LIGHT, "of", "resolution", "size", "unknown"}
    while i < len(tokens) and (tokens[i].concept in light or _is_value(tokens[i])):
        unknown += tokens[i].concept == "unknown"
        i += 1
    if i >= len(tokens) or tokens[i].concept != "subject" or unknown > 4:
        return False
    left, j = _left(tokens, value.first, {"of", "subject"})
    if left == "this":
        return True
    converting = left == "make" and tokens[j].text.lower().startswith(("conv", "turn", "chang"))
    squeezing = converting or left in ("compress", "less")
    end = len(tokens)
    if value.slot in ("codec", "container"):  # "webm vp9 background video, under 4 MB" is to be one
        end = next((k for k in range(i, len(tokens)) if tokens[k].concept == "mark"), end)
    return (squeezing or left == "") and any(token.concept in ("to", "under") for token in tokens[i:end])


def _after_subject(tokens: list[Token], value: Value) -> bool:
    """Stands after its noun as a property only a file there can have: "recording at 80MB into a 1080p MP4",
    "视频80M，压到25M", "10 minutes long"."""
    if value.slot not in ("size", "duration"):
        return False
    if value.slot == "duration" and _right(tokens, value.last, _LIGHT)[1] < len(tokens):
        word = tokens[_right(tokens, value.last, _LIGHT)[1]].text.lower()
        if word in ("long", "长"):
            return True
    left, _ = _left(tokens, value.first, {"at", "of", "is"})
    after = [t for t in tokens[value.last + 1 :] if t.concept in ("to", "under")]
    return left == "subject" and bool(after)


def _without_negated(tokens: list[Token], values: list[Value]) -> tuple[list[Value], list[Value]]:
    positive: list[Value] = []
    negated: list[Value] = []
    for value in values:
        left, i = _left_plain(tokens, value.first)
        if left in ("neg", "instead") and not tokens[i].claimed:
            tokens[i].claimed = True
            negated.append(value)
        else:
            positive.append(value)
    return positive, negated


def _left_plain(tokens: list[Token], at: int) -> tuple[str, int]:
    i = at - 1
    while i >= 0 and tokens[i].concept in ("filler", "det", "make", "at", "to", "is"):
        i -= 1
    return (tokens[i].concept, i) if i >= 0 else ("", -1)


def _unanswered(negated: list[Value], values: list[Value]) -> list[Value]:
    """Negated values with nothing said in their place; "not hevc" alone is kept by the default codec."""
    answered = {value.slot for value in values if value not in negated}
    if answered & _AMOUNTS:  # "8 Mbps, not 8 MB"
        answered |= _AMOUNTS
    return [value for value in negated if value.slot not in answered and value.value not in ("hevc", "av1", "vp9")]


def _corrected(tokens: list[Token], values: list[Value]) -> list[Value]:
    """ "10 MB, no wait, 15 MB": the value before a correction gives way to the one after it."""
    places = [i for i, token in enumerate(tokens) if token.concept == "correct"]
    return [
        value
        for value in values
        if not any(
            value.last < place < other.first and other.slot == value.slot for place in places for other in values
        )
    ]


def _pointed_out(values: list[Value]) -> list[Value]:
    """Of several values of a slot, those the sentence points at: "it was 80 MB, should be under 25 MB"."""
    kept: list[Value] = []
    for value in values:
        same = [other for other in values if other.slot == value.slot and other.value != value.value]
        if value.aimed or value.slot == "quality" or not any(other.aimed for other in same):
            kept.append(value)
    return kept


def _are_limits(one: Value, other: Value) -> bool:
    """Two sizes, one of them said as a limit ("at most 100 MB but keep it under 40"): the smaller holds for both."""
    return one.slot == other.slot == "size" and (one.bound or other.bound)


def _one_per_slot(values: list[Value]) -> tuple[list[Value], list[str]]:
    settled: dict[str, Value] = {}
    conflicts: list[str] = []
    for value in values:
        earlier = settled.get(value.slot)
        if earlier is None or earlier.value == value.value:
            settled[value.slot] = value
        elif value.slot == "quality":
            settled["quality"] = max(earlier, value, key=lambda v: _QUALITY.index(str(v.value)))
        elif value.slot == "hdr":
            settled["hdr"] = value if value.value == "tonemap" else earlier
        elif value.slot == "preset" and "web" in (earlier.value, value.value):
            settled["preset"] = earlier if value.value == "web" else value
        elif isinstance(value.value, int) and isinstance(earlier.value, int) and _are_limits(value, earlier):
            settled["size"] = value if value.value < earlier.value else earlier
        elif value.slot in _SINGLE:
            conflicts.append(f'"{earlier.text}" and "{value.text}" (two {_SINGLE[value.slot]})')
    frame = settled.pop("frame", None)
    if frame is not None and isinstance(frame.value, tuple):
        for slot, number in zip(("width_px", "height_px"), frame.value, strict=True):
            settled[slot] = Value(slot, number, frame.first, frame.last)
    return list(settled.values()), conflicts

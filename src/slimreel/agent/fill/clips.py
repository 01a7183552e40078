"""Parameters of what is done to whole clips and between them: their order, joins, speed, repetition, stills.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.fill.base import Params, clip_param, ranged, whose, within_video
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts


def delete_clip(span: Span) -> Params:
    clips = span.all("CLIP")
    if not clips or (span.has("except") and len(span.context.clips) < 2):
        raise Missing("clip")
    return {"clip": clips[0].value}


def reorder(span: Span) -> Params:
    clips = [clip.id for clip in span.context.clips]
    named = _ids(span.all("CLIP"))
    listed = [piece for piece in span.pieces if piece.has("NUMBER", "TIMES_AT")]
    if span.has("order") and (len(listed) > 1 or any(piece.has("TIMES_AT") for piece in listed)):
        for piece in span.all("NUMBER", "TIMES_AT"):
            values = piece.value if isinstance(piece.value, tuple) else [piece.value]
            named += [f"c{int(value)}" for value in values]
    if span.says(*texts("reversed_order")) and not named:
        return {"order": clips[::-1]}
    if span.has("both_ends") and span.has("swapping") and len(clips) > 2:
        span.claim("both_ends", "swapping", "both", "NUMBER")
        return {"order": [clips[-1], *clips[1:-1], clips[0]]}
    if span.claim("swapping"):
        return {"order": _swapped(span, clips, named)}
    if not named:
        raise Missing("clip")
    if len(named) == 2 and span.has("moving"):
        last = [piece.text for piece in span.pieces if piece.has("CLIP")][-1:]
        if last and last[0].replace(" ", "") in texts("first_place"):
            named = named[:1]  # put to the first place
    if len(named) == len(clips) or (not clips and len(named) > 1):
        return {"order": named}
    return {"order": _moved(span, clips, named)}


def _ids(pieces: list[Piece]) -> list[str]:
    """The ids that references to one clip or to several have."""
    return [one for piece in pieces for one in (piece.value if isinstance(piece.value, list) else [piece.value])]


def _swapped(span: Span, clips: list[str], named: list[str]) -> list[str]:
    """The order with two clips in each other's place. Raises Missing."""
    if len(named) < 2 and len(clips) == 2:
        named = named + [one for one in clips if one not in named]
    if len(named) < 2 and (numbers := span.all("NUMBER")):
        named = [f"c{int(piece.value)}" for piece in numbers]
    if len(named) != 2:
        raise Missing("clip")
    a, b = named
    return [b if one == a else a if one == b else one for one in clips or sorted(named)]


# "To the end" is a place in the order as well as a moment.
_FRONT = ("to_front", "t_start")
_BACK = ("to_back", "until_end", "t_end")


def _to_both_ends(span: Span) -> tuple[list[str], list[str]] | None:
    """彩蛋提到最前，花絮放最后: which clips go to the front, and which to the back."""
    first, final = list[str](), list[str]()
    waiting: list[str] = []
    for piece in span.pieces:
        if piece.has("CLIP"):
            waiting += _ids([piece])
        elif piece.has(*_FRONT, *_BACK) and waiting:
            (first if piece.has(*_FRONT) else final).extend(waiting)
            waiting = []
    return (first, final) if first and final and not waiting else None


def _moved(span: Span, clips: list[str], named: list[str]) -> list[str]:
    """The order with the named clips at the front, at the back, or the first of two beside the second."""
    back, front = span.find(*_BACK), span.find(*_FRONT)
    after, before = span.find("t_after"), span.find("t_before")
    beside = after if after is not None else before
    last = max((at for at, piece in enumerate(span.pieces) if piece.has("CLIP")), default=-1)
    apart = len(named) == 2 and beside is not None and beside == last + 1 and not span.pieces[beside].text.isascii()
    if len(named) == 2 and (apart or (back is None and front is None)) and beside is not None:
        span.used.add(beside)
        moved, anchor = named
        others = [one for one in clips if one != moved]
        at = others.index(anchor) + (1 if after is not None else 0) if anchor in others else len(others)
        return [*others[:at], moved, *others[at:]]
    if back is not None and front is not None and len(named) > 1 and (ends := _to_both_ends(span)) is not None:
        span.claim(*_BACK, *_FRONT, "moving")
        first, final = ends
        return [*first, *(one for one in clips if one not in [*first, *final]), *final]
    span.claim(*_BACK, *_FRONT)
    rest = [one for one in clips if one not in named]
    to_back = back is not None and (front is None or back > front)
    return [*rest, *named] if to_back else [*named, *rest]


def concat(span: Span) -> Params:
    span.claim("both")
    several = sum(piece.has("CLIP", "FILE") for piece in span.pieces) > 1 or any(
        isinstance(piece.value, list) for piece in span.pieces if piece.has("CLIP")
    )
    named = _ids(span.all("CLIP", "FILE")) if several else []
    span.numbers(1, max(9, len(span.context.clips)))
    last = span.pieces[-1] if span.pieces else None
    joined = any(piece.text in texts("joined_to") for piece in span.pieces)
    if len(named) == 2 and joined and last is not None and last.has("t_after", "to_back"):
        span.claim("t_after", "to_back")
        return {"clips": named[::-1]}  # 后场接到前场后面
    if len(named) > 1:
        return {"clips": named}
    return {"clips": "all"}


_TRANSITIONS = """
    fadeblack fadewhite wipeleft wiperight slideleft slideright slideup slidedown circleopen pixelize zoomin dissolve
""".split()
_TRANSITION_WORDS = {"pixelize": "pixelizetrans", "zoomin": "zoomintrans"}


def _refused(span: Span, word: str) -> bool:
    """Is a kind of transition named only to be refused ("not a dissolve")?"""
    at = span.find(word)
    return at is not None and at > 0 and span.pieces[at - 1].has("neg")


def transition(span: Span) -> Params:
    if span.claim("hardcut") or (span.has("remove") and span.has("transition")):
        return {"type": "cut"}
    params: Params = {}
    if (kind := _transition_type(span)) is not None:
        params["type"] = kind
    between = next((piece for piece in span.pieces if piece.has("RANGE") and piece.text.startswith("between")), None)
    if between is not None and all(_counts_clips(span, end) for end in between.value):
        span.claim("RANGE")
        params["at"] = [span.context.clips[int(end) - 1].id for end in between.value]
    if (length := span.value("TIME", "FOR", "AT")) is not None:
        params["duration_s"] = length
    if (pair := _pair(span)) is not None:
        params["at"] = pair
    return params


def _transition_type(span: Span) -> str | None:
    """The kind of transition that is named and not refused, else the one that its words describe."""
    wanted = [name for name in _TRANSITIONS if not _refused(span, _TRANSITION_WORDS.get(name, name))]
    for name in (*wanted, *_TRANSITIONS):
        if span.claim(_TRANSITION_WORDS.get(name, name)):
            return name
    if span.claim("wipe"):
        return "wiperight" if span.named("position") == "right" else "wipeleft"
    told = [piece.text for piece in span.pieces if piece.has("fadein", "fadeout", "fade", "toblack")]
    if any("black" in text or "黑" in text for text in told):
        return "fadeblack"
    return "fadewhite" if any("white" in text or "白" in text for text in told) else None


def _counts_clips(span: Span, end: object) -> bool:
    """ "between 1 and 2" is said of clips where these are their places."""
    return isinstance(end, float) and end == int(end) and 1 <= end <= len(span.context.clips)


def _pair(span: Span) -> list[str] | None:
    """The two clips that are named side by side."""
    named = sum(piece.has("CLIP") for piece in span.pieces)
    found = [piece.value for piece in span.all("CLIP")]
    single = [one for value in found for one in (value if isinstance(value, list) else [value])]
    numbers = span.numbers(1, len(span.context.clips)) if named < 2 else []
    if len(single) < 2 and len(numbers) == 2:
        single = [f"c{int(piece.value)}" for piece in numbers]
    return single if len(single) == 2 else None


def speed(span: Span) -> Params:
    params: Params = {}
    factor = _factor(span)
    if factor is not None:
        params["factor"] = factor
    elif _of_the_middle(span):
        raise Missing("range")
    elif span.has("longer", "shorter") and span.find("TIME", "FOR") is not None:
        raise Missing("amount")  # 2 s longer: no length that it is to have
    elif (length := span.take("TIME", "FOR", "AT", "UNTIL")) is not None:
        params["fit_duration_s"] = length.value
    elif (number := span.take("NUMBER")) is not None and 0.1 <= number.value <= 16:
        params["factor"] = number.value
    else:
        clip_param(span, params)
        raise Missing("amount")
    clip_param(span, params)
    ranged(span, params)
    if span.claim("pitch"):
        keeps = not span.claim("neg") or span.has("keep")
        if keeps:
            span.claim("keep")
        else:
            params["keep_pitch"] = False
    return params


def _of_the_middle(span: Span) -> bool:
    """中间10秒加速: ten seconds of it, and not into ten seconds."""
    at = span.find("TIME", "FOR")
    return at is not None and at > 0 and span.pieces[at - 1].has("halfway") and not span.has("double_speed")


def _factor(span: Span) -> float | None:
    """How many times as fast, where it is said."""
    fast = span.claim("speedup", "double_speed")
    slow = span.claim("slowdown", "half_speed")
    times, share = span.take("TIMES"), span.take("PERCENT")
    if times is not None and times.value == 1 and fast != slow and not span.has("speed"):
        return 2.0 if fast else 0.5  # 快一倍, 放慢一倍
    if times is not None and times.value > 0:
        slower = slow and times.value > 1 and not times.has("SPEEDRATE") and not span.has("speed")
        return float(1 / times.value if slower else times.value)
    if share is not None and span.claim("normal_speed"):
        return float(share.value) / 100  # "a third of normal speed"
    if span.has("normal_speed") and span.claim("halve"):
        span.claim("normal_speed")
        return 0.5
    for word, factor in (
        ("normal_speed", 1.0),
        ("double_speed", 2.0),
        ("triple_speed", 3.0),
        ("quarter_speed", 0.25),
        ("half_speed", 0.5),
    ):
        if span.claim(word):
            return factor
    if share is None and fast != slow and span.says("by half") and span.claim("halve"):
        return 1.5 if fast else 0.5
    if share is None:
        return None
    part = float(share.value) / 100
    if part < 1 and (fast or slow) and span.says("by", "了") and not span.says("to", "到", "at"):
        return 1 + part if fast else 1 - part
    return part


def reverse(span: Span) -> Params:
    params: Params = {}
    ranged(span, params)
    whose(span, params)
    return params


def loop(span: Span) -> Params:
    params: Params = {}
    until = span.take("UNTIL")
    if until is not None:
        params["until_s"] = until.value
    elif span.claim("until") and (length := span.take("TIME", "AT", "FOR")) is not None:
        params["until_s"] = length.value
    else:
        number = next((p for p in span.all("TIMES", "NUMBER", "FPS") if not p.has("LINES?")), None)
        if number is not None and number.value >= 2:
            params["count"] = int(number.value)
        elif span.claim("twice"):
            params["count"] = 2
        elif span.claim("thrice"):
            params["count"] = 3
        elif (length := span.take("FOR", "TIME")) is not None:
            params["until_s"] = length.value
        else:
            raise Missing("amount")
    span.claim("times", "until")
    clip_param(span, params)
    return params


def freeze(span: Span) -> Params:
    params: Params = {}
    if span.claim("last_frame"):
        params["at_s"] = "end"
    elif span.claim("first_frame"):
        params["at_s"] = 0.0
    elif (moment := span.take("AT", "START")) is not None:
        within_video(span, moment.value)
        params["at_s"] = moment.value
    elif (after := span.find("RANGE")) is not None and span.pieces[after].has("AFTER"):
        params["at_s"] = span.value("RANGE")[0]
    length = span.take("FOR", "TIME") or span.take("LAST")
    if length is not None and "at_s" not in params and span.find("TIME", "FOR") is not None:
        params["at_s"] = length.value
        length = span.take("FOR", "TIME")
    if "at_s" not in params:
        if span.claim("t_end", "t_last"):
            params["at_s"] = "end"
        elif span.claim("t_start", "t_first"):
            params["at_s"] = 0.0
        else:
            raise Missing("range")
    if length is not None:
        params["duration_s"] = length.value
    return params

"""Parameters of what cuts the timeline: trim, cut, split, pauses.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.fill.base import Params, clip_param, stretch, within_video
from slimreel.agent.fill.elements import ELEMENT_OPS
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts


def _dropped_first(span: Span) -> bool:
    """ "6:40往后删了 其余倒放": the stretch goes, and something else is said of the rest."""
    gone, rest = span.find("remove"), span.find("rest")
    if gone is None or rest is None or not 0 < gone < rest or span.has("keep"):
        return False
    apart = span.pieces[rest].start > span.pieces[rest - 1].end or span.pieces[rest - 1].has("mark")
    return span.pieces[gone - 1].has("RANGE", "FIRST", "LAST") and apart


def _comes_in(span: Span) -> bool:
    """从10秒开始放, of a song: something is to begin there, and the video is not cut."""
    if not span.has("comes_in"):
        return False
    last = span.context.last_ops[-1].get("op") if span.context.last_ops else None
    return last in ELEMENT_OPS or span.has("music", "subtitles", "text", "image", "SOUNDFILE", "IMAGEFILE")


def trim(span: Span) -> Params:
    params: Params = {}
    clip_param(span, params)
    if _dropped_first(span) or _comes_in(span):
        raise Missing("range")
    by = next((at for at, piece in enumerate(span.pieces) if piece.has("longer", "shorter")), None)
    step = by is not None and ((by > 0 and span.pieces[by - 1].has("TIME", "FOR")) or span.says("by"))
    if span.has("longer") or (step and span.find("TIME", "FOR") is not None):
        raise Missing("amount" if span.has("longer") else "range")  # 5 s shorter: off which end?
    found = stretch(span)
    if found is None:
        moments = [*span.all("AT"), *span.all("TIME")]
        starting, stopping = span.claim("starting"), span.claim("stopping")
        if len(moments) == 2:
            found = (moments[0].value, moments[1].value)
        elif len(moments) == 1 and (span.has("halfway") or (span.has("shorter") and not span.has("going_to", "t_to"))):
            raise Missing("range")  # 只要中间的20秒, 再短5秒: which?
        elif len(moments) == 1 and starting and not stopping:
            found = (moments[0].value, None)
        elif len(moments) == 1:
            found = (0.0, moments[0].value)
        elif span.has("silence", "talking"):
            raise Missing("range")
        else:
            little = any(piece.has("small_amount") and not piece.has("part_word") for piece in span.pieces)
            raise Missing("amount" if span.has("shorter") or little else "range")
    start, end = found
    if (
        start is not None
        and end is None
        and span.has("until", "going_to", "t_to", "stopping")
        and (last := span.take("TIME", "AT")) is not None
    ):
        end = last.value
    within_video(span, start, end)
    params["start_s"] = start if start is not None else 0.0
    if end is not None and (end != "end" or start is None or span.has("LAST")):
        params["end_s"] = end
    if end == "end" and "end_s" not in params and not span.has("AFTER"):
        params["end_s"] = "end"
    return params


def cut(span: Span) -> Params:
    params: Params = {}
    if span.has("trim_to") and span.has("FIRST", "RANGE"):
        raise Missing("range")  # 剪到前20秒 says what stays
    clip_param(span, params)
    if span.claim("both_ends") and (length := span.take("TIME", "FOR")) is not None:
        return {**params, "first_s": length.value, "last_s": length.value}
    ranges = [list(piece.value) for piece in span.all("RANGE")]
    first, last = span.take("FIRST"), span.take("LAST")
    for start, end in ranges:
        within_video(span, start, end if isinstance(end, float) else start)
    if not ranges and (until := span.take("UNTIL")) is not None:
        within_video(span, until.value)
        return {**params, "first_s": until.value}
    if ranges and ranges[0][0] == 0.0 and len(ranges) == 1 and isinstance(ranges[0][1], float):
        params["first_s"] = ranges[0][1]
    elif ranges:
        params["ranges_s"] = ranges
    if first is not None:
        within_video(span, first.value)
        params["first_s"] = first.value
    if last is not None:
        within_video(span, last.value)
        params["last_s"] = last.value
    if not (ranges or first or last):
        params.update(_said_apart(span))
    return params


def _said_apart(span: Span) -> Params:
    """What goes, where an edge or a moment and a length are said apart from each other. Raises Missing."""
    edge, at = span.find("t_start", "t_end", "t_first", "t_last"), span.find("AT", "START")
    length = span.find("TIME", "FOR")
    if length is not None and edge is not None:
        at_start = span.pieces[edge].has("t_start", "t_first")
        return {"first_s" if at_start else "last_s": span.value("TIME", "FOR")}
    if length is not None and at is not None:
        start = span.value("AT", "START")
        return {"ranges_s": [[start, start + span.value("FOR", "TIME")]]}
    if any(piece.has("small_amount", "shorter", "t_end", "t_start") and piece.text != "bit" for piece in span.pieces):
        raise Missing("amount")
    of_clip = any(piece.has("clip_noun") and piece.text in texts("whole_clips") for piece in span.pieces)
    of_clip = of_clip or span.has("one_of", "one_word")
    raise Missing("clip" if of_clip and len(span.context.clips) > 1 else "range")


def split(span: Span) -> Params:
    params: Params = {}
    clip_param(span, params)
    several = span.take("TIMES_AT")
    moments = [piece.value for piece in span.all("AT", "TIME", "START")]
    if several is not None:
        moments = list(several.value)
    numbers = [piece for piece in span.all("NUMBER") if not _counts_parts(span, piece)] if not moments else []
    if not moments and span.claim("halfway"):
        length = span.context.length_s
        if length is None:
            raise Missing("range")
        moments = [length / 2]
    if not moments and numbers:
        moments = [piece.value for piece in numbers]
    if not moments:
        raise Missing("range")
    within_video(span, *moments)
    params["at_s"] = moments
    return params


def _counts_parts(span: Span, number: Piece) -> bool:
    """一 of 一集 counts parts, and so do 三段 and "split into 4"; neither is a moment."""
    before = span.pieces[: span.pieces.index(number)]
    if number.has("both") or (before and before[-1].text == "into"):
        return True
    if any(piece.has("splitting") and piece.text.endswith("成") for piece in before[-2:]):
        return True
    at = span.pieces.index(number) + 1
    return at < len(span.pieces) and span.pieces[at].has("parts", "clip_noun") and not number.text.isascii()


def remove_silence(span: Span) -> Params:
    params: Params = {}
    span.claim("silence", "remove", "tighten", "talking", "cutting")
    level = span.take("DB")
    if level is not None:
        params["threshold_db"] = -abs(level.value)
    lengths = span.all("TIME", "FOR", "AT", "RANGE", "START")
    over = any("over" in piece.text.split() or "longer than" in piece.text for piece in span.pieces)
    margin_at = span.find("padding") if over else span.find("padding", "keep")
    if margin_at is not None:
        span.claim("neg")
    span.claim("padding", "threshold_word")
    for piece in lengths:
        seconds = piece.value[0] if isinstance(piece.value, tuple) else piece.value
        place = span.pieces.index(piece)
        if margin_at is not None and abs(place - margin_at) <= 3:
            params["margin_s"] = seconds
            span.claim("keep")
        else:
            params["min_silence_s"] = seconds
    clip_param(span, params)
    return params

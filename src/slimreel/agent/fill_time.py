"""Parameters of the operations on the timeline: when, which clip, how fast, in which order."""

from __future__ import annotations

from typing import Any

from slimreel.agent.span import Missing, Span

Params = dict[str, Any]


def clip_param(span: Span, params: Params) -> None:
    """`clip`, where the request names one or all of several."""
    at = span.find("CLIP")
    if at is not None:
        span.used.add(at)
        value = span.pieces[at].value
        known_clip(span, value)
        if isinstance(value, list):
            params["clip"] = value
        if isinstance(value, str) and (len(span.context.clips) != 1 or value != span.context.clips[0].id):
            params["clip"] = value
        return
    if len(span.context.clips) > 1 and span.claim("both"):
        params["clip"] = "all"


def known_clip(span: Span, value: object) -> None:
    """Raises Missing where a clip is named that the session does not have."""
    ids = [clip.id for clip in span.context.clips]
    if ids and isinstance(value, str) and value not in ids:
        raise Missing("clip")


def within_video(span: Span, *moments: object) -> None:
    """Raises Missing where a moment lies behind the end of the video."""
    length = span.context.length_s
    if length is None or span.has("CLIP"):
        return
    for moment in moments:
        if isinstance(moment, float) and moment > length + 0.05:
            raise Missing("range", moment_s=moment, length_s=length)


def stretch(span: Span) -> tuple[Any, Any] | None:
    """A stretch of the timeline that is named: (start, end), either None where it was not said."""
    found = span.take("RANGE")
    if found is not None:
        start, end = found.value
        within_video(span, start, end)
        return start, end
    first = span.take("FIRST")
    if first is not None:
        within_video(span, first.value)
        return 0.0, first.value
    last = span.take("LAST")
    if last is not None:
        if span.context.length_s is None:
            raise Missing("range")
        within_video(span, last.value)
        return span.context.length_s - last.value, "end"
    start_piece, until, length = span.take("START"), span.take("UNTIL"), span.take("FOR")
    if start_piece is None and until is None and length is None:
        return None
    start = start_piece.value if start_piece else None
    if until is not None:
        return start, until.value
    if length is not None:
        start = start if start is not None else span.value("AT")
        return (start or 0.0), (start or 0.0) + length.value
    return start, None


def timed(span: Span, params: Params) -> None:
    """`start_s` and `end_s` of something that is there for a while; both left out when no time was said."""
    found = stretch(span)
    if found is None:
        at = span.find("AT")
        length = span.find("TIME")
        if at is not None:
            start = span.value("AT")
            params["start_s"] = start
            if length is not None:
                params["end_s"] = start + span.value("TIME")
        elif length is not None:
            params["start_s"], params["end_s"] = 0.0, span.value("TIME")
        return
    start, end = found
    if start is not None:
        params["start_s"] = start
        if end is None and (length := span.find("TIME")) is not None:
            end = start + span.pieces[length].value
            span.used.add(length)
    if end is not None:
        params.setdefault("start_s", 0.0)
        params["end_s"] = end


def ranged(span: Span, params: Params) -> None:
    """`range_s` of an operation that can be for a stretch only."""
    found = stretch(span)
    if found is not None and (found[0] is not None or found[1] is not None):
        params["range_s"] = [found[0] or 0.0, found[1] if found[1] is not None else "end"]


def trim(span: Span) -> Params:
    params: Params = {}
    clip_param(span, params)
    found = stretch(span)
    if found is None:
        moments = [*span.all("AT"), *span.all("TIME")]
        starting, stopping = span.claim("starting"), span.claim("stopping")
        if len(moments) == 2:
            found = (moments[0].value, moments[1].value)
        elif len(moments) == 1 and starting and not stopping:
            found = (moments[0].value, None)
        elif len(moments) == 1:
            found = (0.0, moments[0].value)
        elif span.has("silence", "talking"):
            raise Missing("range")
        else:
            raise Missing("amount" if span.has("shorter", "small_amount") else "range")
    start, end = found
    if start is not None and end is None and span.has("until", "going_to", "t_to", "stopping") and (last := span.take("TIME", "AT")) is not None:
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
    if (
        not (ranges or first or last)
        and (edge := span.find("t_start", "t_end")) is not None
        and span.find("TIME", "FOR") is not None
    ):
        params["first_s" if span.pieces[edge].has("t_start") else "last_s"] = span.value("TIME", "FOR")
        return params
    if not (ranges or first or last):
        at, length = span.find("AT", "START"), span.find("FOR", "TIME")
        if at is not None and length is not None:
            start = span.value("AT", "START")
            params["ranges_s"] = [[start, start + span.value("FOR", "TIME")]]
        else:
            vague = any(
                piece.has("small_amount", "shorter", "t_end", "t_start") and piece.text != "bit"
                for piece in span.pieces
            )
            of_clip = len(span.context.clips) > 1 and any(
                piece.has("clip_noun") and piece.text in _WHOLE_CLIPS for piece in span.pieces
            )
            raise Missing("clip" if of_clip and not vague else "amount" if vague else "range")
    return params


_WHOLE_CLIPS = frozenset(
    "take clip video angle version shot one segment takes clips videos 那段 那条 片段 视频".split()
)


def split(span: Span) -> Params:
    params: Params = {}
    clip_param(span, params)
    several = span.take("TIMES_AT")
    moments = [piece.value for piece in span.all("AT", "TIME")]
    if several is not None:
        moments = list(several.value)
    numbers = span.all("NUMBER") if not moments else []
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


def delete_clip(span: Span) -> Params:
    clips = span.all("CLIP")
    if not clips:
        raise Missing("clip")
    return {"clip": clips[0].value}


def reorder(span: Span) -> Params:
    clips = [clip.id for clip in span.context.clips]
    named: list[str] = []
    for piece in span.all("CLIP"):
        named += piece.value if isinstance(piece.value, list) else [piece.value]
    listed = [piece for piece in span.pieces if piece.has("NUMBER", "TIMES_AT")]
    if (
        span.has("order")
        and (len(listed) > 1 or any(piece.has("TIMES_AT") for piece in listed))
        and (numbers := span.all("NUMBER", "TIMES_AT"))
    ):
        for piece in numbers:
            values = piece.value if isinstance(piece.value, tuple) else [piece.value]
            named += [f"c{int(value)}" for value in values]
    if span.says("reverse", "reversed", "backwards", "倒过来", "反过来", "反过来排", "倒序", "反着", "倒着") and not named:
        return {"order": clips[::-1]}
    if span.claim("swapping"):
        if len(named) < 2:
            named = named + [one for one in clips if one not in named] if len(clips) == 2 else named
        if len(named) < 2 and (numbers := span.all("NUMBER")):
            named = [f"c{int(piece.value)}" for piece in numbers]
        if len(named) != 2:
            raise Missing("clip")
        a, b = named
        return {"order": [b if one == a else a if one == b else one for one in clips or sorted(named)]}
    if not named:
        raise Missing("clip")
    if len(named) == len(clips) or (not clips and len(named) > 1):
        return {"order": named}
    rest = [one for one in clips if one not in named]
    back = span.find("to_back", "until_end")
    front = span.find("to_front")
    after, before = span.find("t_after"), span.find("t_before")
    if len(named) == 2 and back is None and front is None and (after is not None or before is not None):
        span.used.add(int(after if after is not None else before or 0))
        moved, anchor = named
        others = [one for one in clips if one != moved]
        at = others.index(anchor) + (1 if after is not None else 0) if anchor in others else len(others)
        return {"order": [*others[:at], moved, *others[at:]]}
    span.claim("to_back", "to_front", "until_end")
    if back is not None and (front is None or back > front):
        return {"order": [*rest, *named]}
    return {"order": [*named, *rest]}


def concat(span: Span) -> Params:
    span.claim("both")
    several = sum(piece.has("CLIP", "FILE") for piece in span.pieces) > 1 or any(
        isinstance(piece.value, list) for piece in span.pieces if piece.has("CLIP")
    )
    files = [piece.value for piece in span.all("CLIP", "FILE")] if several else []
    named = [one for value in files for one in (value if isinstance(value, list) else [value])]
    span.numbers(1, max(9, len(span.context.clips)))
    if len(named) > 1:
        return {"clips": named}
    return {"clips": "all"}


def whose(span: Span, params: Params) -> None:
    """`clip` of an operation that several clips make ambiguous. Raises Missing."""
    clip_param(span, params)
    if len(span.context.clips) > 1 and "clip" not in params and "range_s" not in params and not span.has("video_whole"):
        raise Missing("clip")


_TRANSITIONS = ("fadeblack", "fadewhite", "wipeleft", "wiperight", "slideleft", "slideright", "slideup", "slidedown",
                "circleopen", "pixelize", "zoomin", "dissolve")  # fmt: skip
_TRANSITION_WORDS = {"pixelize": "pixelizetrans", "zoomin": "zoomintrans"}


def transition(span: Span) -> Params:
    params: Params = {}
    if span.claim("hardcut") or (span.has("remove") and span.has("transition")):
        return {"type": "cut"}
    for name in _TRANSITIONS:
        if span.claim(_TRANSITION_WORDS.get(name, name)):
            params["type"] = name
            break
    else:
        told = [piece.text for piece in span.pieces if piece.has("fadein", "fadeout", "fade", "toblack")]
        if any("black" in text or "黑" in text for text in told):
            params["type"] = "fadeblack"
        elif any("white" in text or "白" in text for text in told):
            params["type"] = "fadewhite"
        if span.claim("wipe"):
            side = span.named("position")
            params["type"] = "wiperight" if side == "right" else "wipeleft"
    between = next((piece for piece in span.pieces if piece.has("RANGE") and piece.text.startswith("between")), None)
    if between is not None and all(
        isinstance(end, float) and end == int(end) and 1 <= end <= len(span.context.clips) for end in between.value
    ):
        span.claim("RANGE")
        params["at"] = [span.context.clips[int(end) - 1].id for end in between.value]
    if (length := span.value("TIME", "FOR", "AT")) is not None:
        params["duration_s"] = length
    clips = [piece.value for piece in span.all("CLIP") if isinstance(piece.value, str)]
    numbers = span.numbers(1, len(span.context.clips)) if sum(p.has("CLIP") for p in span.pieces) < 2 else []
    if len(clips) < 2 and len(numbers) == 2:
        clips = [f"c{int(piece.value)}" for piece in numbers]
    if len(clips) == 2:
        params["at"] = clips
    elif (pair := next((piece.value for piece in span.all("CLIP") if isinstance(piece.value, list)), None)) and len(
        pair
    ) == 2:
        params["at"] = pair
    return params


def speed(span: Span) -> Params:
    params: Params = {}
    fast = span.claim("speedup", "double_speed")
    slow = span.claim("slowdown", "half_speed")
    times = span.take("TIMES")
    share = span.take("PERCENT")
    if times is not None and times.value == 1 and span.find("NUMBER") is None and not fast and not slow:
        share = share or times
    if times is not None and times.value > 0:
        params["factor"] = (
            1 / times.value
            if slow and times.value > 1 and not times.has("SPEEDRATE") and not span.has("speed")
            else times.value
        )
    elif span.has("double_speed"):
        params["factor"] = 2.0
    elif span.claim("triple_speed"):
        params["factor"] = 3.0
    elif span.claim("quarter_speed"):
        params["factor"] = 0.25
    elif span.has("half_speed"):
        params["factor"] = 0.5
    elif share is not None:
        part = share.value / 100
        if span.says("by", "了") and part < 1 and not span.says("to", "到", "at"):
            part = 1 + part if fast else 1 - part if slow else part
        params["factor"] = part
    found = None
    if "factor" not in params:
        length = span.take("TIME", "FOR", "AT", "UNTIL")
        if length is not None:
            params["fit_duration_s"] = length.value
        elif (number := span.take("NUMBER")) is not None and 0.1 <= number.value <= 16:
            params["factor"] = number.value
        else:
            clip_param(span, params)
            raise Missing("amount")
    clip_param(span, params)
    ranged(span, params)
    del found
    if span.claim("pitch"):
        params["keep_pitch"] = not span.claim("neg") or span.has("keep")
        if params["keep_pitch"]:
            span.claim("keep")
            del params["keep_pitch"]
    return params


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
        number = span.take("TIMES", "NUMBER", "FPS")
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
    length = span.take("FOR", "TIME", "LAST")
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


def remove_silence(span: Span) -> Params:
    params: Params = {}
    span.claim("silence", "remove", "tighten", "talking", "cutting")
    level = span.take("DB")
    if level is not None:
        params["threshold_db"] = -abs(level.value)
    lengths = span.all("TIME", "FOR", "AT", "RANGE", "START")
    margin_at = span.find("padding", "keep")
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

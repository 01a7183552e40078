"""Parameters that many operations share: which clip, which stretch of time, which file of the session, how strong.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

Params = dict[str, Any]


def clip_param(span: Span, params: Params) -> None:
    """`clip`, where the request names one or all of several."""
    if span.has("one_of") and len(span.context.clips) > 1:
        raise Missing("clip")
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
    elif (last := _last_clip(span)) is not None:
        params["clip"] = last


def _last_clip(span: Span) -> str | None:
    """The clip of the last operation, where a pronoun stands for it ("and stabilize it")."""
    last = span.context.last_ops[-1] if span.context.last_ops else {}
    given = last.get("params")
    clip = given.get("clip") if isinstance(given, Mapping) else None
    several = len(span.context.clips) > 1 and any(one.id == clip for one in span.context.clips)
    return str(clip) if several and any(piece.text in texts("pronouns") for piece in span.pieces) else None


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


_OF_ENDS = ("remove", "cutting", "fade", "fadein", "fadeout", "freeze")  # whose length at an end is no stretch


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
        whole = span.context.length_s
        if start is None and whole is not None and span.has("t_end") and not span.has(*_OF_ENDS):
            span.claim("t_end")  # "at the end for 3 s"
            return max(0.0, whole - length.value), whole
        return (start or 0.0), (start or 0.0) + length.value
    return start, None


def timed(span: Span, params: Params) -> None:
    """`start_s` and `end_s` of something that is there for a while; both left out when no time was said."""
    earlier = _time_before_length(span)
    found = stretch(span)
    if found is not None and earlier is not None and not found[0]:
        span.used.add(earlier)
        found = (span.pieces[earlier].value, span.pieces[earlier].value + found[1])
    if found is None:
        at = span.find("AT")
        length = span.find("TIME")
        if at is not None:
            start = span.value("AT")
            params["start_s"] = start
            if length is not None:
                params["end_s"] = start + span.value("TIME")
        elif length is not None and span.has("t_end") and span.context.length_s is not None:
            span.claim("t_end")
            params["start_s"], params["end_s"] = span.context.length_s - span.value("TIME"), "end"
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


def _time_before_length(span: Span) -> int | None:
    """20秒左上角写“加油”，显示3秒: a time before a length tells when that length begins."""
    time, length = span.find("TIME"), span.find("FOR")
    alone = not span.has("AT", "START", "RANGE", "FIRST", "LAST", "UNTIL")
    return time if alone and time is not None and length is not None and time < length else None


def ranged(span: Span, params: Params) -> None:
    """`range_s` of an operation that can be for a stretch only."""
    found = stretch(span)
    if found is not None and (found[0] is not None or found[1] is not None):
        start, end = found[0] or 0.0, found[1]
        within_video(span, start)
        later = span.find("TIME", "AT", "UNTIL") if end is None else None
        if later is not None and span.pieces[later].value > start:
            end = span.pieces[later].value  # from 40 s, up to 50 s
            span.used.add(later)
        params["range_s"] = [start, end if end is not None else "end"]


def whose(span: Span, params: Params) -> None:
    """`clip` of an operation that several clips make ambiguous. Raises Missing."""
    clip_param(span, params)
    if len(span.context.clips) > 1 and "clip" not in params and "range_s" not in params and not span.has("video_whole"):
        raise Missing("clip")


def strength(span: Span, params: Params) -> None:
    """`strength`, where a word of amount says it, and not how much there is of what is wrong."""
    told = [
        at
        for at, piece in enumerate(span.pieces)
        if piece.has("large_amount", "strong") and piece.text not in texts("much_of_it") and not _of_fault(span, at)
    ]
    named = next((at for at, piece in enumerate(span.pieces) if piece.text in texts("strength_word")), None)
    after = span.pieces[named + 1 : named + 3] if named is not None else []
    if any(piece.has("less", "down_word", "smaller") for piece in after):
        span.claim("strong", "less", "down_word", "smaller", "small_amount")
        params["strength"] = "low"
    elif told:
        span.used.update(told)
        params["strength"] = "high"
    elif any(p.has("small_amount") and p.text not in texts("somewhat_wrong") for p in span.pieces):
        span.claim("small_amount")
        params["strength"] = "low"
    elif span.claim("medium_amount"):
        params["strength"] = "medium"


def _of_fault(span: Span, at: int) -> bool:
    """ "Heavy film grain, reduce it slightly": heavy is what is wrong, not the cure."""
    after = span.pieces[at + 1 : at + 3]
    before = at > 0 and span.pieces[at - 1].has("denoise", "remove", "stabilize", "sharpen")
    return not before and any(piece.has("grain", "noise") for piece in after) and not span.pieces[at].has("denoise")


def named_values(span: Span, params: Params, *slots: str) -> None:
    """The parameters of these names, where a word gives a value to one (a place, a colour, a language)."""
    for slot in slots:
        value = span.named(slot)
        if value:
            params[slot] = value


def session_file(span: Span, suffixes: tuple[str, ...], *, needed: bool = True) -> str | None:
    """The file that is meant: the one said, else the only one of its kind in the session. Raises Missing."""
    for at, piece in enumerate(span.pieces):
        named = piece.text.lower().endswith(suffixes) or "." not in piece.text
        if at not in span.used and piece.has("FILE") and named:
            span.used.add(at)
            return piece.text
    found = span.context.files(suffixes)
    if any(piece.has("FILE") and not piece.has("CLIP") and at not in span.used for at, piece in enumerate(span.pieces)):
        raise Missing("file", files=found)  # the file that is named is of another kind
    if len(found) == 1:
        return found[0]
    by_word = [name for name in found if _is_called(span, name)]
    if len(by_word) == 1:
        return by_word[0]
    if not needed:
        return None
    raise Missing("file", files=found)


def _is_called(span: Span, name: str) -> bool:
    stem = name.rsplit(".", 1)[0].casefold()
    for at, piece in enumerate(span.pieces):
        word = piece.text.casefold()
        if len(word) >= 3 and (word == stem or word in stem.replace("-", "_").split("_")):
            span.used.add(at)
            return True
    return False

"""Joins the pieces of a time to one: "0:10-0:45", "the last ten seconds", "从第2秒开始", "for 4 s", "10, 20 and 30 s".

Kinds it gives, values in seconds: RANGE (a, b or "end"), FIRST, LAST, FOR (a length), AT, START, TIMES_AT (several).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from slimreel.agent.described import without_descriptions
from slimreel.agent.pieces import Piece
from slimreel.agent.times import Joined, is_at, made, number_at, past_light, time_at
from slimreel.agent.words import texts


def with_moments(pieces: list[Piece]) -> list[Piece]:
    """The pieces with every moment, length and stretch of time as one piece."""
    pieces = _pass(without_descriptions(pieces), _sum)
    pieces = _pass(pieces, _stretch)
    pieces = _pass(pieces, _open_end)
    pieces = _pass(pieces, _edge)
    pieces = _pass(_pass(pieces, _several), _enclosed)
    return _pass(pieces, _single)


def _pass(pieces: list[Piece], join: Callable[[list[Piece], int], Joined | None]) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        joined = join(pieces, at)
        if joined is None:
            found.append(pieces[at])
            at += 1
        else:
            found.append(joined[0])
            at += joined[1]
    return found


def _sum(pieces: list[Piece], at: int) -> Joined | None:
    """1 minute 20 seconds, 1分20秒, 2 min and 5 s."""
    first = time_at(pieces, at)
    if first is None or pieces[at].has("CLOCK", "SIGNED"):
        return None
    nearby = at + 1
    if nearby < len(pieces) and pieces[nearby].text in ("and", "零", "又"):
        nearby += 1
    second = time_at(pieces, nearby)
    whole_minutes = (
        first % 60 == 0
        and first >= 60
        and ("分" in pieces[at].text or "m" in pieces[at].text or "h" in pieces[at].text or "时" in pieces[at].text)
    )
    hours = first % 3600 == 0 and pieces[at].text[-1:] in ("时", "h")
    if second is not None and hours and second < 3600 and second % 60 == 0 and "分" in pieces[nearby].text:
        joined = made(pieces, at, nearby - at + 1, "TIME", first + second)  # 1小时10分, and seconds behind it
        seconds = time_at(pieces, nearby + 1)
        if seconds is not None and seconds < 60:
            return made(pieces, at, nearby - at + 2, "TIME", first + second + seconds)
        return joined
    if second is not None and whole_minutes and second < 60 and not pieces[nearby].has("CLOCK"):
        return made(pieces, at, nearby - at + 1, "TIME", first + second)
    if (
        nearby == at + 1
        and "分" in pieces[at].text[-1:]
        and (bare := number_at(pieces, nearby)) is not None
        and bare < 60
    ):
        return made(pieces, at, 2, "TIME", first + bare)  # 1分20
    return None


def _stretch(pieces: list[Piece], at: int) -> Joined | None:
    """[from|between] A to B."""
    opened = pieces[at].has("t_from")
    i = past_light(pieces, at + 1) if opened else at
    if i >= len(pieces):
        return None
    between = opened and pieces[at].text in ("between", "in between")
    first = _moment(pieces, i, at_start=True)
    if first is None:
        return None
    i = _after_moment(pieces, i)
    last = i + 1 if is_at(pieces, i, "t_begin") else i
    if is_at(pieces, last, "until_end") and first[1] is not None:
        return made(pieces, at, last + 1 - at, "RANGE", (float(first[0]), "end"))  # 12分钟开始到结尾
    if last > i and not pieces[i].text.isascii() and is_at(pieces, last, "t_to"):
        i = last  # 从50秒起到1分10秒
    if not (is_at(pieces, i, "t_to") or (between and is_at(pieces, i, "t_and"))):
        return None
    i = past_light(pieces, i + 1)
    second = _moment(pieces, i, at_start=False)
    if second is None:
        return None
    start, a_unit = float(first[0]), first[1]
    end, b_unit = second
    led = at > 0 and pieces[at - 1].has("keep", "remove", "cutting", "trimming", "seconds_word", "gif")
    led = led or (at > 1 and pieces[at - 1].has("t_of") and pieces[at - 2].has("gif"))
    led = led or _follows_stretch(pieces, at)
    if not (a_unit or b_unit or opened or led):
        return None  # "10 - 20": nothing says that these are times
    if a_unit is None and isinstance(end, float) and b_unit == "unit":
        start = _in_unit_of(pieces, i, start)
    if isinstance(end, float) and end <= start:
        return None
    closing = _after_moment(pieces, i)
    if closing < len(pieces) and pieces[closing].text in ("seconds", "sec", "s", "mark"):
        closing += 1
    kept = ["KEPT"] if any("留" in piece.text for piece in pieces[at:closing]) else []
    return made(pieces, at, closing - at, "RANGE", (start, end), *kept)


def _follows_stretch(pieces: list[Piece], at: int) -> bool:
    """ "cut 10-12, 44-47": does an order and nothing but numbers stand before it?"""
    i = at - 1
    while i >= 0 and (pieces[i].has("NUMBER", "mark", "t_and") or is_at(pieces, i, "t_to")):
        i -= 1
    return 0 <= i < at - 3 and pieces[i].has("keep", "remove", "cutting", "trimming")


def _moment(pieces: list[Piece], at: int, *, at_start: bool) -> tuple[float | Literal["end"], str | None] | None:
    """The value of a moment and what tells that it is one: "clock", "unit", a word, or None of a bare number."""
    if at >= len(pieces):
        return None
    seconds = time_at(pieces, at)
    if seconds is not None:
        return seconds, "clock" if pieces[at].has("CLOCK") else "unit"
    number = number_at(pieces, at)
    if number is not None:
        return number, None
    if at_start and pieces[at].has("t_start") and not pieces[at].has("TIME"):
        return 0.0, None
    if not at_start and pieces[at].has("t_end"):
        return "end", "word"
    return None


def _after_moment(pieces: list[Piece], at: int) -> int:
    i = at + 1
    while i < len(pieces) and pieces[i].text in texts("after_moment") and i - at < 3:
        i += 1
    return i if i < len(pieces) and (is_at(pieces, i, "t_to") or pieces[i - 1].text in ("处", "mark")) else at + 1


def _in_unit_of(pieces: list[Piece], at: int, start: float) -> float:
    """ "1 to 2 minutes": the first number has the unit of the second."""
    text = pieces[at].text
    minutes = "分" in text[-2:] or text.endswith(("m", "min", "mins", "minute", "minutes"))
    return start * (60 if minutes and pieces[at].value is not None and pieces[at].value % 60 == 0 else 1)


def _open_end(pieces: list[Piece], at: int) -> Joined | None:
    """after 50s, 50秒以后, before 8s, from 12 s on."""
    piece = pieces[at]
    if piece.has("t_after", "t_before") and not piece.has("TIME"):
        i = past_light(pieces, at + 1)
        seconds = time_at(pieces, i)
        ends = i + 1 < len(pieces) and pieces[i + 1].text.endswith(" go")  # "everything past 1:10 can go"
        joins = ends or not is_at(pieces, i + 1, "t_to", "remove", "t_of")
        if seconds is not None and piece.text.isascii() and joins:
            return _beyond(pieces, at, i, seconds, after=piece.has("t_after"))
    i = past_light(pieces, at + 1) if piece.has("t_from") else at
    seconds = time_at(pieces, i)
    if seconds is None:
        return None
    closing = i + 1
    if closing < len(pieces) and pieces[closing].text in ("处", "的", "那里", "这里"):
        closing += 1
    if closing < len(pieces) and pieces[closing].text == "开始" and is_at(pieces, closing + 1, "t_after"):
        closing += 1
    if (
        pieces[closing : closing + 1]
        and pieces[closing].text in ("后", "前")
        and time_at(pieces, closing + 1) is not None
    ):
        return None  # 前10秒后10秒
    if is_at(pieces, closing, "t_after") and not pieces[closing].text.isascii() and pieces[closing].text != "起":
        return _beyond(pieces, at, closing, seconds, after=True)
    if is_at(pieces, closing, "t_before") and not pieces[closing].text.isascii():
        return _beyond(pieces, at, closing, seconds, after=False)
    if piece.has("t_from") and piece.text.isascii() and is_at(pieces, closing, "t_on"):
        return _beyond(pieces, at, closing, seconds, after=True)
    return None


def _beyond(pieces: list[Piece], at: int, last: int, seconds: float, *, after: bool) -> Joined:
    """The whole after a moment, or before it, said by the pieces from one place to another."""
    value = (seconds, "end") if after else (0.0, seconds)
    return made(pieces, at, last + 1 - at, "RANGE", value, "AFTER" if after else "BEFORE")


def _edge(pieces: list[Piece], at: int) -> Joined | None:
    """the first 5 sec, 结尾10秒; 3 s off the start; 开头的4秒."""
    piece = pieces[at]
    for means, kind in (("t_first", "FIRST"), ("t_last", "LAST")):
        if not piece.has(means) or (piece.text == "last" and at and pieces[at - 1].text in texts("before_verb")):
            continue
        i = at + 1
        while i < len(pieces) and pieces[i].text in texts("before_length"):
            i += 1
        seconds = time_at(pieces, i)
        if (
            seconds is None
            and piece.text.isascii()
            and i < len(pieces)
            and pieces[i].text in ("second", "sec", "minute", "min", "s")
        ):
            return made(pieces, at, i + 1 - at, kind, 60.0 if pieces[i].text.startswith("min") else 1.0)
        if seconds is None and (number := number_at(pieces, i)) is not None and _counts_seconds(pieces, i):
            seconds = number
        if seconds is not None and not pieces[i].has("CLOCK"):
            return made(pieces, at, i + 1 - at, kind, seconds)
    seconds = time_at(pieces, at)
    if (
        seconds is None
        and (number := number_at(pieces, at)) is not None
        and (piece.text.isdigit() or any(one.has("TIME") for one in pieces[:at]))
    ):
        seconds = (
            number if is_at(pieces, at + 1, "t_off") and pieces[at + 1].text not in ("to", "of", "in", "into") else None
        )
    if seconds is not None and not piece.has("CLOCK"):
        i = at + 1
        if i < len(pieces) and pieces[i].text in ("or so", "worth", "right"):
            i += 1
        if is_at(pieces, i, "t_off") and pieces[i].text not in ("to", "in", "into"):
            i = past_light(pieces, i + 1)
            if is_at(pieces, i, "t_start") and not pieces[i].has("FIRST"):
                return made(pieces, at, i + 1 - at, "FIRST", seconds)
            if is_at(pieces, i, "t_end"):
                return made(pieces, at, i + 1 - at, "LAST", seconds)
    return None


def _counts_seconds(pieces: list[Piece], at: int) -> bool:
    """Is a bare number after "first" one of seconds, and not of clips, frames or parts?"""
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    if following is None:
        return pieces[at - 1].text.isascii() and pieces[at].value > 2
    if following.has("FPS", "ELEMENT", "video", "parts", "ORDINAL") or following.text[:1] in "个段条张份帧次遍句":
        return False
    return following.has("remove", "mark", "filler") and pieces[at].value > 2


def _several(pieces: list[Piece], at: int) -> Joined | None:
    """at 10, 20 and 30 s; 12秒和40秒."""
    piece = pieces[at]
    i = past_light(pieces, at + 1) if piece.has("t_at", "t_from", "splitting", "mark") and not piece.has("TIME") else at
    led = i > at
    values: list[tuple[float, bool]] = []
    end = i
    while True:
        seconds, number = time_at(pieces, i), number_at(pieces, i)
        if seconds is None and (number is None or number > 600):
            break
        values.append((seconds if seconds is not None else number or 0.0, seconds is not None))
        end = i + 1
        if end < len(pieces) and pieces[end].text in ("处", "mark"):
            end += 1
        i = end
        while i < len(pieces) and (pieces[i].text in (",", "、", "then", "again") or is_at(pieces, i, "t_and")):
            i += 1
        if i == end:
            break
        i = past_light(pieces, i)
        if i < len(pieces) and pieces[i].text == "at":
            i += 1
    timed = [timed for _, timed in values]
    if len(values) < 2 or not (any(timed) or (led and piece.has("t_at"))):
        return None
    if not all(timed) and not led and not timed[-1]:
        return None
    return made(pieces, at, end - at, "TIMES_AT", tuple(value for value, _ in values))


def _enclosed(pieces: list[Piece], at: int) -> Joined | None:
    """5秒和10秒之间: what two moments enclose."""
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    if not pieces[at].has("TIMES_AT") or len(pieces[at].value) != 2 or following is None:
        return None
    start, end = pieces[at].value
    enclosed = following.text in texts("enclosed_by") and start < end
    return made(pieces, at, 2, "RANGE", (float(start), float(end))) if enclosed else None


def _single(pieces: list[Piece], at: int) -> Joined | None:
    """for 4 s, at 0:30, 第5秒, 5秒处, from 2 s, starting at 12."""
    piece = pieces[at]
    if piece.has("TIME"):
        return _closed(pieces, at)
    if not piece.has("t_for", "t_at", "t_from", "t_to", "t_begin"):
        return None
    i = past_light(pieces, at + 1)
    if piece.text in texts("lasts") and at + 1 < len(pieces) and pieces[at + 1].text in ("到", "至"):
        return None  # 显示到15秒 tells the end and no length
    seconds = time_at(pieces, i)
    if seconds is None:
        bare = number_at(pieces, i)
        if bare is not None and piece.has("t_to") and piece.text.endswith(" at") and _told_before(pieces, at):
            return made(pieces, at, i + 1 - at, "UNTIL", bare)  # "come in at 2 seconds and leave at 9"
        if (
            bare is not None
            and piece.text == "for"
            and (i + 1 >= len(pieces) or pieces[i + 1].has("mark", "t_and"))
            and any(p.has("AT", "TIME", "START") for p in pieces[:at])
        ):
            return made(pieces, at, i + 1 - at, "FOR", bare)
        if (
            bare is None
            or not piece.has("t_from")
            or not piece.text.startswith(("start", "begin"))
            or is_at(pieces, i + 1, "parts", "video")
        ):
            return None
        seconds = bare
    closing = _closing(pieces, i)
    if piece.has("t_from") and piece.text not in ("在", "between", "由"):
        begun = pieces[closing : closing + 1] if is_at(pieces, closing, "t_begin") else []
        return made(pieces, at, closing - at, "START", seconds, *(_of_what_begins(begun[0]) if begun else ()))
    lasting = at > 0 and piece.text in ("到", "至") and pieces[at - 1].text in texts("lasts")  # 显示到15秒
    if lasting or (piece.has("t_to") and piece.text not in ("to", "到", "-", "~", "至")):
        return made(
            pieces,
            at,
            closing - at,
            "UNTIL",
            seconds,
            *(["TRIMMED"] if piece.has("trim_to") else ["comes_in"] if lasting else []),
        )
    clock = pieces[i].has("CLOCK")
    if piece.has("t_at") or clock:
        if is_at(pieces, i + 1, "t_begin") and not pieces[i + 1].text.isascii():
            return made(pieces, at, i + 2 - at, "START", seconds)
        return made(pieces, at, closing - at, "AT", seconds) if piece.has("t_at", "t_for") else None
    if piece.has("t_for"):
        return made(pieces, at, closing - at, "FOR", seconds, *(piece.means - {"filler"}))
    return None


def _of_what_begins(begun: Piece) -> tuple[str, ...]:
    """开始放, 出现: something comes in there, and nothing is cut."""
    return ("comes_in",) if begun.text in texts("comes_in") else ()


def _told_before(pieces: list[Piece], at: int) -> bool:
    """Was a moment in seconds said before, whose unit a bare number has?"""
    return any(piece.has("AT", "START", "TIME") for piece in pieces[:at])


def _closing(pieces: list[Piece], at: int) -> int:
    i = at + 1
    while i < len(pieces) and (pieces[i].text in ("的", "那") and is_at(pieces, i + 1, "t_mark")):
        i += 1
    if i < len(pieces) and pieces[i].has("t_mark") and pieces[i].text != "in":
        return i + 1
    return at + 1


def _closed(pieces: list[Piece], at: int) -> Joined | None:
    """A time that what follows makes a moment or a length."""
    seconds = time_at(pieces, at)
    assert seconds is not None
    clock = pieces[at].has("CLOCK")
    if is_at(pieces, at + 1, "t_begin") and not pieces[at + 1].text.isascii():
        return made(pieces, at, 2, "START", seconds, *_of_what_begins(pieces[at + 1]))
    stop = at + 2 if at + 1 < len(pieces) and pieces[at + 1].text in ("就", "后就") else at + 1
    if is_at(pieces, stop, "t_stop") and not is_at(pieces, stop + 1, "TIME"):
        return made(pieces, at, stop + 1 - at, "UNTIL", seconds)  # 8秒停, 8秒就收
    closing = _closing(pieces, at)
    if closing > at + 1:
        return made(pieces, at, closing - at, "AT", seconds)
    if clock:
        return made(pieces, at, 1, "AT", seconds, "CLOCK")
    if is_at(pieces, at + 1, "t_long"):
        return made(pieces, at, 2, "FOR", seconds)
    return None

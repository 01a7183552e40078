"""Finds the words that point at a clip ("the second clip", 第三段, "intro.mp4") and joins them to one piece.

What an element is called is resolved where it is needed, since "the title" can also be one that does not exist yet.
"""

from __future__ import annotations

from pathlib import PurePath

from slimreel.agent.context import Context
from slimreel.agent.nicknames import half_named, stems, whole_named
from slimreel.agent.numbered import id_at
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_AMOUNTS = ("NUMBER", "DEGREES", "DB", "PERCENT", "TIMES")
_ROLE_WORDS = {"intro": 1, "opener": 1, "outro": -1, "片头": 1, "片尾": -1, "开场": 1}


def with_clips(pieces: list[Piece], context: Context) -> list[Piece]:
    """The pieces with every reference to clips as one of kind CLIP; its value is an id, "all", or several ids."""
    return _without_excepted(_joined(pieces, context), context)


def _without_excepted(pieces: list[Piece], context: Context) -> list[Piece]:
    """ "everything except the intro": the other clips."""
    for at, piece in enumerate(pieces):
        if not piece.has("CLIP") or not isinstance(piece.value, str) or len(context.clips) < 2:
            continue
        i = at - 1
        while i >= 0 and pieces[i].is_loose() and not pieces[i].has("except"):
            i -= 1
        led = i >= 0 and pieces[i].has("except")
        if not led:
            continue
        start = i - 1 if i and pieces[i - 1].has("both", "all_word", "video", "rest") else i
        end = at + 1
        while end < len(pieces) and pieces[end].has("except", "both", "all_word") and not pieces[end].text.isascii():
            end += 1
        others = [clip.id for clip in context.clips if clip.id != piece.value]
        joined = Piece(
            "", pieces[start].start, pieces[end - 1].end, frozenset({"CLIP"}), others if len(others) > 1 else others[0]
        )
        return [*pieces[:start], joined, *pieces[end:]]
    return pieces


def with_halves(pieces: list[Piece], context: Context) -> list[Piece]:
    """后半段 as a stretch of time, where the length is known."""
    length = context.length_s
    if length is None:
        return pieces
    stretches = {"first_half": (0.0, length / 2), "second_half": (length / 2, "end")}
    return [
        next(
            (
                Piece(piece.text, piece.start, piece.end, frozenset({"RANGE"}), stretch)
                for word, stretch in stretches.items()
                if piece.has(word)
            ),
            piece,
        )
        for piece in pieces
    ]


def with_places(pieces: list[Piece]) -> list[Piece]:
    """ "the top corner on the right" as one place of the nine."""
    certain = [piece for piece in pieces if piece.has("POSITION") and not piece.has("corner_word")]
    if certain:  # "wrong corner! top left": a corner alone says nothing then
        pieces = [
            piece.as_filler()
            if piece.has("other_side") or (piece.has("corner_word") and not _is_beside(pieces, piece, certain))
            else piece
            for piece in pieces
        ]
    found: list[Piece] = []
    for piece in pieces:
        before = next((i for i in range(len(found) - 1, max(-1, len(found) - 4), -1) if found[i].has("POSITION")), None)
        between = found[before + 1 :] if before is not None else []
        if (
            before is not None
            and piece.has("POSITION")
            and all(one.is_loose() and not one.has("mark", "t_and") for one in between)
        ):
            both = {found[before].named["position"], piece.named["position"]}
            place = _place_of(both)
            corners = [one for one in (found[before], piece) if one.text in texts("corner")]
            if len(corners) == 1 and len(both) == 2:  # a corner, and which one is said beside it
                place = next(iter(both - {"bottom_right"}))
            if place and not piece.has("cropfit", "adding"):
                joined = found[before]
                means = frozenset({"POSITION"})
                found[before:] = [
                    Piece(joined.text + " " + piece.text, joined.start, piece.end, means, None, {"position": place})
                ]
                continue
        found.append(piece)
    return found


def _is_beside(pieces: list[Piece], corner: Piece, certain: list[Piece]) -> bool:
    at = pieces.index(corner)
    return any(
        abs(pieces.index(one) - at) <= 3
        and not any(p.has("mark") for p in pieces[min(at, pieces.index(one)) : max(at, pieces.index(one))])
        for one in certain
    )


def _place_of(places: set[str]) -> str | None:
    rows, columns = places & {"top", "bottom"}, places & {"left", "right"}
    if len(rows) == 1 and len(columns) == 1:
        return f"{rows.pop()}_{columns.pop()}"
    if "center" in places and len(places) == 2:
        return next(iter(places - {"center"}))
    return None


def _joined(pieces: list[Piece], context: Context) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        joined = _clip_at(pieces, at, context)
        if joined is None:
            found.append(pieces[at])
            at += 1
        else:
            piece, count = joined
            found.append(piece)
            at += count
    return found


def _made(pieces: list[Piece], at: int, end: int, value: object) -> tuple[Piece, int]:
    used = pieces[at:end]
    text = " ".join(piece.text for piece in used)
    kinds = {"CLIP"} | ({"FILE"} if used[0].has("FILE") else set())
    return Piece(text, used[0].start, used[-1].end, frozenset(kinds), value), end - at


def _clip_at(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    piece = pieces[at]
    if piece.has("FILE"):
        clip = context.clip_named(piece.text)
        return None if clip is None or len(context.clips) < 2 else _made(pieces, at, at + 1, clip.id)
    if piece.has("ORDINAL") and at + 2 < len(pieces) and pieces[at + 1].has("t_and") and len(context.clips) > 1:
        following = at + 3 if pieces[at + 2].text == "the" else at + 2
        if following < len(pieces) and pieces[following].has("ORDINAL") and (found := _ordinal(pieces, at)) is not None:
            return _made(pieces, at, at + 1, id_at(context, found[0]))
    if piece.has("CLIP"):
        return (
            None if isinstance(piece.value, str | list) else _made(pieces, at, at + 1, id_at(context, int(piece.value)))
        )
    if (whole := whole_named(pieces, at, context)) is not None:
        return _made(pieces, at, whole[1], whole[0])
    several = _first_few(pieces, at, context)
    if several is not None:
        return several
    if piece.has("ORDINAL") and (named := _named_by_ordinal(pieces, at, context)) is not None:
        return named
    ordinal = _ordinal(pieces, at)
    if ordinal is not None and (counted := _of_ordinal(pieces, at, ordinal, context)) is not None:
        return counted
    if piece.has("clip_noun") and at + 1 < len(pieces) and piece.text.isascii():
        skip = 1 if pieces[at + 1].text in ("number", "no", "nr", "#") and at + 2 < len(pieces) else 0
        number = pieces[at + 1 + skip]
        if (
            number.has("NUMBER")
            and not number.has("SIGNED")
            and 1 <= number.value <= max(len(context.clips), 9)
            and number.value == int(number.value)
        ):
            after = pieces[at + 2 + skip] if at + 2 + skip < len(pieces) else None
            taken = piece.text == "take" and (after is None or after.has("more", "remove", "off_word"))
            if not taken and (after is None or not after.has("TIME", "PERCENT")):
                return _made(pieces, at, at + 2 + skip, id_at(context, int(number.value)))
    if len(context.clips) > 1:
        return _named(pieces, at, context) or _nicknamed(pieces, at, context)
    return None


def _nicknamed(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    """硬拉那条: a clip by a part of its name."""
    found = half_named(pieces, at, context)
    return None if found is None else _made(pieces, at, found[1], found[0])


_FEW = {"两": 2, "三": 3, "四": 4}


def _first_few(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    """前两段, 后三个视频; 一二段."""
    piece = pieces[at]
    if at + 1 >= len(pieces) or len(context.clips) < 2:
        return None
    if (
        (piece.has("t_first", "t_last") or piece.text in ("后面", "前面", "最后面", "最前面"))
        and not piece.text.isascii()
        and pieces[at + 1].has("NUMBER")
        and at + 2 < len(pieces)
    ):
        count = int(pieces[at + 1].value)
        if pieces[at + 2].has("clip_noun") and 2 <= count <= len(context.clips):
            clips = [clip.id for clip in context.clips]
            return _made(
                pieces,
                at,
                at + 3,
                clips[:count]
                if "前" in piece.text or (piece.has("t_first") and piece.text[0] != "最")
                else clips[-count:],
            )
    if piece.text in ("后面", "前面", "后", "前", "头", "最后") and (few := _FEW.get(pieces[at + 1].text[:1], 0)):
        clips = [clip.id for clip in context.clips]
        if pieces[at + 1].has("both") and few <= len(clips):
            return _made(pieces, at, at + 2, clips[-few:] if "后" in piece.text else clips[:few])
    if (
        piece.has("NUMBER")
        and len(piece.text) == 2
        and not piece.text.isascii()
        and "十" not in piece.text
        and pieces[at + 1].has("clip_noun")
    ):
        tens, ones = divmod(int(piece.value), 10)
        if 0 < tens <= len(context.clips) and 0 < ones <= len(context.clips):
            return _made(pieces, at, at + 2, [id_at(context, tens), id_at(context, ones)])
    return None


def _ordinal(pieces: list[Piece], at: int) -> tuple[int, int] | None:
    """A place in the order and the piece after it."""
    piece = pieces[at]
    if (
        piece.text == "第"
        and at + 1 < len(pieces)
        and pieces[at + 1].means >= {"NUMBER"}
        and not pieces[at + 1].has("TIME")
    ):
        return int(pieces[at + 1].value), at + 2
    if piece.has("ORDINAL"):
        value = piece.value if piece.value is not None else piece.named.get("ordinal")
        return (int(str(value)), at + 1) if value is not None else None
    return None


def _of_ordinal(pieces: list[Piece], at: int, ordinal: tuple[int, int], context: Context) -> tuple[Piece, int] | None:
    place, end = ordinal
    several = 0
    if end < len(pieces) and pieces[end].has("NUMBER") and 2 <= pieces[end].value <= 9:
        several, end = int(pieces[end].value), end + 1
    i = end
    chinese = not pieces[at].text.isascii()
    if i < len(pieces) and chinese and pieces[i].text in ("一", "那", "的"):
        i += 1
    if i < len(pieces) and pieces[i].has("clip_noun"):
        i += 1
        if chinese and i < len(pieces) and pieces[i].has("clip_noun") and not pieces[i].has("TIME"):
            i += 1
        if several:
            return _made(pieces, at, i, _at_an_end(context, several, first=place == 1))
        if (
            not chinese
            and pieces[i - 1].text in ("part", "bit", "section", "scene", "piece")
            and len(context.clips) < 2
        ):
            return None
        return _made(pieces, at, i, id_at(context, place))
    ends_there = i >= len(pieces) or pieces[i].has("mark")
    if (
        not several
        and not chinese
        and (
            ends_there
            or pieces[i].has("same", "again_word")
            or (_clip_before(pieces, at) and (pieces[i].is_loose() or pieces[i].has(*_AMOUNTS)))
        )
        and len(context.clips) >= 2
        and abs(place) <= len(context.clips)
        and at
        and pieces[at - 1].text == "the"
    ):
        return _made(pieces, at, end, id_at(context, place))
    if (
        several
        and len(context.clips) >= 2
        and (ends_there or pieces[i].has("filler", "swapping", "same", "again_word"))
    ):
        return _made(pieces, at, i, _at_an_end(context, several, first=place == 1))
    return None


def _clip_before(pieces: list[Piece], at: int) -> bool:
    """Was a clip spoken of before ("mute the first clip, the second up by 4 dB")?"""
    return any(
        piece.has("clip_noun") and pieces[place - 1].has("ORDINAL") for place, piece in enumerate(pieces[:at]) if place
    )


def _at_an_end(context: Context, count: int, *, first: bool) -> list[str]:
    """The first clips, or the last."""
    start = 1 if first else len(context.clips) - count + 1
    return [id_at(context, place) for place in range(start, start + count)]


def _is_stretch(piece: Piece | None) -> bool:
    return piece is not None and piece.has("RANGE", "START", "UNTIL", "FIRST", "LAST")


def _is_called(pieces: list[Piece], at: int, context: Context) -> bool:
    """Is "the demo" the whole name of a clip, and no word that any clip is called by?"""
    word = pieces[at].text.casefold()
    whole = any(PurePath(clip.name).stem.casefold() == word for clip in context.clips)
    return whole and at > 0 and pieces[at - 1].text == "the" and not pieces[at].has("clip_noun", "video")


def _named_by_ordinal(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    """ "The opening", where a clip is called opening.mp4, and no first five seconds are meant."""
    word = pieces[at].text.casefold()
    called = [clip.id for clip in context.clips if PurePath(clip.name).stem.casefold() == word]
    led = at > 0 and pieces[at - 1].text == "the"
    counts = at + 1 < len(pieces) and pieces[at + 1].has("TIME", "NUMBER")
    return _made(pieces, at, at + 1, called[0]) if called and led and not counts and len(context.clips) > 1 else None


def _is_no_language(pieces: list[Piece], piece: Piece) -> bool:
    """ "Put polish first", where a clip is polish.mp4 and nobody speaks of subtitles."""
    return piece.means <= {"LANGUAGE", "language_word"} and not any(one.has("subtitles", "autocap") for one in pieces)


def _named(pieces: list[Piece], at: int, context: Context) -> tuple[Piece, int] | None:
    """The intro, "b-roll", 片尾, the middle one: a clip by a word of its name or by what it is."""
    piece = pieces[at]
    known_as = stems(tuple((clip.id, clip.name) for clip in context.clips))
    word = piece.text.casefold()
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    noun = following is not None and following.has("clip_noun") and not following.text.isdigit()
    end = at + 2 if noun else at + 1
    merely = piece.means <= {"filler", "out:subject"} and _is_stretch(following)
    known = (noun or merely or word in _ROLE_WORDS or _is_called(pieces, at, context)) and len(word) > 1
    subject = word.removeprefix("the ")
    if subject in known_as and following is not None and following.text.startswith(("needs", "has")):
        return _made(pieces, at, at + 1, known_as[subject])  # "the finish needs it too"
    known = known or (word in known_as and _is_no_language(pieces, piece))
    if word in known_as and (piece.has("unknown") or known):
        return _made(pieces, at, end, known_as[word])
    if word in _ROLE_WORDS:
        if following is not None and following.has("TIME", "FIRST", "LAST"):
            return None
        return _made(pieces, at, end, id_at(context, _ROLE_WORDS[word]))
    if (
        len(context.clips) == 3
        and piece.text in ("middle", "中间")
        and following is not None
        and (noun or following.text in ("那", "那段", "那个", "这段"))
    ):
        if following.text in ("那", "这") and at + 2 < len(pieces) and pieces[at + 2].has("clip_noun"):
            return _made(pieces, at, at + 3, id_at(context, 2))
        return _made(pieces, at, at + 2, id_at(context, 2)) if noun or following.text not in ("那", "这") else None
    return None

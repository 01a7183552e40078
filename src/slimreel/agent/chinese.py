"""What Chinese says without a word for it: an "and" that is an "add", a clause that only tells what is wrong.

It knows the kinds of pieces and no operation.
"""

from __future__ import annotations

from dataclasses import replace

from slimreel.agent.orders import ORDERS
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.words import texts, words


def spoken_plainly(pieces: list[Piece]) -> list[Piece]:
    """The pieces of what is asked for, without what is only told."""
    clear = _with_verbs_apart(_only_while_shown(_without_second_thoughts(pieces)))
    return _without_what_is_wrong(_with_joined_orders(_with_described_ends(clear)))


def _only_while_shown(pieces: list[Piece]) -> list[Piece]:
    """只要前5秒出现: what is shown for so long, and no part of the film that is kept."""
    found = list(pieces)
    for at, piece in enumerate(pieces):
        if piece.text in texts("only_that") and piece.has("keep"):
            shown = next((i for i in range(at + 1, len(pieces)) if pieces[i].text in texts("shows_up")), at)
            between = pieces[at + 1 : shown]
            if between and between[-1].has("TIME") and not any(one.has("mark", "unknown") for one in between):
                found[at] = piece.as_filler()
    return found


def with_stretches(pieces: list[Piece]) -> list[Piece]:
    """The pieces with stretches that are told in clauses, or said a second time."""
    return _with_that_stretch(_with_told_stretch(_with_both_sides(pieces)))


def _without_second_thoughts(pieces: list[Piece]) -> list[Piece]:
    """红底？算了字改红就行: what was asked about and thought better of."""
    found = list(pieces)
    for at, piece in enumerate(pieces[:-1]):
        after = pieces[at + 1]
        rest = pieces[at + 2 :]
        if piece.has("neg") and after.has("hardcut") and any(one.has("transition", "dissolve") for one in rest):
            found[at : at + 2] = [piece.as_filler(), after.as_filler()]  # 别硬切，来个叠化
        if piece.has("COLOR") and after.text in texts("tells_how") and any(one.has("COLOR") for one in rest):
            found[at] = piece.as_filler()  # 白色不好看换金的
        if piece.text == "?" and pieces[at + 1].text in texts("thinks_better") and content_of(pieces[at + 2 :]):
            return [*found[: _clause_start(pieces, at)], *pieces[at + 2 :]]
    return found


def with_left_alone(pieces: list[Piece]) -> list[Piece]:
    """合影别压，求婚压到100M: a clip that is not pressed is left as it is."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        denied = len(found) > 1 and found[-1].has("neg") and found[-2].has("CLIP") and piece.has("out:compress")
        ends = at + 1 == len(pieces) or pieces[at + 1].has("mark")
        if denied and ends and not piece.text.isascii():
            found[-1] = replace(found[-1], end=piece.end, means=frozenset({"untouched", "out:keeping"}))
        else:
            found.append(piece)
    return found


def _with_verbs_apart(pieces: list[Piece]) -> list[Piece]:
    """放最后3秒: put there for the last three seconds, and not at the end."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        if piece.text in texts("put_last") | texts("put_first") and after is not None and after.has("TIME", "NUMBER"):
            middle = piece.end - 2
            found.append(Piece(piece.text[:-2], piece.start, middle, words()["放"].means))
            found.append(Piece(piece.text[-2:], middle, piece.end, words()[piece.text[-2:]].means))
        else:
            found.append(piece)
    return found


_JOINED = (*ORDERS, "TIMES", "FRAME", "LINES", "ASPECT", "bw", "out:compress")
_ADDED = (*ORDERS, "TIMES", "bw", "out:compress")


def _with_joined_orders(pieces: list[Piece]) -> list[Piece]:
    """降噪加防抖: between two orders an "add" is an "and". 静音加字幕 still adds subtitles."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        between = piece.text in texts("plus_word") and 0 < at < len(pieces) - 1
        if between and pieces[at - 1].has(*_JOINED) and _is_plain_order(pieces[at + 1]):
            found.append(replace(piece, text="并", means=frozenset({"t_and", "filler"})))
        else:
            found.append(piece)
    return found


def _is_plain_order(piece: Piece) -> bool:
    return piece.has(*_ADDED) and not piece.has("text", "image", "music", "subtitles", "fade", "fadein", "fadeout")


def _with_both_sides(pieces: list[Piece]) -> list[Piece]:
    """62秒前后各留10秒: from ten seconds before to ten after, which is kept."""
    for at in range(1, len(pieces) - 1):
        moment, around, side = pieces[at - 1 : at + 2]
        sides = around.text in texts("both_sides") and side.has("TIME", "FOR") and not side.has("CLOCK")
        if sides and _is_moment(moment):
            value = (max(0.0, moment.value - side.value), moment.value + side.value)
            kept = replace(around, means=frozenset({"keep"} if "留" in around.text else {"filler"}))
            both = replace(moment, means=frozenset({"RANGE"}), value=value)
            return [*pieces[: at - 1], both, kept, *pieces[at + 2 :]]
    return pieces


_NO_DESCRIPTION = ("TIME", "RANGE", "AT", "NUMBER", "QUOTE", "FILE", "CLIP", "COLOR", "POSITION", "SIZE", "SCALE")
_LONGEST_DESCRIPTION = 12  # pieces


def _with_described_ends(pieces: list[Piece]) -> list[Piece]:
    """前面等学生坐好那一分二十秒掐了: what happens at an end of the film is left out before how long it is."""
    for at, piece in enumerate(pieces):
        begins = at == 0 or pieces[at - 1].has("mark") or pieces[at - 1].is_loose()
        if not begins or piece.text not in texts("at_an_end"):
            continue
        stop = next((i for i in range(at + 1, len(pieces)) if pieces[i].has(*_NO_DESCRIPTION)), len(pieces))
        long = stop < len(pieces) and pieces[stop].has("TIME") and not pieces[stop].has("CLOCK")
        first = stop
        while first > at + 1 and (pieces[first - 1].text in texts("before_its_length") or pieces[first - 1].is_loose()):
            first -= 1
        told = pieces[at + 1 : first]
        cut = [one for one in pieces[stop + 1 : stop + 4] if one.has("remove", "cutting")]
        strange = [one for one in told if one.means == {"unknown"}]
        if long and cut and len(strange) > 1 and len(told) <= _LONGEST_DESCRIPTION:
            return [*pieces[: at + 1], *pieces[stop:]]
    return pieces


def _with_told_stretch(pieces: list[Piece]) -> list[Piece]:
    """8分08秒嘉宾说错，到8分20: from one moment to the other, whatever happens there."""
    for at, piece in enumerate(pieces):
        if not _is_moment(piece):
            continue
        end = next((i for i in range(at + 1, len(pieces)) if not _only_tells(pieces[i])), len(pieces))
        strange = [one for one in pieces[at + 1 : end] if one.means == {"unknown"}]
        if end < len(pieces) and pieces[end].has("t_to", "until") and not pieces[end].has("UNTIL"):
            end += 1
        elif end >= len(pieces) or not pieces[end].has("UNTIL"):
            continue
        if len(strange) < 2 or end >= len(pieces) or end - at > _LONGEST_DESCRIPTION:
            continue
        last = pieces[end]
        if _is_moment(last) and last.value > piece.value:
            both = replace(piece, end=last.end, means=frozenset({"RANGE"}), value=(piece.value, last.value))
            return [*pieces[:at], both, *pieces[end + 1 :]]
    return pieces


def _is_moment(piece: Piece) -> bool:
    return piece.has("TIME", "AT", "START", "UNTIL") and isinstance(piece.value, float)


def _only_tells(piece: Piece) -> bool:
    return piece.means == {"unknown"} or (piece.is_loose() and not piece.has("t_to", "until")) or piece.text == ","


def _with_that_stretch(pieces: list[Piece]) -> list[Piece]:
    """40秒到50秒打码，那段声音也消掉: the stretch of the clause before, where that one leaves it in the film."""
    found = list(pieces)
    for at, piece in enumerate(pieces):
        if piece.text not in texts("that_stretch"):
            continue
        start = _clause_start(pieces, at)
        known = [one for one in found[:start] if one.has("RANGE", "FIRST", "LAST")]
        if len(known) != 1 or not known[0].has("RANGE"):
            continue
        end = next((i for i in range(at, len(pieces)) if pieces[i].has("mark")), len(pieces))
        clause, before = pieces[start:end], pieces[:start]
        too = piece.text not in texts("this_stretch") or any(one.has("same", "again_word") for one in clause)
        of_film = at + 1 < len(pieces) and pieces[at + 1].has("clip_noun", "CLIP")
        timed = any(one.has("RANGE", "FIRST", "LAST", "AT", "START", "UNTIL", "CLIP") for one in clause)
        gone = any(one.has("remove", "keep", "cutting", "trimming", "except", "delete") for one in before)
        if too and not (of_film or timed or gone):
            found[at] = replace(known[0], text=piece.text, start=piece.start, end=piece.end)
    return found


def _clause_start(pieces: list[Piece], at: int) -> int:
    return next((i + 1 for i in range(at - 1, -1, -1) if pieces[i].has("mark")), 0)


def _without_what_is_wrong(pieces: list[Piece]) -> list[Piece]:
    """这段代码编译太慢，8倍速: whose fault it is, in words that nobody needs, before another clause that asks."""
    found = list(pieces)
    for at, piece in enumerate(pieces):
        if not piece.has("too_word") or at + 1 >= len(pieces) or not pieces[at + 1].has("mark"):
            continue
        begin = at
        while begin and (_is_strange(pieces[begin - 1]) or pieces[begin - 1].has("n_title")):
            begin -= 1
        behind = pieces[at + 1 :]
        if content_of(behind) and any(_is_strange(one) for one in pieces[begin:at]):
            asks = any(one.has(*ORDERS, "zoomin", "zoomout") for one in behind) and any(
                one.has("TIMES", "PERCENT", "RANGE") for one in behind
            )
            end = at + 1 if asks else at  # 代码字太小，放大1.4倍: and no louder
            found[begin:end] = [one.as_filler() for one in pieces[begin:end]]
    return found


def _is_strange(piece: Piece) -> bool:
    return piece.means == {"unknown"} and not piece.text.isascii()

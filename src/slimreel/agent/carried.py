"""What a piece takes from another of the same request: the noun of "the second one", the no of "square, not tall".

It knows the kinds of pieces and no operation.
"""

from __future__ import annotations

from slimreel.agent.context import Context
from slimreel.agent.fill.elements import TYPE_WORDS
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_VALUES = ("ASPECT", "COLOR", "POSITION", "SIZE", "RATE", "SCALE")


def with_nouns(pieces: list[Piece], context: Context) -> list[Piece]:
    """ "the first caption can go, the second one up": "one" means the kind of element that was just spoken of."""
    noun: frozenset[str] = frozenset()
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        if piece.has("clip_noun") and piece.text not in texts("one_of_them") and not piece.has("TIME"):
            noun = frozenset()
        kind = _several_of(piece, context)
        if kind:
            noun = kind
        elif noun and piece.text in texts("one_of_them") and _counted(pieces, at):
            found.append(Piece(piece.text, piece.start, piece.end, noun))
            continue
        found.append(piece)
    return found


def _several_of(piece: Piece, context: Context) -> frozenset[str]:
    """The meanings of a noun that the session has two or more elements of."""
    for kind, words in TYPE_WORDS.items():
        if piece.has(*words) and len(context.of_type(kind)) > 1:
            return piece.means & frozenset(words)
    return frozenset()


def _counted(pieces: list[Piece], at: int) -> bool:
    """Does an ordinal or a place stand right before it?"""
    before = pieces[at - 1] if at else None
    if before is None:
        return False
    return before.has("ORDINAL", "POSITION") or (before.has("NUMBER") and at > 1 and pieces[at - 2].text == "第")


def without_denied(pieces: list[Piece]) -> list[Piece]:
    """ "square rather than vertical", "16:9 而不是 9:16": only the first is wanted."""
    found: list[Piece] = []
    for at, piece in enumerate(pieces):
        slots = frozenset(piece.named) | (piece.means & frozenset(_VALUES))
        led = at > 1 and pieces[at - 1].text in texts("instead_of")
        if led and any((frozenset(one.named) | one.means) & slots for one in pieces[: at - 1]):
            found[-1:] = [found[-1].as_filler(), piece.as_filler()]
        else:
            found.append(piece)
    return found


def without_occasions(pieces: list[Piece]) -> list[Piece]:
    """ "导出的时候不要声音", "before you export, mute it": when something is to be done, and no wish for a file."""
    found = list(pieces)
    for at, piece in enumerate(pieces):
        if not piece.has("export"):
            continue
        behind = at + 1 < len(pieces) and pieces[at + 1].text in texts("at_that_time")
        behind = behind and not (at + 2 < len(pieces) and pieces[at + 2].has("TIME", "NUMBER"))  # 保存前30秒
        start = next((i for i in range(at - 1, max(-1, at - 4), -1) if not _is_light(pieces[i])), -1)
        ahead = start >= 0 and pieces[start].text.lower() in texts("whenever")
        if _asks_for_more(pieces, at):
            found[at] = piece.as_filler()
        if behind or ahead:
            first, last = (start if ahead else at), (at + 1 if behind else at)
            found[first : last + 1] = [one.as_filler() for one in pieces[first : last + 1]]
    return found


def _asks_for_more(pieces: list[Piece], at: int) -> bool:
    """Is a 给我 only said to what follows it (文件给我缩到三成)?"""
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    verb = after is not None and after.has("shrink_to", "out:compress", "out:less", "remove", "cutting", "trimming")
    return verb and pieces[at].text.endswith("给我")


def _is_light(piece: Piece) -> bool:
    return piece.is_loose() and piece.text.lower() not in texts("whenever")


def with_bounds(pieces: list[Piece]) -> list[Piece]:
    """ "not before 0:03" is from there on, "not after 0:08" is until then."""
    found: list[Piece] = []
    for piece in pieces:
        bound = piece.has("RANGE") and piece.has("BEFORE", "AFTER") and bool(found) and found[-1].has("neg")
        if bound and found[-1].text in texts("never_before"):
            start, end = piece.value
            kind, value = ("START", end) if piece.has("BEFORE") else ("UNTIL", start)
            denied = found.pop()
            text = f"{denied.text} {piece.text}"
            found.append(Piece(text, denied.start, piece.end, frozenset({kind}), float(value)))
        else:
            found.append(piece)
    return found


def with_counted_back(pieces: list[Piece], context: Context) -> list[Piece]:
    """倒数第5秒 as a moment, where the length is known."""
    found: list[Piece] = []
    for piece in pieces:
        if found and found[-1].text == "倒数" and piece.has("AT") and context.length_s is not None:
            back = found.pop()
            moment = max(0.0, context.length_s - piece.value)
            found.append(Piece(back.text + piece.text, back.start, piece.end, piece.means, moment))
        else:
            found.append(piece)
    return found

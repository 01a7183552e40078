"""Lets go of what Chinese tells beside an order as its reason: 挡住山了, 我老花眼看不清, 电视放不了4K.

It knows the kinds of pieces and no operation.
"""

from __future__ import annotations

from slimreel.agent.orders import ORDERS, is_gap
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

_OF_FILE = ("LINES", "SCALE", "FRAME", "FPS", "out:codec", "out:container", "out:resolution", "out:fps", "out:hdr")
_PLAYED = (*_OF_FILE, "out:compress", "SIZE")
_CHANGES = (
    "bigger smaller opaque fainter brighter moving changing POSITION COLOR boldword boxword strokeword up down "
    "longer sharpen brightness zoomin zoomout"
).split()


def without_told_reasons(pieces: list[Piece]) -> list[Piece]:
    """The pieces without clauses that only say why, where another clause asks for what follows from it."""
    clauses = _clauses(pieces)
    if len(clauses) < 2:
        return pieces
    found: list[Piece | None] = [*pieces]
    for place, (start, end) in enumerate(clauses):
        clause = pieces[start:end]
        others = [one for i, (a, b) in enumerate(clauses) if i != place for one in pieces[a:b]]
        after = _covers(clause)
        after = _cannot_see(clause) if after is None else after
        if after is not None and any(one.has(*ORDERS, *_CHANGES) for one in others):
            found[start:end] = _only_nouns(clause, after)
        elif _is_left_alone(clause) and any(one.has(*ORDERS, *_CHANGES, *_TIMED) for one in others):
            found[start:end] = [one.as_filler() for one in clause]
        elif _cannot_play(clause) and any(one.has(*_PLAYED) for one in others):
            found[start:end] = [None] * len(clause)  # what is read of the file is read from its words
    return [one for one in found if one is not None]


def _is_left_alone(clause: list[Piece]) -> bool:
    """下面那行不动: what stands somewhere stays as it is, and nothing is moved there."""
    content = [one for one in clause if not one.is_loose() or one.has("untouched")]
    return (
        len(content) > 2
        and content[0].has("POSITION")
        and content[-1].has("untouched")
        and not content[-1].text.isascii()
        and all(any(name.startswith("n_") or name in _NOUNS for name in one.means) for one in content[1:-1])
    )


_TIMED = ("START", "RANGE", "UNTIL", "FOR", "AT", "FIRST", "LAST", "QUOTE")


def _clauses(pieces: list[Piece]) -> list[tuple[int, int]]:
    """Where clauses begin and end, without the marks between them."""
    found: list[tuple[int, int]] = []
    start = 0
    for at in range(len(pieces) + 1):
        ends = at == len(pieces) or pieces[at].has("mark")
        if ends or (at and is_gap(pieces[at - 1], pieces[at])):
            found += [(start, at)] if at > start else []
            start = at + 1 if ends else at
    return found


def _only_nouns(clause: list[Piece], after: int) -> list[Piece]:
    """What is spoken of stays, for the other clause is said of it: logo挡住脸了，缩小点."""
    return [
        one if at < after and any(name.startswith("n_") or name in _NOUNS for name in one.means) else one.as_filler()
        for at, one in enumerate(clause)
    ]


_NOUNS = frozenset("logo watermark image pip subtitles text CLIP".split())


def _covers(clause: list[Piece]) -> int | None:
    """Where the verb of 上面挡住山了 stands: it hides something already, and nobody is told to hide it."""
    said = _text(clause)
    if not said.endswith(tuple(texts("done_already"))) or any(one.text in texts("takes_object") for one in clause):
        return None
    for at, piece in enumerate(clause[:-1]):
        whole = _text(clause[at : at + 2])
        verb = next((one for one in texts("covers") if piece.text == one or whole.startswith(one)), None)
        if verb is not None:
            hidden = _text(clause[at:])[len(verb) :].rstrip("".join(texts("done_already")))
            return at if hidden and not any(one.has("SIZE", "NUMBER", *_OF_FILE) for one in clause) else None
    return None


def _cannot_see(clause: list[Piece]) -> int | None:
    """Where 看不清 begins at the end of a clause, however many pieces it was cut into."""
    if any(one.has("TIME", "RANGE", "FIRST", "LAST", "AT", "QUOTE", "FILE", "NUMBER") for one in clause):
        return None
    said = _text(clause).rstrip("".join(texts("says_at_end")))
    ending = max((one for one in texts("cannot_see") if said.endswith(one)), key=len, default="")
    if not ending or not said[: -len(ending)]:
        return None
    if any(one.has("bigger", "smaller", "too_word") and one.text not in ending for one in clause):
        return None
    return next(at for at in range(len(clause)) if len(_text(clause[: at + 1])) > len(said) - len(ending))


def _cannot_play(clause: list[Piece]) -> bool:
    """电视放不了4K: what a device cannot play is no wish for it."""
    said = _text(clause)
    return any(one.has(*_OF_FILE) for one in clause) and any(one in said for one in texts("cannot_play"))


def _text(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)

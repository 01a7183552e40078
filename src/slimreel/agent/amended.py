"""What somebody takes back within one request ("rotate it 90, no wait, 180") and what is only said of the video there
("it's a bug repro, nobody needs the sound").

It knows the kinds of pieces and no operation.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from slimreel.agent.orders import ORDERS
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

# Kinds of values, each with those that can stand for it when it is put right.
_SAME = (
    ("COLOR",),
    ("POSITION",),
    ("ASPECT",),
    ("TIMES",),
    ("PERCENT",),
    ("DB",),
    ("PX",),
    ("DEGREES",),
    ("RANGE",),
    ("FIRST", "LAST", "FOR", "TIME", "AT", "START", "UNTIL"),
    ("NUMBER",),
)
_UNITS = frozenset({"DEGREES", "TIME", "FIRST", "LAST", "FOR", "AT", "START", "UNTIL", "DB", "PX", "PERCENT", "TIMES"})
_FARTHEST = 8  # pieces between a value and its correction


def without_taken_back(pieces: list[Piece]) -> list[Piece]:
    """The pieces with the last word on each value in the place of the first."""
    found = list(pieces)
    for at in range(1, len(found)):
        if not _is_value(found[at]) or not _ends_clause(found, at):
            continue
        begin = _taken_back(found, at)
        old = None if begin is None else _corrected_by(found, begin, found[at])
        if begin is None or old is None:
            continue
        found[old] = _in_place_of(found[old], found[at])
        found[begin : at + 1] = [one if one.has("mark") else one.as_filler() for one in found[begin : at + 1]]
    return found


def _is_value(piece: Piece) -> bool:
    return any(piece.has(*kinds) for kinds in _SAME) and piece.text.isascii() and not piece.has("RATE", "SIZE", "LINES")


def _ends_clause(pieces: list[Piece], at: int) -> bool:
    after = next((one for one in pieces[at + 1 :] if not one.is_loose() or one.has("t_and")), None)
    return after is None or after.has("mark", "t_and", "out:instead")


def _taken_back(pieces: list[Piece], at: int) -> int | None:
    """Where the words begin that take something back right before this value; None where there are none."""
    begin, taken_back = at, False
    while begin > 0 and (_is_light(pieces[begin - 1]) or pieces[begin - 1].text in texts("takes_back")):
        begin -= 1
        taken_back |= pieces[begin].text in texts("takes_back")
    return begin if taken_back and begin else None


def _is_light(piece: Piece) -> bool:
    return piece.has("mark") or piece.is_loose() or piece.text in texts("before_correction")


def _corrected_by(pieces: list[Piece], begin: int, new: Piece) -> int | None:
    for old in range(begin - 1, max(-1, begin - 1 - _FARTHEST), -1):
        if _is_value(pieces[old]) and _may_stand_for(pieces[old], new):
            return old
    return None


def _may_stand_for(old: Piece, new: Piece) -> bool:
    if old.has("RANGE") and new.has("CLOCK"):
        return isinstance(old.value, tuple) and new.value > old.value[0]
    bare = new.means == {"NUMBER"} or (new.has("NUMBER") and not new.has("TIME"))
    return (bare and old.has(*_UNITS, "NUMBER")) or any(old.has(*kinds) and new.has(*kinds) for kinds in _SAME)


def _in_place_of(old: Piece, new: Piece) -> Piece:
    """The old piece with the new value; what it is the value of stays as it was said first."""
    if old.has("RANGE") and not new.has("RANGE"):
        return replace(old, value=(old.value[0], new.value))
    if old.has("COLOR", "POSITION", "ASPECT", "RANGE"):
        return replace(new, start=old.start, end=old.end)
    return replace(old, value=new.value)


def without_remarks(pieces: list[Piece]) -> list[Piece]:
    """A clause of its own that says what the video is or who watches it asks for nothing, beside one that does."""
    found: list[Piece] = []
    begin = 0
    for at in range(len(pieces) + 1):
        if at < len(pieces) and not pieces[at].has("mark"):
            continue
        clause = pieces[begin:at]
        said = _only_remarks(clause) or _asks_if_able(clause) if begin else _likes_the_last(clause, pieces[at + 1 :])
        found += [one.as_filler() for one in clause] if said else clause
        found += pieces[at : at + 1]
        begin = at + 1
    return found


def _likes_the_last(clause: list[Piece], rest: list[Piece]) -> bool:
    """ "Cool, now black and white" wants nothing cooler."""
    return len(clause) == 1 and clause[0].text in texts("well_done") and bool(rest) and rest[0].text in texts("goes_on")


def without_filling(pieces: list[Piece]) -> list[Piece]:
    """ "A little lighter, it fills my whole phone": what takes up room is to be a smaller file, and no brighter one."""
    marks = [at for at, piece in enumerate(pieces) if piece.has("mark") or piece.text in texts("why_after")]
    bounds = [0, *(at + 1 for at in marks), len(pieces)]
    clauses = [pieces[a:b] for a, b in pairwise(bounds)]
    full = [_fills(clause) for clause in clauses]
    if not any(full):
        return pieces
    lighter = [
        [one if one.has("mark") else one.as_filler() for one in clause]
        if fills
        else [_of_weight(one) for one in clause]
        for clause, fills in zip(clauses, full, strict=True)
    ]
    return [one for clause in lighter for one in clause]


def _fills(clause: list[Piece]) -> bool:
    at = next((at for at, one in enumerate(clause) if one.text in texts("fills_space")), None)
    behind = clause[at + 1 :] if at is not None else []
    store = next((i for i, one in enumerate(behind) if one.text in texts("stores")), len(behind))
    rest = behind[store + 1 :]  # "fills the phone screen" is of the picture
    return store < len(behind) and all(one.is_loose() and not one.has("position_word") for one in rest)


def _of_weight(piece: Piece) -> Piece:
    """The piece, and one that asks for less as asking for nothing but less of a file."""
    less = piece.has("out:less") and piece.has("smaller", "brighter")
    return replace(piece, means=frozenset({"out:less", "out:compress"})) if less else piece


def without_dropped(pieces: list[Piece]) -> list[Piece]:
    """ "Deinterlace... nah, it's progressive. Stabilise": what is dropped in the next clause, where more is said."""
    marks = [at for at, piece in enumerate(pieces) if piece.has("mark")]
    bounds = [0, *(at + 1 for at in marks), len(pieces)]
    clauses = [pieces[a:b] for a, b in pairwise(bounds) if b > a]
    said = [at for at, clause in enumerate(clauses) if any(not one.has("mark") for one in clause)]
    for before, at, after in zip(said, said[1:], said[2:], strict=False):
        first = next(one for one in clauses[at] if not one.has("mark"))
        dropped = first.text.lower() in texts("drops_it") and not _says_anything(clauses[at])
        more = [one for clause in clauses[after:] for one in clause if not one.is_loose() and not one.has("mark")]
        if dropped and more:
            for place in (before, at):
                clauses[place] = [one if one.has("mark") else one.as_filler() for one in clauses[place]]
    return [one for clause in clauses for one in clause]


def _says_anything(clause: list[Piece]) -> bool:
    return any(_is_value(one) or one.has(*ORDERS, "changing", "moving", "QUOTE", "FILE") for one in clause)


def without_attributes(pieces: list[Piece]) -> list[Piece]:
    """A "huge thumb" in the corner is no huge file."""
    return [
        replace(piece, means=piece.means - {"out:toobig"})
        if piece.has("out:toobig") and piece.text in texts("sized_like") and _leads_thing(pieces, at)
        else piece
        for at, piece in enumerate(pieces)
    ]


def _leads_thing(pieces: list[Piece], at: int) -> bool:
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    before = pieces[at - 1].text if at else ""
    of_file = after is None or after.is_loose() or after.has("mark", "video", *_OF_FILES)
    return not of_file and (before in texts("articles") or before in ("this", "that", "some"))


_OF_FILES = ("out:subject", "out:size", "out:rate", "clip_noun", "final_word", "music", "text", "image", "pip")


def _only_remarks(clause: list[Piece]) -> bool:
    said = " ".join(piece.text.lower() for piece in clause)
    if not said.startswith(tuple(f"{one} " for one in texts("remarks"))):
        return False
    strange = any(piece.has("unknown") for piece in clause) or said.startswith(tuple(texts("no_one")))
    asks = any(_asks(clause, at) for at in range(1, len(clause)))
    return (
        strange and not asks and not any(name.isupper() for piece in clause for name in piece.means if name[0] != "o")
    )


def _asks_if_able(clause: list[Piece]) -> bool:
    """ "Below 30, can you do that": of what was asked for, and no question of what can be asked for."""
    asks = any(one.text in texts("asks_if_able") for one in clause)
    return asks and all(one.is_loose() or one.has("help") for one in clause)


def _asks(clause: list[Piece], at: int) -> bool:
    """A verb of an order; behind an article it is a noun ("it's a timelapse of our allotment")."""
    return clause[at].has(*ORDERS) and not clause[at].is_loose() and clause[at - 1].text not in texts("articles")

"""The last operation of a session, and what it means to say it again. Knows no way in which people speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import FREE
from slimreel.agent.words import texts

Command = dict[str, Any]


AMOUNTS = tuple(
    "NUMBER SIZE RATE SCALE TIME AT FOR PERCENT TIMES FPS PX DB DEGREES START UNTIL LINES LINES? SHARE".split()
)
# What may be said around a turn about the last one.
ABOUT_LAST = FREE | frozenset(
    """
    same other both rest neg meant previous more small_amount large_amount out:correct out:neg out:instead out:toobig
    out:keeping out:bad replace question out:good t_of undo again_word out:less up_word down_word changing adding
    moving out:under
    """.split()
)
_NOT_REPEATED = frozenset("undo redo reset status credits upload cancel help export clarify out_of_scope".split())


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that may be about the one before it. `content` are its pieces that mean something by themselves."""

    pieces: list[Piece]
    content: list[Piece]
    last: Mapping[str, Any]
    context: Context


def last_operation(context: Context) -> Mapping[str, Any] | None:
    """The last command that can be said again; its parameters are there."""
    repeatable = (done for done in reversed(context.last_ops) if done.get("op") not in _NOT_REPEATED)
    return next((done for done in repeatable if isinstance(done.get("params"), Mapping)), None)


# Parameters of which one takes the place of the other.
_EITHER = (
    {"parts", "max_duration_s"}, {"factor", "fit_duration_s"}, {"level", "gain_db"}, {"count", "until_s"},
    {"video_bitrate_bps", "target_size_bytes", "size_ratio"}, {"auto", "at_s"},
)  # fmt: skip


def again(last: Mapping[str, Any], **changed: Any) -> Command:
    """The last command with other values. One that takes the place of another replaces it."""
    out = {name for group in _EITHER if group & changed.keys() for name in group}
    kept = {name: value for name, value in last["params"].items() if name not in out}
    return {"op": str(last["op"]), "params": {**kept, **changed}}


def says_amount(content: list[Piece]) -> bool:
    """Is there an amount? The "one" of "this one" is none."""
    return any(piece.has(*AMOUNTS) and piece.text not in texts("one_of_them") for piece in content)


def only_about_last(content: list[Piece], *means: str) -> bool:
    """Is there nothing but these meanings and what is said around a last turn?"""
    known = ABOUT_LAST | set(means)
    return all(piece.means & known for piece in content)


def denied(pieces: list[Piece], at: int) -> bool:
    """Does a "not" stand before this piece, or a "too big" after it?"""
    for place in range(at - 1, max(-1, at - 4), -1):
        piece = pieces[place]
        if piece.has("neg", "out:neg", "out:instead") and piece.text not in texts("mere_no"):
            return True
        if piece.text in texts("you_made") and any(one.text in texts("you") for one in pieces[:place]):
            return True
        if piece.has("meant") or (piece.has("mark") and place != at - 1) or piece.has(*AMOUNTS, "CLIP"):
            break
    for place in range(at + 1, min(len(pieces), at + 4)):
        if pieces[place].has("out:toobig", "too_word") or pieces[place].text in ("太", "还是", "还"):
            return True
        if pieces[place].has("mark"):
            break
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        if pieces[place].text in texts("too_much") and following is not None and following.has("unknown"):
            return True  # "8 is too tight"
    return False

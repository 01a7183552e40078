"""Reads a part of a request as one operation: the best that its words allow, with the parameters they give.

Knows the cues of all operations and what fills their parameters; how a request is divided into parts is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from slimreel.agent.context import Context
from slimreel.agent.cues import Cue, read_cue
from slimreel.agent.fill import change, clips, cuts, files, frame, look, nudge, overlay, session, sound
from slimreel.agent.fill.base import Params
from slimreel.agent.fill.elements import TYPE_WORDS
from slimreel.agent.pieces import Piece
from slimreel.agent.requests import REQUESTS
from slimreel.agent.span import Missing, Span, left_over, weight
from slimreel.edit.registry import operations
from slimreel.edit.said import Said

_ROOMS = {
    cuts: "trim cut split remove_silence",
    clips: "delete_clip reorder concat transition speed reverse loop freeze",
    frame: "reframe crop rotate flip zoom stabilize",
    look: "color denoise_video sharpen deinterlace lut",
    overlay: "add_text add_image pip subtitles auto_captions blur_region",
    sound: "add_music volume mute replace_audio normalize_audio denoise_audio fade audio_sync",
    files: "gif thumbnail extract_audio split_parts preview export",
    change: "update remove",
    nudge: "nudge",
    session: "undo status upload cancel unclear",
}
FILLERS: dict[str, Callable[[Span], Params | list[Params]]] = {
    **{op: getattr(room, op) for room, ops in _ROOMS.items() for op in ops.split()},
    **dict.fromkeys(("redo", "reset", "credits", "help", "nothing"), session.nothing_needed),
}

# Meanings that belong to any operation and need not be used.
FREE = frozenset(
    "video it clip_noun t_at t_of t_from t_to t_mark t_on going_to t_and t_begin adding changing t_off t_for t_long "
    "question one_of out:this out:make out:to out:subject out:filler out:at out:of out:is".split()
)


@cache
def ways() -> Mapping[str, Said]:
    """How everything is asked for, operations on a draft first."""
    return {**{op: kind.said for op, kind in operations().items()}, **REQUESTS}


@cache
def _own(op: str) -> frozenset[str]:
    return frozenset(ways()[op].words.split()) | FREE


# What a question about something else need not repeat.
_SOAKED = ("POSITION", "COLOR", "RANGE", "START", "AT", "FOR", "FIRST", "LAST", "UNTIL", "PERCENT", "CLIP", "TIME")
# What one more operation has to explain before it is worth assuming.
OPERATION_COST = 1.4


@cache
def meanings_of(op: str) -> frozenset[str]:
    """Every meaning that an operation is asked for with."""
    lines = ways()[op].cues if op in ways() else ()
    cues = [read_cue(line, frozenset({"text"})) for line in lines]
    return frozenset(name for cue in cues if cue is not None for item in cue.items for name in item)


@dataclass(slots=True)
class Reading:
    """One way to understand a part: an operation with its parameters, or what is missing. `score` compares ways."""

    op: str
    commands: list[Params] = field(default_factory=list)
    missing: Missing | None = None
    score: float = 0.0
    left: list[Piece] = field(default_factory=list)


def read_part(pieces: list[Piece], text: str, context: Context, before: list[Piece] | None = None) -> Reading | None:
    """The best reading of these pieces as one operation, or None where no cue fits."""
    best: Reading | None = None
    for op, used in sorted(_asked_for(pieces, element_meanings(context)).items()):
        reading = _filled(op, pieces, text, context, used, before or [])
        reading.score += 0.1 * len(used)
        if best is None or reading.score > best.score:
            best = reading
    return best


def read_as(op: str, pieces: list[Piece], text: str, context: Context) -> Reading:
    """These pieces as an operation of which they hold no cue: somebody else knows that it is meant."""
    return _filled(op, pieces, text, context, set(), [])


def _asked_for(pieces: list[Piece], elements: frozenset[str]) -> dict[str, set[int]]:
    """The operations that the pieces have a cue of, each with the places of its longest."""
    there = frozenset[str]().union(*(piece.means for piece in pieces))
    index = _index(elements)
    longest: dict[str, set[int]] = {}
    worth: dict[str, tuple[int, float, tuple[int, ...]]] = {}
    for op, cue in dict.fromkeys(one for name in sorted(there) for one in index.get(name, ())):
        found = cue.places(pieces) if cue.may_be(there) else None
        if found is None:
            continue
        its = (len(found), sum(weight(pieces[at]) for at in found), tuple(-at for at in sorted(found)))
        if op not in worth or its > worth[op]:  # of two as long the one that explains more, then the earlier
            longest[op], worth[op] = found, its
    return longest


@lru_cache(maxsize=256)
def _index(elements: frozenset[str]) -> dict[str, list[tuple[str, Cue]]]:
    """Every cue under the meanings of its most particular item, so that few cues are tried on a part."""
    index: dict[str, list[tuple[str, Cue]]] = {}
    for op, said in ways().items():
        for line in said.cues:
            cue = read_cue(line, elements)
            if cue is None:
                continue
            items = [*cue.items, *(first for first, _ in cue.pairs)]
            for name in min(items, key=len):
                index.setdefault(name, []).append((op, cue))
    return index


def element_meanings(context: Context) -> frozenset[str]:
    return frozenset(word for one in context.elements for word in TYPE_WORDS.get(one.type, ()))


def _filled(
    op: str, pieces: list[Piece], text: str, context: Context, cue_places: set[int], before: list[Piece]
) -> Reading:
    span = Span(pieces, context, text, before=before)
    reading = Reading(op)
    try:
        found = FILLERS[op](span)
        reading.commands = found if isinstance(found, list) else [found]
    except Missing as missing:
        reading.missing = missing
    span.used |= cue_places
    explained = sum(weight(piece) for at, piece in enumerate(pieces) if at in span.used and not piece.has("mark"))
    if reading.missing is not None:
        span.claim(*_SOAKED)
    reading.left = [*left_over(span, _own(op)), *(_compared(span) if op == "update" else ())]
    reading.score = (
        explained
        - 1.5 * sum(weight(piece) for piece in reading.left)
        - OPERATION_COST
        - (1.6 if reading.missing else 0.0)
    )
    return reading


def _compared(span: Span) -> list[Piece]:
    """ "… to the left, and the logo smaller": a comparison is a step of its own, and none of an update's sizes."""
    return [
        piece
        for at, piece in enumerate(span.pieces)
        if at not in span.used and piece.text.isascii() and piece.has("bigger", "smaller") and not piece.is_loose()
    ]

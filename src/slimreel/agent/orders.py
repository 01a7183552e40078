"""Tells where an order of its own begins in a request: its verbs, and what may stand in the place of one.

Knows kinds of pieces, and neither parts nor how they are read.
"""

from __future__ import annotations

from slimreel.agent.apart import lays_over, makes_one, sets_speed
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts

ORDERS = frozenset(
    "remove cutting trimming keep adding swapping merging splitting rotate flip mute speedup slowdown reverse loop "
    "freeze stabilize sharpen normalize denoise fade fadein fadeout crop blurregion handing gif thumbnail "
    "deinterlace bw extract_audio inandout grain".split()
)


def begins_clause(pieces: list[Piece], at: int) -> bool:
    """Does an order of its own begin here: a verb in the clause behind a mark, or right behind an "and", and one in the
    clause before?"""
    marked = at > 0 and (pieces[at - 1].has("mark") or is_gap(pieces[at - 1], pieces[at]))
    if not at or not (marked or pieces[at].text in texts("connectives")):
        return False
    start = max((i + 1 for i in range(at - 1) if pieces[i].has("mark") or is_gap(*pieces[i : i + 2])), default=0)
    end = next((i for i in range(at, len(pieces)) if pieces[i].has("mark")), len(pieces))
    if not marked and _fades_music(pieces, start, at):
        return False
    if undoes_first(pieces, at):
        return True
    after = pieces[at:end] if marked else [one for one in pieces[at:end] if not one.is_loose() or one.has("adding")][:1]
    return any(map(_orders, pieces[start:at])) and (
        any(map(_orders, after))
        or sets_speed(after)
        or makes_more(after)
        or makes_one(pieces[at : at + 3])
        or lays_over(pieces, start, at, end)
    )


def _fades_music(pieces: list[Piece], start: int, at: int) -> bool:
    """ "Play song.mp3 in the background | and fade away at the end": of the song that is laid under it."""
    fades = at + 1 < len(pieces) and pieces[at + 1].has("fadein", "fadeout")
    return fades and any(one.has("SOUNDFILE") for one in pieces[start:at])


_COMPARED = ("louder", "quieter", "bigger", "smaller", "brighter", "darker", "faster", "slower", "longer", "shorter")


_RAISED = tuple("sound voice music original_sound volume brightness contrast saturation".split())


def makes_more(pieces: list[Piece]) -> bool:
    """ "(And) make the sound louder", "boost my voice 4 dB": behind another order a comparison with its own verb."""
    first = next((one for one in pieces if not one.is_loose() or one.has("changing")), None)
    end = next((at for at, one in enumerate(pieces) if one.has("mark")), len(pieces))
    if first is not None and first.text in texts("raises") and any(one.has(*_RAISED) for one in pieces[:end]):
        return True
    return first is not None and first.text in texts("makes_do") and any(one.has(*_COMPARED) for one in pieces[:end])


def undoes_first(pieces: list[Piece], at: int) -> bool:
    """ "Undo that | and make it 2x": how often something is undone is not said by what follows."""
    undone = any(one.has("undo", "redo") for one in pieces[:at])
    return undone and (pieces[at].has("t_and") or pieces[at - 1].has("mark")) and _makes(pieces[at:])


def _makes(pieces: list[Piece]) -> bool:
    first = next((one for one in pieces if not one.is_loose() or one.has("changing")), None)
    return first is not None and first.text in texts("makes_do")


def is_gap(before: Piece, piece: Piece) -> bool:
    """A space in Chinese, where it stands for a comma."""
    return piece.start > before.end and not (before.text[-1:].isascii() and piece.text[:1].isascii())


def _orders(piece: Piece) -> bool:
    if piece.has("louder", "quieter") and piece.text.startswith(("turn", "lower", "raise", "bring")):
        return True
    return piece.has(*ORDERS, "undo", "export", "credits") and piece.text not in texts("mere_just")

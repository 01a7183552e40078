"""A second opinion on what the grammar left open: the request is read as what it most likely is, where its words allow.

It changes nothing that was clear. Knows no word: the likelihood is `likely`'s, the parameters are those of the readers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.likely import NOTHING, Guess, guesses, label_of
from slimreel.agent.output import output_commands
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import FILLERS, read_as
from slimreel.agent.segment import Part
from slimreel.agent.sentence import pieces_of
from slimreel.agent.span import Missing
from slimreel.agent.together import Command

Guesser = Callable[[Sequence[Piece], str, Context], list[Guess]]

# How likely another reading has to be where the grammar only asked or declined, and where it gave a command beside words
# that nobody understood; which then has to be next to impossible. See decision 0029 for what was measured.
_LIKELY = 0.4
_LIKELIER = 0.5
_UNLIKELY = 0.02
# The refusal of what nobody understood; others have words that name them.
_STRANGE = "out_of_scope:not_video"
# "Smaller" needs no number; what names none at all has to be plainly that.
_PLAINLY = 0.9
_STRETCHES = ("RANGE", "FIRST", "LAST")
# Kinds that an order never says by the way: what holds one and leaves it over was read as something else.
_SAYS_MUCH = tuple(
    "RANGE FIRST LAST CLOCK TIME START AT FOR UNTIL SIZE RATE SCALE LINES FPS TIMES ASPECT DB LUFS NUMBER PERCENT QUOTE "
    "FILE URL CLIP".split()
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a request is taken for: commands, or what to ask, and the phrases that did not help."""

    commands: tuple[Command, ...]
    missing: Missing | None = None
    unheard: tuple[str, ...] = ()


def second_opinion(
    text: str, context: Context, commands: Sequence[Command], unheard: Sequence[str], guess: Guesser = guesses
) -> Opinion | None:
    """Another reading of a request of which the grammar made these commands; None where that is as good."""
    label = label_of(commands)
    if not commands and not unheard:
        return None
    if label.startswith("out_of_scope") and label != _STRANGE:
        return None
    is_open = all(one["op"] in ("clarify", "out_of_scope") for one in commands)
    if not is_open and not (unheard and "+" not in label):
        return None
    pieces, plain = pieces_of(text, context)
    found = guess(pieces, plain, context)
    likeliest = found[0]
    if likeliest.name == label or likeliest.share < _LIKELY:
        return None
    if not is_open:
        own = next((one.share for one in found if one.name == label), 0.0)
        if own > _UNLIKELY or likeliest.share < _LIKELIER:
            return None
    return _taken_for(likeliest, pieces, plain, context)


def _taken_for(guess: Guess, pieces: list[Piece], plain: str, context: Context) -> Opinion | None:
    op, _, which = guess.name.partition(":")
    if op == NOTHING:
        return Opinion(())
    if op == "out_of_scope":
        return Opinion((_command(op, reason=which),))
    if op == "clarify":
        if which == "range" and any(piece.has(*_STRETCHES) for piece in pieces):
            return None
        return Opinion((_command(op, about=which),), Missing(which))
    if op == "compress":
        return _output(guess, pieces, plain, context)
    if op not in FILLERS:
        return None
    reading = read_as(op, pieces, plain, context)
    if reading.missing or not reading.commands or any(piece.has(*_SAYS_MUCH) for piece in reading.left):
        return None
    commands = tuple(_command(op, **params) for params in reading.commands)
    return Opinion(commands, None, tuple(piece.text for piece in reading.left))


def _output(guess: Guess, pieces: list[Piece], plain: str, context: Context) -> Opinion | None:
    wishes = output_commands([Part(pieces)], plain, context)
    if any(one.missing for one in wishes):
        return None
    commands = tuple(one.command for one in wishes if one.command is not None and one.command["params"])
    if not commands and (guess.share < _PLAINLY or any(piece.has(*_SAYS_MUCH) for piece in pieces)):
        return None
    unheard = tuple(phrase for one in wishes for phrase in one.unheard)
    return Opinion(commands or (_command("compress"),), None, unheard)


def _command(op: str, **params: Any) -> Command:
    return {"op": op, "params": params}

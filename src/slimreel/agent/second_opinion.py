"""A second opinion on what the grammar left open: the request is read as what it most likely is, where its words allow.

It changes nothing that was clear. Knows no word: the likelihood is `likely`'s, the parameters are those of the readers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.likely import NOTHING, Guess, guesses, label_of
from slimreel.agent.output import output_commands
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import FILLERS, read_as
from slimreel.agent.scope import out_of_scope
from slimreel.agent.segment import Part
from slimreel.agent.sentence import pieces_of
from slimreel.agent.span import Missing
from slimreel.agent.together import Command
from slimreel.edit.registry import operations

Guesser = Callable[[Sequence[Piece], str, Context], list[Guess]]

# How likely another reading has to be where the grammar only asked or declined, and where it gave a command beside
# words that nobody understood, which then has to be next to impossible. Decision 0029 tells what was measured.
_LIKELY = 0.5
_LIKELY_WHY = 0.3  # another reason to decline
_LIKELIER = 0.6
_UNLIKELY = 0.02
_LITTLE = 0.04
# The refusal of what nobody understood; others have words that name them.
_STRANGE = "out_of_scope:not_video"
# "Smaller" needs no number; what names none at all has to be plainly that, and so has what takes much away.
_PLAINLY = 0.9
_NOTHING_DONE = ("clarify", "out_of_scope")
_DRASTIC = frozenset({"reset", "cancel", "delete_clip"})
_STRETCHES = ("RANGE", "FIRST", "LAST")
# Kinds that an order never says by the way: what holds one and leaves it over was read as something else.
_SAYS_MUCH = tuple(
    "RANGE FIRST LAST CLOCK TIME START AT FOR UNTIL SIZE RATE SCALE LINES FPS TIMES ASPECT DB LUFS NUMBER PERCENT "
    "QUOTE FILE URL CLIP".split()
)


def second_opinion(
    text: str, context: Context, first: Interpretation, guess: Guesser = guesses
) -> Interpretation | None:
    """Another reading of a request than the grammar's, `first`; None where that is as good. It tells no language."""
    label = label_of(first.commands)
    empty = not first.commands and bool(first.unheard)
    at_a_loss = empty or (first.missing is not None and first.missing.fields.get("vague"))
    only_asks = label.startswith("clarify") and "+" not in label
    if "+" in label:
        return _without_question(first, pieces_of(text, context), context, guess) if "clarify" in label else None
    if not (first.unheard or at_a_loss or only_asks) and label != _STRANGE:
        return None
    if label.startswith("out_of_scope") and label != _STRANGE:
        return None
    is_open = all(one["op"] in ("clarify", "out_of_scope") for one in first.commands)
    pieces, plain = pieces_of(text, context)
    found = guess(pieces, plain, context)
    likeliest = found[0]
    certain = likeliest.share >= _PLAINLY and likeliest.name.startswith(_NOTHING_DONE)
    if only_asks and not (first.unheard or at_a_loss or certain):
        return None  # every word was understood, and something was found missing
    if likeliest.name == label or likeliest.share < _least(label, likeliest, plain):
        return None
    if not is_open:
        own = next((one.share for one in found if one.name == label), 0.0)
        if own > _UNLIKELY or likeliest.share < _LIKELIER:
            return None
    other = _taken_for(likeliest, pieces, plain, context)
    if other is not None and other.missing is not None and not (at_a_loss or certain or label == _STRANGE):
        return None  # the grammar knows better what is missing
    return other


def _without_question(
    first: Interpretation, said: tuple[list[Piece], str], context: Context, guess: Guesser
) -> Interpretation | None:
    """An order and a question about words beside it, where the whole is most likely that order: the words are named."""
    done = tuple(one for one in first.commands if one["op"] != "clarify")
    if len({one["op"] for one in done}) != 1 or len(done) == len(first.commands):
        return None
    likeliest, *others = guess(*said, context)
    asking = sum(one.share for one in others if one.name.startswith("clarify"))
    if (
        likeliest.name != done[0]["op"]
        or likeliest.share < (_LIKELY if first.unheard else _PLAINLY)
        or asking > _LITTLE
    ):
        return None
    return Interpretation(done, None, first.unheard)


def _least(label: str, likeliest: Guess, plain: str) -> float:
    """How likely it has to be."""
    if label == _STRANGE and out_of_scope(plain) is not None:  # words of other things name it
        return _PLAINLY if likeliest.name in operations() else math.inf
    return _LIKELY_WHY if label == _STRANGE and likeliest.name.startswith("out_of_scope") else _LIKELY


def _taken_for(guess: Guess, pieces: list[Piece], plain: str, context: Context) -> Interpretation | None:
    op, _, which = guess.name.partition(":")
    if op == NOTHING:
        return Interpretation(())
    if op == "out_of_scope":
        return Interpretation((_command(op, reason=which),))
    if op == "clarify":
        if which == "range" and any(piece.has(*_STRETCHES) for piece in pieces):
            return None
        return _asks(Missing(which))
    if op == "compress":
        return _output(guess, pieces, plain, context)
    if op in _DRASTIC and guess.share < _PLAINLY:
        return None
    if op not in FILLERS or any(piece.has("neg") for piece in pieces):
        return None
    reading = read_as(op, pieces, plain, context)
    if reading.missing:
        return _asks(reading.missing)
    if not reading.commands or any(piece.has(*_SAYS_MUCH) for piece in reading.left):
        return None
    commands = tuple(_command(op, **params) for params in reading.commands)
    return Interpretation(commands, None, tuple(piece.text for piece in reading.left))


def _output(guess: Guess, pieces: list[Piece], plain: str, context: Context) -> Interpretation | None:
    wishes = output_commands([Part(pieces)], plain, context)
    missing = next((one.missing for one in wishes if one.missing is not None), None)
    if missing is not None:
        return _asks(missing)
    commands = tuple(one.command for one in wishes if one.command is not None and one.command["params"])
    if not commands and (guess.share < _PLAINLY or context.last_ops or any(piece.has(*_SAYS_MUCH) for piece in pieces)):
        return None
    unheard = tuple(phrase for one in wishes for phrase in one.unheard)
    return Interpretation(commands or (_command("compress"),), None, unheard)


def _asks(missing: Missing) -> Interpretation:
    return Interpretation((_command("clarify", about=missing.about),), missing)


def _command(op: str, **params: Any) -> Command:
    return {"op": op, "params": params}

"""Whether a turn about the last one asks for something else than the grammar heard: the likeliest of all candidates.

It decides by likelihoods alone and knows no word.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.follow.last import Command
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.pieces import Piece
from slimreel.agent.sentence import pieces_of
from slimreel.agent.turns.candidate import Candidate
from slimreel.agent.turns.candidates import candidates
from slimreel.agent.turns.features import Words
from slimreel.agent.turns.heard import hear
from slimreel.agent.turns.model import shares
from slimreel.edit.log import EditCommand
from slimreel.edit.registry import read_operation
from slimreel.errors import EditRefused

Judge = Callable[[Words, Sequence[Candidate]], list[float]]
Reader = Callable[[list[Piece], str, Context], Sequence[Command]]

# How likely a candidate has to be where the grammar asked or left words over, and where it was clear and what it heard
# is unlikely. Decision 0030 tells what was measured.
LIKELY = 0.6
LIKELIER = 0.95
UNLIKELY = 0.005
# A turn about the last one is short; a longer text would also take long.
_MOST_PIECES = 40
# What is said to the session is no turn about the last one.
_TO_THE_SESSION = frozenset("status credits upload cancel help export reset".split())
_STRANGE = "not_video"  # declined for want of understanding


def turn_opinion(
    text: str, context: Context, first: Interpretation, read_afresh: Reader, judge: Judge = shares
) -> Interpretation | None:
    """What a turn most likely asks for, where that is not what was heard, `first`; None where that may stand.

    `read_afresh` tells what it asks for as a request of its own, nothing where that is not clear.
    """
    if not context.last_ops or _is_apart(first):
        return None
    pieces, plain = pieces_of(text, context)
    if not 0 < len(pieces) <= _MOST_PIECES:
        return None
    fresh = read_afresh(pieces, plain, context)
    heard = hear(pieces, plain, context, fresh)
    if heard.last is not context.last_ops[-1]:
        return None  # behind an undo nobody knows what is there
    there = candidates(heard)
    likely = judge(Words.of(heard), there)
    best = max(range(len(there)), key=likely.__getitem__)
    if likely[best] < max(_least(first), likely[-1]) or _differ_in_values(first.commands, there[best].commands):
        return None
    if _is_clear(first):
        same = _plain(first.commands, context)
        if len(first.commands) > 1 or same != _plain(fresh, context):
            return None  # what was heard as a turn about the last one stands, and so do several orders
        ops = [one["op"] for one in first.commands]
        own = sum(
            share
            for one, share in zip(there, likely, strict=False)
            if [command["op"] for command in one.commands] == ops and _plain(one.commands, context) == same
        )
        if own >= UNLIKELY or likely[best] < LIKELIER:
            return None
    return Interpretation(there[best].commands) if _can_be_read(there[best].commands) else None


def _can_be_read(commands: Sequence[Command]) -> bool:
    """Does every operation take its parameters: are they of their kind and within their bounds?"""
    try:
        for one in commands:
            read_operation(EditCommand(op=one["op"], params=one["params"]))
    except EditRefused:
        return False
    return True


def _is_apart(first: Interpretation) -> bool:
    """Was it for the session, or declined for what it asks?"""
    if any(one["op"] in _TO_THE_SESSION for one in first.commands):
        return True
    return any(one["op"] == "out_of_scope" and one["params"].get("reason") != _STRANGE for one in first.commands)


def _least(first: Interpretation) -> float:
    """How likely a candidate has to be: more where every word was understood and something was found missing.

    A question about a turn that was understood as one about the last one is asked on purpose.
    """
    if first.missing is None and not first.unheard and any(one["op"] == "clarify" for one in first.commands):
        return math.inf
    vague = first.missing is not None and first.missing.fields.get("vague")
    return LIKELY if vague or first.unheard or not first.commands else LIKELIER


def _is_clear(first: Interpretation) -> bool:
    asked = any(one["op"] in ("clarify", "out_of_scope") for one in first.commands)
    return bool(first.commands) and not asked and not first.unheard and first.missing is None


def _differ_in_values(heard: Sequence[Command], likely: Sequence[Command]) -> bool:
    """The same parameters of the same operations: which of two amounts is wanted the grammar tells better."""
    return [(one["op"], set(one["params"])) for one in heard] == [(one["op"], set(one["params"])) for one in likely]


def _plain(commands: Sequence[Mapping[str, Any]], context: Context) -> list[Any]:
    """The commands in one form, without the name of the only clip."""
    only = context.clips[0].id if len(context.clips) == 1 else None
    return [
        [one["op"], {name: _listed(value) for name, value in one["params"].items() if name != "clip" or value != only}]
        for one in commands
    ]


def _listed(value: Any) -> Any:
    """A tuple is as good as a list."""
    if isinstance(value, Mapping):
        return {name: _listed(one) for name, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value

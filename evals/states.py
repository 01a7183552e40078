"""Says whether two answers lead to the same draft and goal: both are carried out on the draft of the request.

Equivalent wording is forgiven, since defaults are filled in by then; what the session does beside (export is of the
draft, status is not) has to be the same frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

from evals.drafts import draft_of, facts_for
from evals.frames import frame_of, same, same_frame
from evals.requests import Command, Commands
from slimreel.agent.context import Context
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand, Log
from slimreel.edit.registry import operations
from slimreel.errors import EditRefused

# How far back they lead is in a log that no context has, so they count as said.
_HISTORY = ("undo", "redo", "reset")
_COLUMN = {"left": 0.0, "right": 1.0}
_ROW = {"top": 0.0, "bottom": 1.0}


def same_state(context: Context, wanted: Commands, given: Commands) -> bool | None:
    """Do both answers lead to the same draft? None where drafts cannot tell: the commands cannot be carried out
    there, or those wanted change nothing, as joining clips does that stand in order."""
    edits, others = _divided(wanted)
    their_edits, their_others = _divided(given)
    if not same_frame(frame_of(others, context), frame_of(their_others, context)):
        return False
    if not edits or not their_edits:
        return not edits and not their_edits
    facts = facts_for(context, wanted, given)
    try:
        before = draft_of(context, facts)
        edits, their_edits = _without_like_nudges(before, facts, edits, their_edits)
        after = _applied(before, facts, edits)
        theirs = _applied(before, facts, their_edits)
    except EditRefused:
        return None
    if edits and same(after, _shape(before)):
        return None
    return same(after, theirs)


def can_be_applied(context: Context, wanted: Commands) -> bool:
    """Does carrying out the commands lead to another draft, so that states can be compared?"""
    edits, _ = _divided(wanted)
    facts = facts_for(context, wanted, ())
    try:
        before = draft_of(context, facts)
        return bool(edits) and not same(_applied(before, facts, edits), _shape(before))
    except EditRefused:
        return False


def _divided(commands: Sequence[Command]) -> tuple[list[Command], list[Command]]:
    """What a draft shows, and what it does not."""
    edits = [one for one in commands if one["op"] in operations() and one["op"] not in _HISTORY]
    return edits, [one for one in commands if one not in edits]


def _applied(draft: Draft, facts: Facts, edits: Sequence[Command]) -> Any:
    return _shape(_after(draft, facts, edits))


def _after(draft: Draft, facts: Facts, edits: Sequence[Command]) -> Draft:
    return apply_all(draft, [EditCommand(op=one["op"], params=dict(one["params"])) for one in edits], facts)[0]


def _shape(draft: Draft) -> Any:
    """All that a render of the draft depends on, as plain data: not how it came to be."""
    return _plain(replace(draft, log=Log(), next_id={}))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name != "kept"}
        if isinstance(held.get("position"), str):
            held["position"] = _point(held["position"])
        return {"": type(value).__name__, **held}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _point(place: str) -> dict[str, Any]:
    """A place of the nine as the point that it is."""
    words = place.split("_")
    x = next((_COLUMN[word] for word in words if word in _COLUMN), 0.5)
    y = next((_ROW[word] for word in words if word in _ROW), 0.5)
    return {"": "Point", "x": x, "y": y}


def _without_like_nudges(
    draft: Draft, facts: Facts, wanted: list[Command], given: list[Command]
) -> tuple[list[Command], list[Command]]:
    """Both without the nudges that were answered by an update of the same target the same way."""
    if len(wanted) != len(given):
        return wanted, given
    pairs = [pair for pair in zip(wanted, given, strict=True) if not _moves_alike(draft, facts, *pair)]
    return [one for one, _ in pairs], [one for _, one in pairs]


def _moves_alike(draft: Draft, facts: Facts, nudge: Command, update: Command) -> bool:
    targets = [one["params"].get("target") for one in (nudge, update)]
    if (nudge["op"], update["op"]) != ("nudge", "update") or targets[0] != targets[1]:
        return False
    before, nudged, updated = (_numbers(_shape(_after(draft, facts, ops))) for ops in ([], [nudge], [update]))
    moves = [
        {name: now > before[name] for name, now in after.items() if name in before and now != before[name]}
        for after in (nudged, updated)
    ]
    return bool(moves[0]) and moves[0] == moves[1] and nudged.keys() == updated.keys()


def _numbers(value: Any, path: str = "") -> dict[str, float]:
    """Every number in plain data by where it stands."""
    if isinstance(value, dict):
        return {name: one for key, held in value.items() for name, one in _numbers(held, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {name: one for at, held in enumerate(value) for name, one in _numbers(held, f"{path}.{at}").items()}
    is_number = isinstance(value, int | float | Fraction) and not isinstance(value, bool)
    return {path: float(value)} if is_number else {}

"""Carries out commands on a draft: checks each one, applies it, and keeps the log. It is pure, so a dry run is the run.

What an operation does is known in edit/ops alone, one file each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slimreel.edit import history
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Change, Edited
from slimreel.edit.registry import operations, read_operation
from slimreel.edit.ripple import MOST_PARTS
from slimreel.errors import EditRefused


def apply_all(draft: Draft, commands: Iterable[EditCommand], facts: Facts) -> Edited:
    """One turn: edits in the order said, then what is wanted of the output. All of it happens, or nothing does.

    Raises EditRefused; its field `command` is the place of the command in the order given, from 0 on.
    """
    given = list(commands)
    after, turn = draft, list[EditCommand]()
    changes: list[Change] = []
    for place, command in _in_order(given):
        try:
            operation = read_operation(command)
            if operation.stage == "history":
                after, turn = history.close(after, turn), []
            else:
                after = after if turn else replace(after, outputs=())
                turn.append(command)
            now, told = operation.apply(after, facts)
            _check_growth(now)
        except EditRefused as error:
            error.fields["command"] = place
            raise
        changes += told if now != after else [Change(id="edit_unchanged", fields={"op": command.op})]
        after = now
    after = history.close(after, turn)
    if given:
        after = replace(after, log=replace(after.log, revision=draft.log.revision + 1))
    return after, tuple(changes)


def _in_order(commands: list[EditCommand]) -> list[tuple[int, EditCommand]]:
    """The commands as they are carried out, each with its place in the order said."""
    numbered = list(enumerate(commands))
    return sorted(numbered, key=lambda one: _waits(one[1]))


def _waits(command: EditCommand) -> bool:
    """Does the command wait until all edits are done?"""
    operation = operations().get(command.op)
    return operation is not None and operation.stage in ("goal", "output")


def _check_growth(draft: Draft) -> None:
    if sum(len(track.segments) for track in draft.tracks) > MOST_PARTS:
        raise EditRefused(detail=f"the timeline would have more than {MOST_PARTS} parts")

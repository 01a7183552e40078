"""Undoes, does again and replays turns. A draft that was undone to a turn is the draft that it was then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slimreel.edit.begin import begin
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand, Log, Turn
from slimreel.edit.registry import operations, read_operation
from slimreel.errors import EditRefused


def close(draft: Draft, turn: Sequence[EditCommand]) -> Draft:
    """The draft with one more turn in its log, after which nothing can be done again."""
    if not turn:
        return draft
    log = replace(draft.log, done=(*draft.log.done, tuple(turn)), undone=())
    return replace(draft, log=log)


def replay(log: Log, facts: Facts) -> Draft:
    """The draft that this log leads to. `facts` has to hold what was known when the commands were given."""
    draft = begin(facts, log.start)
    for turn in log.done:
        draft = replace(draft, outputs=())
        for command in turn:
            draft, _ = read_operation(command).apply(draft, facts)
    return replace(draft, log=log)


def undo(draft: Draft, steps: int, facts: Facts) -> tuple[Draft, int]:
    """The draft before its last turns, and how many those were. Turns that only asked for a file go for nothing."""
    done, undone, count = _handed_over(draft.log.done, draft.log.undone, steps)
    if not count:
        raise EditRefused(detail="there is nothing to undo")
    return replay(replace(draft.log, done=done, undone=undone), facts), count


def redo(draft: Draft, steps: int, facts: Facts) -> tuple[Draft, int]:
    """The draft with the turns that were undone last done again, and how many those were."""
    undone, done, count = _handed_over(draft.log.undone, draft.log.done, steps)
    if not count:
        raise EditRefused(detail="there is nothing to do again")
    return replay(replace(draft.log, done=done, undone=undone), facts), count


def _handed_over(
    giver: tuple[Turn, ...], taker: tuple[Turn, ...], steps: int
) -> tuple[tuple[Turn, ...], tuple[Turn, ...], int]:
    """Both lists with the last turns of the one at the end of the other, and how many of them were edits."""
    given, taken, count = list(giver), list(taker), 0
    while given and count < steps:
        taken.append(given.pop())
        count += _edits(taken[-1])
    return tuple(given), tuple(taken), count


def steps_back(now: Log, then: Log) -> int:
    """How many steps of undo take back the last turn of `then` and all turns after it; 0 where that is not among the
    turns of `now`, or was itself an undoing."""
    count = len(then.done)
    if not count or then.undone or now.done[:count] != then.done:
        return 0
    return sum(_edits(turn) for turn in now.done[count - 1 :])


def undo_turn(draft: Draft, number: int, facts: Facts) -> Draft:
    """The draft as if this turn (from 1 on) had never been. Raises EditRefused where a later one builds on it."""
    done = list(draft.log.done)
    if not 1 <= number <= len(done):
        raise EditRefused(detail=f"there are {len(done)} turns to undo")
    left_out = done.pop(number - 1)
    log = replace(draft.log, done=tuple(done), undone=(*draft.log.undone, left_out))
    try:
        return replay(log, facts)
    except EditRefused as error:
        raise EditRefused(detail=f"what came after turn {number} builds on it ({error})") from error


def _edits(turn: Turn) -> bool:
    """Did the turn change the timeline or the goal, and not only ask for a file?"""
    return any(operations()[command.op].stage != "output" for command in turn)

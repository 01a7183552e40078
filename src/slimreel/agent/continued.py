"""Divides a turn that begins with the last one and goes on: "make that 20 and add some contrast", "unmute it and …".

How either half is read is handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from slimreel.agent.context import Context
from slimreel.agent.follow.ellipsis import left_out
from slimreel.agent.follow.follow import follow_up
from slimreel.agent.follow.multiplied import is_multiple
from slimreel.agent.orders import ORDERS
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.together import Command
from slimreel.agent.words import texts

_BEGINS = (
    *ORDERS,
    "undo",
    "adding",
    "changing",
    "moving",
    "export",
    "bigger",
    "smaller",
    "louder",
    "quieter",
    "back_word",
    "out:compress",
)
_MOST = 24  # pieces; what is longer is no short turn about the last one


def continued(
    pieces: list[Piece], context: Context, read: Callable[[list[Piece], Context], list[Command] | None]
) -> list[Command] | None:
    """The commands of both halves, where the first is about the last turn and the second asks for something clear."""
    if not context.last_ops or len(pieces) > _MOST:
        return None
    for at in range(1, len(pieces) - 1):
        if not (pieces[at].has("mark", "t_and") or pieces[at].text in texts("connectives")):
            continue
        head, tail = pieces[:at], pieces[at + 1 :]
        if not content_of(head) or not content_of(tail):
            continue
        first = follow_up(head, context) or _left_out(head, context) or _updated(head, context, read)
        if first is None or any(one["op"] == "clarify" for one in first):
            continue
        if first[0]["op"] == "update" and all(one.has("anim_fade", "anim_slide") for one in content_of(tail)):
            continue  # 用金色，淡入: how the title comes, and no fade of the film
        then = replace(context, last_ops=(*context.last_ops, *first))
        if not _begins_order(tail):
            if (both := _of_the_same(tail, then, first)) is not None:
                return both
            multiplied = follow_up(tail, then) if any(map(is_multiple, tail)) else None
            if multiplied and _same_target(first, multiplied):
                return [*first, *multiplied]
            continue
        second = follow_up(tail, then) or read(tail, then)
        repeats = {one["op"] for one in first} & {one["op"] for one in second or ()}
        if second and (not repeats or any(piece.has("again_word") for piece in tail)):
            return [*first, *second]
    return None


def _begins_order(pieces: list[Piece]) -> bool:
    for piece in pieces:
        if piece.has(*_BEGINS, "t_end", "t_start") or piece.text in texts("does"):
            return True
        if not piece.is_loose():
            return False
    return False


def _left_out(pieces: list[Piece], context: Context) -> list[Command] | None:
    """ "Red, bigger, and export it": a change without a verb of what the last turn added."""
    found = left_out(pieces, "", context)
    if found is None or found[1] <= 0 or any(piece.has(*ORDERS) for piece in pieces):
        return None
    return found[0] if all(one["op"] in ("update", "nudge") for one in found[0]) else None


def _of_the_same(pieces: list[Piece], context: Context, first: list[Command]) -> list[Command] | None:
    """ "2 s longer and 320 wide": one more parameter of the same operation."""
    found = left_out(pieces, "", context) if not any(piece.has("neg") for piece in pieces) else None
    if found is None or found[1] <= 0 or len(first) != 1 or [one["op"] for one in found[0]] != [first[0]["op"]]:
        return None
    changed = first[0]["params"].items() - found[0][0]["params"].items() if _plain(first[0]) else {()}
    return None if changed else found[0]


def _updated(
    pieces: list[Piece], context: Context, read: Callable[[list[Piece], Context], list[Command] | None]
) -> list[Command] | None:
    """ "Other side please", "bit bigger": a change of what the last turn added that is clear by itself."""
    changes = len(content_of(pieces)) <= 3 and any(piece.has("other_side", "bigger", "smaller") for piece in pieces)
    found = read(pieces, context) if changes else None
    return found if found and all(one["op"] in ("update", "nudge") for one in found) else None


def _same_target(first: list[Command], second: list[Command]) -> bool:
    """ "Other side, and half as big": are both of the same element?"""
    targets = {one["params"].get("target") for one in (*first, *second)}
    return len(targets) == 1 and None not in targets


def _plain(command: Command) -> bool:
    return all(isinstance(value, str | int | float) for value in command["params"].values())

"""Understands a turn that is about the last one alone, by trying what such a turn can be.

It calls and does not decide.
"""

from __future__ import annotations

from collections.abc import Mapping

from slimreel.agent.context import Context
from slimreel.agent.follow.complaint import behind_complaint
from slimreel.agent.follow.corrected import (
    another_amount,
    another_color,
    another_format,
    another_like_it,
    exported_anew,
    more_of_it,
    other_file,
    shifted,
)
from slimreel.agent.follow.cuts import cut_more, wrong_end
from slimreel.agent.follow.edges import (
    brought_back,
    other_edge,
    other_end,
    other_way,
    taken_away,
    undo_named,
    wanted_after_all,
)
from slimreel.agent.follow.elsewhere import again_there
from slimreel.agent.follow.last import Command, Turn, last_operation, says_amount
from slimreel.agent.follow.lasting import (
    bare_moment,
    extended,
    gone_after,
    longer_by,
    more_time,
    moved_edge,
    only_then,
    whole_time,
)
from slimreel.agent.follow.multiplied import is_multiple, times_as_much
from slimreel.agent.follow.pointed import another_target, for_others
from slimreel.agent.follow.retitled import corrected_text, other_words, put_right, respelled, retyped
from slimreel.agent.follow.share import share_of_element
from slimreel.agent.follow.stepped import one_step_on, relative_look, relative_sound, same_again
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.words import texts


def follow_up(pieces: list[Piece], context: Context) -> list[Command] | None:
    """The commands of a turn that is about the last one alone, or None where it is not."""
    content = content_of(pieces)
    if context.last_ops and (found := _of_history(Turn(pieces, content, context.last_ops[-1], context))) is not None:
        return found
    last = last_operation(context)
    if last is None:
        return None
    turn = Turn(pieces, content, last, context)
    if not content:
        return one_step_on(turn) or same_again(turn)
    if len(content) > 12:
        return None
    told = behind_complaint(pieces)
    amount = told if told and len(content_of(told)) == 1 and _tells_amount(content_of(told)) else None
    if amount and (found := follow_up(amount, context)) is not None:
        return found  # "can hardly see it. 70"
    for way in (
        other_words,
        corrected_text,
        retyped,
        respelled,
        put_right,
        other_file,
        one_step_on,
        same_again,
        relative_look,
        relative_sound,
        undo_named,
        share_of_element,
        moved_edge,
        gone_after,
        more_time,
        only_then,
        whole_time,
        bare_moment,
        longer_by,
        extended,
        cut_more,
        wrong_end,
        times_as_much,
        taken_away,
        brought_back,
        again_there,
        other_edge,
        other_end,
        other_way,
        for_others,
        another_target,
        another_like_it,
        shifted,
        more_of_it,
        another_color,
        another_format,
        another_amount,
    ):
        found = way(turn)
        if found is not None:
            return _undone_first(pieces, found)
    return follow_up(told, context) if told and any(not one.has("mark") for one in told) else None


def _tells_amount(content: list[Piece]) -> bool:
    return says_amount(content) or is_multiple(content[0])


def _undone_first(pieces: list[Piece], found: list[Command]) -> list[Command]:
    """ "Undo and do it to the other instead" asks for both."""
    asked = any(piece.text in texts("undo_verb") for piece in pieces)
    reversing = any(one["op"] in ("undo", "redo", "reset", "clarify", "remove") for one in found)
    return [{"op": "undo", "params": {}}, *found] if asked and not reversing else found


def _of_history(turn: Turn) -> list[Command] | None:
    """What is said of an undo or a render, which are no operations on the draft."""
    if not isinstance(turn.last.get("params"), Mapping):
        return None
    if turn.last.get("op") == "export":
        return exported_anew(turn)
    if turn.last.get("op") not in ("undo", "redo"):
        return None
    return same_again(turn) or wanted_after_all(turn)

"""Understands a turn that is about the last one alone, by trying what such a turn can be.

It calls and does not decide.
"""

from __future__ import annotations

from slimreel.agent.context import Context
from slimreel.agent.follow.corrected import (
    another_amount,
    another_format,
    another_like_it,
    more_of_it,
    other_file,
    shifted,
    times_as_much,
)
from slimreel.agent.follow.edges import brought_back, other_edge, other_end, other_way, taken_away
from slimreel.agent.follow.last import Command, Turn, last_operation
from slimreel.agent.follow.pointed import another_target, for_others
from slimreel.agent.follow.retitled import corrected_text, other_words, retyped
from slimreel.agent.follow.stepped import relative_look, relative_sound
from slimreel.agent.pieces import Piece, content_of


def follow_up(pieces: list[Piece], context: Context) -> list[Command] | None:
    """The commands of a turn that is about the last one alone, or None where it is not."""
    last = last_operation(context)
    if last is None:
        return None
    content = content_of(pieces)
    if not content or len(content) > 12:
        return None
    turn = Turn(pieces, content, last, context)
    for way in (
        other_words,
        corrected_text,
        retyped,
        other_file,
        relative_look,
        relative_sound,
        times_as_much,
        taken_away,
        brought_back,
        other_edge,
        other_end,
        other_way,
        for_others,
        another_target,
        another_like_it,
        shifted,
        more_of_it,
        another_format,
        another_amount,
    ):
        found = way(turn)
        if found is not None:
            return found
    return None

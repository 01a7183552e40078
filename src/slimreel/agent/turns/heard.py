"""A turn and what it is said after, as the makers of candidates and the model look at them. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slimreel.agent.context import Context, ElementFact
from slimreel.agent.fill.elements import ELEMENT_OPS, last_target, mentioned
from slimreel.agent.fill.nudge import amount_said
from slimreel.agent.follow.last import AMOUNTS, Command, last_operation
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span

Params = Mapping[str, Any]

# What a piece can be of that says a value, the first that fits.
KINDS = (*AMOUNTS, *"RANGE FIRST LAST ASPECT DB LUFS FRAME QUOTE FILE LAID COLOR POSITION CLIP ORDINAL".split())
_MOST_ELEMENTS = 6


@dataclass(frozen=True, slots=True)
class Heard:
    """`last` is the last operation that can be said again, `target` the element that was last spoken of."""

    pieces: Sequence[Piece]
    plain: str
    context: Context
    last: Mapping[str, Any] | None
    target: str | None
    named: tuple[str, ...]  # elements that the words name
    valued: tuple[int, ...]  # places of pieces that say a value
    amount: str  # small, medium or large
    fresh: Sequence[Command] = ()  # what it asks for where it is read as a request of its own

    @property
    def op(self) -> str:
        return "" if self.last is None else str(self.last["op"])

    @property
    def params(self) -> Params:
        return {} if self.last is None else self.last["params"]

    @property
    def elements(self) -> list[ElementFact]:
        """Those of the session, the one that was last spoken of first."""
        there = sorted(self.context.elements, key=lambda one: one.id != self.target)
        return there[:_MOST_ELEMENTS]

    def facts_of(self, element: ElementFact) -> Params:
        """What is known of an element: what the session says, and what put it there."""
        put = self.last is not None and ELEMENT_OPS.get(self.op) == element.type and element.id == self.target
        return {**(self.params if put else {}), **element.facts}


def hear(pieces: Sequence[Piece], plain: str, context: Context, fresh: Sequence[Command] = ()) -> Heard:
    """The turn of these pieces; `fresh` is what it asks for as a request of its own."""
    whole = list(pieces)
    return Heard(
        pieces, plain, context, _last(context), last_target(Span(whole, context, plain)),
        _named(Span(whole, context, plain)),
        tuple(at for at, piece in enumerate(pieces) if not piece.has("mark") and kind_of(piece) != ""),
        amount_said(Span(whole, context, plain)), fresh,
    )  # fmt: skip


def _named(span: Span) -> tuple[str, ...]:
    try:
        return tuple(one.id for one in mentioned(span))
    except Missing:  # of a kind that is not there, or one more
        return ()


def _last(context: Context) -> Params | None:
    """The last operation; a render too can be asked for in another way."""
    done = context.last_ops[-1] if context.last_ops else {}
    rendered = done.get("op") == "export" and isinstance(done.get("params"), Mapping)
    return done if rendered else last_operation(context)


def kind_of(piece: Piece) -> str:
    """Of what kind the value is that a piece says; empty where it says none."""
    if (kind := next((kind for kind in KINDS if piece.has(kind)), None)) is not None:
        return kind
    if (field := next((name for name in ("position", "color", "aspect") if name in piece.named), None)) is not None:
        return field
    return next((word for word in ("up", "down", "centered", "double", "halve") if piece.has(word)), "")

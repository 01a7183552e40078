"""What every operation on a draft is: a record of its parameters that can be applied. Knows no particular one.

Times are seconds on the current timeline. Where an operation names a `clip`, they count from the start of that clip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from slimreel.core.events import Reason
from slimreel.edit.draft import AnySegment, Draft
from slimreel.edit.facts import Facts

# Edits in the order said, undo and its kin among them; then what is wanted of the output.
Stage = Literal["edit", "history", "goal", "output"]

Seconds = Annotated[float, Meta(ge=0, le=360_000)]
Length = Annotated[float, Meta(gt=0, le=360_000)]
Moment = Seconds | Literal["end"]
Strength = Literal["low", "medium", "high"]
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Clip = Annotated[
    Annotated[str, Meta(max_length=255)] | Annotated[int, Meta(ge=-1000, le=1000)],
    Meta(description="which clip: its id, its place in the order (1 is the first, -1 the last), its name, or `all`"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Reason):
    """What an operation did: a message id of data/words, the values that took effect, and the element it concerns."""

    target: str = ""


Edited = tuple[Draft, tuple[Change, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The parameters of one operation. Each subclass is the one public class of its file in edit/ops."""

    op: ClassVar[str]
    stage: ClassVar[Stage] = "edit"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        """The draft after it, and what changed. Raises EditRefused where it cannot be done."""
        raise NotImplementedError

    def change(self, target: str = "", **fields: str | int | float) -> Change:
        """The change that this operation usually reports."""
        return Change(id=f"edit_{self.op}", fields=fields, target=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding(Operation):
    """An operation that puts one element on the timeline, which `update` and `nudge` can change later."""

    letter: ClassVar[str]  # its ids begin with it

    def element(self, element_id: str, draft: Draft, facts: Facts) -> AnySegment:
        """The element that these parameters ask for."""
        raise NotImplementedError

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, object] | None:
        """The parameters that would make this element, or None where another operation made it."""
        raise NotImplementedError

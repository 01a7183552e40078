"""What every operation on a draft is: a record of its parameters that can be applied. Knows no particular one.

Times are seconds on the current timeline. Where an operation names a `clip`, they count from the start of that clip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from slimreel.core.events import Reason
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.said import Said

# Edits in the order said, undo and its kin among them; then what is wanted of the output.
Stage = Literal["edit", "history", "goal", "output"]

Seconds = Annotated[float, Meta(ge=0, le=360_000)]
Length = Annotated[float, Meta(gt=0, le=360_000)]
Moment = Seconds | Literal["end"]
Stretch = tuple[Seconds, Moment]
Lines = (
    Annotated[int, Meta(ge=16, le=8640)]
    | Literal["240p", "360p", "480p", "540p", "720p", "1080p", "1440p", "2160p", "2k", "4k"]
)
FrameRate = Annotated[float, Meta(gt=0, le=1000)]
Count = Annotated[int, Meta(ge=1)]
Side = Annotated[int, Meta(ge=16, le=16384)]
Strength = Literal["low", "medium", "high"]
Name = Annotated[str, Meta(min_length=1, max_length=255)]
_Clip = Annotated[str, Meta(max_length=255)] | Annotated[int, Meta(ge=-1000, le=1000)]
_WHICH = Meta(description="which clip: its id, its place in the order (1 first, -1 last), its name, or `all`")
Clip = Annotated[_Clip, _WHICH]
AnyClip = Annotated[_Clip | None, _WHICH]  # where it may be left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Reason):
    """What an operation did: a message id of data/words, the values that took effect, and the element it concerns."""

    target: str = ""


Edited = tuple[Draft, tuple[Change, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The parameters of one operation. Each subclass is the one public class of its file in edit/ops."""

    op: ClassVar[str]
    said: ClassVar[Said]
    stage: ClassVar[Stage] = "edit"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        """The draft after it, and what changed. Raises EditRefused where it cannot be done."""
        raise NotImplementedError

    def change(self, target: str = "", **fields: str | int | float) -> Change:
        """The change that this operation usually reports."""
        return Change(id=f"edit_{self.op}", fields=fields, target=target)


def params_schema(kind: type[Operation]) -> dict[str, Any]:
    """A JSON schema of the parameters of one operation, what it shares with others last."""
    found: dict[str, Any] = msgspec.json.schema(kind)["$defs"][kind.__name__]
    own = vars(kind)["__annotations__"]
    names = sorted(found["properties"], key=lambda name: name not in own)
    return {**found, "properties": {name: found["properties"][name] for name in names}}

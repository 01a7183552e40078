"""Changes what is there already: the words of a title, the place of a logo, the loudness of music.

before  "Summer 24" in white
after   "Summer 24" in red
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.adding import Adding
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Edited, Name, Operation
from slimreel.edit.placing import put, take_off
from slimreel.edit.registry import operations, read_operation
from slimreel.edit.targets import find_element
from slimreel.errors import BadParameter

# A parameter of a clip, and the operation that sets it.
_OF_CLIPS = {
    "volume": ("volume", "level"),
    "speed": ("speed", "factor"),
    "brightness": ("color", "brightness_pct"),
    "contrast": ("color", "contrast_pct"),
    "saturation": ("color", "saturation_pct"),
    "degrees": ("rotate", "degrees"),
    "start_s": ("trim", "start_s"),
    "end_s": ("trim", "end_s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Operation):
    """The parameters are those of the operation that made the element; what is not named stays."""

    op: ClassVar[str] = "update"

    target: Annotated[Name, Meta(description="its id, such as t1, m1 or c2")]
    set: Annotated[dict[str, Any], Meta(description="parameters with their new values")]

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if not self.set:
            raise BadParameter(op=self.op, field="set", why="say what to change")
        parts = find_element(draft, self.target)
        told = ", ".join(f"{name.removesuffix('_s').replace('_', ' ')} {value}" for name, value in self.set.items())
        if isinstance(parts[0], MediaSegment) and parts[0].role == "clip":
            after = self._clip(draft, parts[0], facts)
        else:
            after = changed(draft, parts, self.set, facts)
        return after, (self.change(parts[0].id, values=told[:200]),)

    def _clip(self, draft: Draft, clip: MediaSegment, facts: Facts) -> Draft:
        for name, value in self.set.items():
            if name not in _OF_CLIPS:
                known = ", ".join(_OF_CLIPS)
                raise BadParameter(op=self.op, field=name[:80], why=f"a clip has no such parameter; it has: {known}")
            op, param = _OF_CLIPS[name]
            draft, _ = read_operation(EditCommand(op=op, params={param: value, "clip": clip.id})).apply(draft, facts)
        return draft


def asked_by(element: AnySegment, draft: Draft) -> tuple[type[Adding], dict[str, Any]]:
    """The operation that makes such an element, and the parameters that make this one."""
    for kind in operations().values():
        if issubclass(kind, Adding) and (params := kind.asked(element, draft)) is not None:
            return kind, params
    raise LookupError(element)


def changed(draft: Draft, parts: tuple[AnySegment, ...], new: dict[str, Any], facts: Facts) -> Draft:
    """The draft with an element, in all its parts, made anew with some parameters changed."""
    left = take_off(draft, (part.id for part in parts))
    for part in parts:
        kind, params = asked_by(part, draft)
        if "duration_s" in new:
            params.pop("end_s", None)
        if "size" in new:
            params.pop("size_px", None)
        operation = read_operation(EditCommand(op=kind.op, params=params | new))
        if isinstance(operation, Adding):
            left = put(left, operation.again(part, draft, facts))
    return left

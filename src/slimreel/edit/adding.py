"""What operations have in common that put an element on the timeline, such as a title, and change it later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.facts import Asset, AssetKind, Facts
from slimreel.edit.operation import Change, Edited, Operation
from slimreel.edit.placing import put
from slimreel.edit.targets import seconds
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding(Operation):
    """An operation that puts one element on the timeline; `update` and `nudge` make it again with other parameters."""

    letter: ClassVar[str]  # ids of its elements begin with it

    def element(self, element_id: str, draft: Draft, facts: Facts) -> AnySegment:
        """The element that these parameters ask for."""
        raise NotImplementedError

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        """The parameters that make this element, or None where another operation made it."""
        raise NotImplementedError

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        element_id, numbered = draft.new_id(self.letter)
        element = self.element(element_id, draft, facts)
        after = put(numbered, element)
        placed = next(one for one in after.elements() if one.id == element_id)
        return after, (self.placed(placed, after),)

    def again(self, element: AnySegment, draft: Draft, facts: Facts) -> AnySegment:
        """An element that is there already, made anew by these parameters. What was done to stretches of it stays."""
        new = self.element(element.id, draft, facts)
        if isinstance(element, MediaSegment) and isinstance(new, MediaSegment):
            stays = tuple(effect for effect in element.effects if effect.span is not None)
            new = replace(new, effects=(*new.effects, *stays))
        return replace(new, kept=element.kept)

    def placed(self, element: AnySegment, draft: Draft) -> Change:
        """The change that tells where the element went."""
        start_s, end_s = seconds(draft, element.place.start), seconds(draft, element.place.end)
        title = str(getattr(element, "text", getattr(element, "title", element.id)))
        return self.change(element.id, title=title, start_s=start_s, end_s=end_s)


def find_file(op: str, facts: Facts, name: str | None, *kinds: AssetKind) -> Asset:
    """The file meant: the one named, else the only one of its kind. Nothing is ever invented."""
    of_kind = facts.of_kind(*kinds)
    if name is None:
        if len(of_kind) == 1:
            return of_kind[0]
        offered = ", ".join(asset.name for asset in of_kind)
        why = f"say which of {offered}" if offered else "there is none here yet, so give one"
        raise BadParameter(op=op, field="file", why=why)
    asset = facts.asset(name)
    if asset.kind not in kinds:
        raise BadParameter(op=op, field="file", why=f"{asset.name} is of another kind")
    return asset

"""What operations have in common that put an element on the timeline, such as a title, and change it later."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.core import records
from slimreel.core.timing import TimeRange
from slimreel.edit.draft import AnySegment, Draft, Layer, MediaSegment, Position, Role, Share
from slimreel.edit.facts import Asset, AssetKind, Facts
from slimreel.edit.operation import Change, Edited, Length, Moment, Seconds
from slimreel.edit.placing import exchange, put, stretch_of
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.targets import find_element, seconds
from slimreel.errors import BadParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding(Lasting):
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
        after = put(numbered, self.element(element_id, draft, facts))
        placed = next(one for one in after.elements() if one.id == element_id)
        return after, (self.placed(placed, after),)

    def again(self, element: AnySegment, draft: Draft, facts: Facts) -> AnySegment:
        """An element that is there already, made anew by these parameters. What was done to stretches of it stays."""
        new = self.element(element.id, draft, facts)
        if isinstance(element, MediaSegment) and isinstance(new, MediaSegment):
            stays = tuple(effect for effect in element.effects if effect.span is not None)
            new = replace(new, effects=(*new.effects, *stays))
        return replace(new, kept=element.kept)

    @classmethod
    def standings(cls, draft: Draft, facts: Facts, owner: AnySegment | None) -> list[Standing]:
        params = None if owner is None else cls.asked(owner, draft)
        if owner is None or params is None:
            return []
        return [Standing(kind=cls, owner=owner.id, params=params, names=tuple(one.name for one in fields(cls)))]

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        """The element in all its parts, where it was in the order of the tracks if there is room."""
        new = [self.again(part, draft, facts) for part in find_element(draft, standing.owner)]
        return exchange(draft, new)

    def placed(self, element: AnySegment, draft: Draft) -> Change:
        """The change that tells where the element went."""
        start_s, end_s = seconds(draft, element.place.start), seconds(draft, element.place.end)
        return self.change(element.id, title=name_of(element), start_s=start_s, end_s=end_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed(Adding):
    """An element that is there for a while. Without an end it is there to the end, also when that moves."""

    start_s: Annotated[Seconds, Meta(description="when it begins, seconds")] = 0.0
    end_s: Annotated[Moment | None, Meta(description="when it ends, seconds or `end`")] = None
    duration_s: Annotated[Length | None, Meta(description="how long it is there, instead of end_s")] = None

    def when(self, draft: Draft) -> tuple[TimeRange, bool]:
        """The frames that it lasts, and whether it lasts to the end whatever that becomes."""
        end_s = self.end_s
        if self.duration_s is not None:
            if end_s is not None:
                raise BadParameter(op=self.op, field="duration_s", why="give either end_s or duration_s")
            end_s = self.start_s + self.duration_s
        return stretch_of(draft, self.start_s, end_s), end_s is None or isinstance(end_s, str)

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in params.items() if name != "end_s" or "duration_s" not in new} | new

    def media(self, element_id: str, asset: Asset, role: Role, draft: Draft) -> MediaSegment:
        """An element that plays all of an asset."""
        place, until_end = self.when(draft)
        source = TimeRange(0, asset.duration)
        return MediaSegment(
            id=element_id, place=place, until_end=until_end, asset=asset.id, title=asset.title, source=source, role=role
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaying(Timed):
    """A picture that lies over the main one."""

    position: Annotated[Position, Meta(description="a place of the nine, or x and y from 0 to 1")] = "bottom_right"
    scale: Annotated[Annotated[float, Meta(gt=0, le=1)], Meta(description="its width, as a share of the output's")] = (
        0.15
    )
    opacity: Annotated[Share, Meta(description="1 is solid, 0 is invisible")] = 1.0

    @property
    def layer(self) -> Layer:
        return Layer(position=self.position, scale=self.scale, opacity=self.opacity)


def times_asked(element: AnySegment, draft: Draft) -> dict[str, Any]:
    """The parameters `start_s` and `end_s` of an element that is there."""
    times = {"start_s": float(draft.timebase.seconds(element.place.start))}
    return times if element.until_end else times | {"end_s": float(draft.timebase.seconds(element.place.end))}


def overlay_asked(element: MediaSegment, draft: Draft) -> dict[str, Any]:
    """The parameters of a picture over the main one that is there."""
    layer = records.facts_of(element.layer) if element.layer else {}
    return {"file": element.asset, **layer, **times_asked(element, draft)}


def name_of(element: AnySegment) -> str:
    """What people call an element: its words, its title, or else its id."""
    return str(getattr(element, "text", getattr(element, "title", element.id)))


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

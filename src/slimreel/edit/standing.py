"""What an operation left behind can be read and set again by the operation's own parameters. Knows no particular one.

An operation whose parameters live on is `Lasting`: it names the effects that it makes, and that is all where their
fields are called like its parameters. `update` and `nudge` find the rest through `standings` and `anew`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from slimreel.edit.draft import AnySegment, Draft, Effect, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Operation
from slimreel.edit.shapes import follow_picture, inside, picture_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Where an effect stands, or would: `owner` is None for the whole timeline, `at` its place among the effects."""

    draft: Draft
    facts: Facts
    owner: MediaSegment | None
    at: int

    @property
    def length(self) -> int:
        """Frames of what it is on."""
        return self.owner.place.duration if self.owner else self.draft.length

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture as the effects before it leave it, in pixels."""
        if self.owner is None:
            return self.draft.canvas.width, self.draft.canvas.height
        return picture_size(replace(self.owner, effects=self.owner.effects[: self.at]), self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Something that stands on a segment, and the parameters of `kind` that would make it as it is now.

    `owner` is the id of the segment, empty for the whole timeline. `words` and `number` tell it from others of its
    kind there; `names` are the parameters that can be set. `effect` is None where it is no effect, and `at` is -1
    where it has yet to be added.
    """

    kind: type[Lasting]
    owner: str
    params: dict[str, Any]
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    number: int = 0
    effect: Effect | None = None
    at: int = -1

    @property
    def address(self) -> str:
        """What a parameter's name is written behind: `fade.in.video`, `zoom.2`."""
        return ".".join([self.kind.op, *self.words, *([str(self.number)] if self.number else [])])

    @property
    def key(self) -> tuple[str, str]:
        return self.owner, self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting(Operation):
    """An operation whose parameters live on in what it made."""

    makes: ClassVar[tuple[type[Effect], ...]] = ()
    said_as: ClassVar[dict[str, str]] = {}  # words that people use for a parameter: {"size": "factor"}

    @classmethod
    def standings(cls, draft: Draft, facts: Facts, owner: AnySegment | None) -> list[Standing]:
        """What the operation left on a segment, or on the whole timeline where `owner` is None."""
        if owner is not None and not isinstance(owner, MediaSegment):
            return []
        effects = owner.effects if owner else draft.effects
        found = [(at, effect) for at, effect in enumerate(effects) if isinstance(effect, cls.makes)]
        if owner and (new := cls.neutral(owner, tuple(effect for _, effect in found), facts)):
            found.append((-1, new))
        groups = [(cls.words_of(effect), effect.span is None) for _, effect in found]
        plain, all_of = Counter(words for words, is_whole in groups if is_whole), Counter(words for words, _ in groups)
        numbers: Counter[tuple[str, ...]] = Counter()
        told: list[Standing] = []
        for (at, effect), (words, is_whole) in zip(found, groups, strict=True):
            params = cls.params_of(effect, Seat(draft=draft, facts=facts, owner=owner, at=at))
            name = owner.id if owner else ""
            one = Standing(kind=cls, owner=name, params=params, names=tuple(params), words=words, effect=effect, at=at)
            if all_of[words] > 1 and not (is_whole and plain[words] == 1):
                numbers[words] += 1
                one = replace(one, number=numbers[words])
            told.append(one)
        return told

    @classmethod
    def neutral(cls, owner: MediaSegment, found: tuple[Effect, ...], facts: Facts) -> Effect | None:
        """The effect that changes nothing, where every segment can be said to have one: a volume of 1."""
        return None

    @classmethod
    def words_of(cls, effect: Effect) -> tuple[str, ...]:
        """What tells effects apart that the operation makes in one go."""
        return ()

    @classmethod
    def params_of(cls, effect: Effect, seat: Seat) -> dict[str, Any]:
        """The parameters that would make the effect."""
        return {name: getattr(effect, name) for name in _shared(cls, effect)}

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """The parameters with new ones among them; where two say the same thing, the new one stays alone."""
        return params | new

    def renewed(self, effect: Effect, seat: Seat) -> Effect | None:
        """The effect as these parameters want it, on the same span; None takes it away."""
        return replace(effect, **{name: getattr(self, name) for name in _shared(type(self), effect)})

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        """The draft with what stands there made again by these parameters."""
        assert standing.effect is not None
        owner = next((one for one in draft.segments() if one.id == standing.owner), None)
        assert owner is None or isinstance(owner, MediaSegment)
        effects = owner.effects if owner else draft.effects
        new = self.renewed(standing.effect, Seat(draft=draft, facts=facts, owner=owner, at=standing.at))
        if new == standing.effect:
            return draft
        kept = () if new is None else (new,)
        if standing.at >= 0:
            effects = (*effects[: standing.at], *kept, *effects[standing.at + 1 :])
        else:  # sound is made louder before anything else is done to it
            effects = (*kept, *effects) if standing.effect.slot == "sound" else (*effects, *kept)
        if owner is None:
            return replace(draft, effects=effects)
        return _with_effects(draft, owner, effects, facts)


def _with_effects(draft: Draft, owner: MediaSegment, effects: tuple[Effect, ...], facts: Facts) -> Draft:
    """The draft with these effects on a segment; crops stay within the picture, and the canvas follows if it did."""
    canvas = draft.canvas
    followed = owner == draft.clips[0] and (canvas.width, canvas.height) == picture_size(owner, facts)
    after = draft.with_segments([inside(replace(owner, effects=effects), facts)])
    return follow_picture(after, facts) if followed else after


def _shared(kind: type[Operation], effect: Effect) -> list[str]:
    """The names that are both parameters of the operation and fields of its effect."""
    params = {one.name for one in fields(kind)}
    return [one.name for one in fields(effect) if one.name in params]

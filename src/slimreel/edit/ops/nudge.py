"""Makes something a bit more, or less: larger, louder, faster, brighter, longer.

before  "Title"
after   "TITLE"
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core.timing import TimeRange, scaled
from slimreel.edit.adding import Adding
from slimreel.edit.address import again, find, owners_of, set_params, standings_of
from slimreel.edit.draft import AnySegment, Draft, MediaSegment, Point
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Change, Edited, Name, Operation, params_schema
from slimreel.edit.ops.update import said
from slimreel.edit.ripple import Part, keep_of, rebuild
from slimreel.edit.said import Said
from slimreel.edit.steps import PERCENT, Amount, factor_of, moved
from slimreel.edit.targets import seconds
from slimreel.errors import BadParameter

# Beside the parameters' own names; those of clips are said_as in the operations' files.
_WORDS = (
    "size", "volume", "speed", "opacity", "duration", "brightness", "contrast", "saturation", "position", "start", "end"
)  # fmt: skip
_NINE = {"left": 0.0, "right": 1.0, "top": 0.0, "bottom": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge(Operation):
    """Steps are 10, 25 and 50 %, of loudness 2, 4 and 8 dB; down from 100 is 90, 75 or 50. A strength moves a word."""

    op: ClassVar[str] = "nudge"
    said: ClassVar[Said] = Said(
        cues=(
            "@element up|down",
            "@element opacity up_word|down_word|more|less|up|down",
            "@it opacity up_word|down_word|more|less",
            "@any ORDINAL|CLIP bigger|smaller|opaque|fainter|longer|shorter",
            "@element up|down small_amount|large_amount",
            "@element up_word|down_word small_amount|large_amount",
            "@element stopping sooner|afterwards",
            "@it up|down small_amount",
            "@any up|down small_amount|large_amount !smaller|bigger",
            "@any moving up|down small_amount|large_amount !smaller|bigger",
            "sound|volume|voice|original_sound|music up_word|down_word !RANGE",
            "@element up_word|down_word volume|sound",
            "@element bigger|smaller|louder|quieter|longer|shorter|sooner|afterwards|opaque|fainter",
            "@element large_amount|small_amount bigger|smaller|louder|quieter|opaque|fainter",
            "bigger|smaller|louder|quieter|faster|slower|opaque|fainter",
            "bigger|smaller|louder|quieter|faster|slower|opaque|fainter small_amount|large_amount",
            "sound|volume|voice|original_sound louder|quieter",
            "sound|volume|voice|original_sound louder|quieter small_amount|large_amount",
            "CLIP louder|quieter|faster|slower",
            "longer|shorter|sooner|afterwards @it",
            "speed faster|slower",
            "faster|slower video",
        ),
        words=(
            "changing n_title text image music sound volume pip speed more less speedup slowdown look words_size "
            "adding zoomin zoomout louder quieter bigger smaller stopping starting up down"
        ),
        en=("bigger", "a touch louder", "the text should be much smaller", "slow it down slightly more"),
        zh=("大一点", "声音稍微大点", "字小很多", "再慢一点点"),
    )

    target: Annotated[Name, Meta(description="its id, such as t1, m1 or c2, or `all`")]
    param: Annotated[Name, Meta(description=f"what to change: {', '.join(_WORDS)}, or a parameter as in `update`")]
    direction: Annotated[Literal["up", "down"], Meta(description="more or less, later or earlier, higher or lower")]
    amount: Annotated[Amount, Meta(description="how much")] = "medium"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        owner = owners_of(draft, self.target)[0]
        if isinstance(owner, MediaSegment) and owner.role == "clip" and self.param in ("duration", "start", "end"):
            after = self._resized(draft, owner, facts)
            length_s = next((one.place.duration for one in after.clips if one.id == owner.id), 0)
            return after, (self._told(owner.id, {"duration_s": seconds(after, length_s)}),)
        made = next((one for one in standings_of(draft, facts, owner) if issubclass(one.kind, Adding)), None)
        if owner is not None and made is not None and (new := self._of_element(draft, owner, made.params)):
            return set_params(draft, facts, made, new), (self._told(owner.id, new),)
        name, found = find(draft, facts, self.op, self.target, self.param)
        after, values = draft, dict[str, Any]()
        for standing in found:
            now, schema = standing.params.get(name), params_schema(standing.kind)["properties"][name]
            value = moved(name, now, schema, self.amount, self._sign, float(draft.timebase.tick_s))
            if value is None:
                raise BadParameter(op=self.op, field="param", why=f"{self.param} has no more and no less; set it")
            after = set_params(after, facts, standing, {name: value})
            held = again(after, facts, standing)
            values = {name: value if held is None else held.params.get(name, value)}
        return after, (self._told(owner.id if owner else "", values),)

    def _told(self, target: str, values: dict[str, Any]) -> Change:
        fields = {"param": self.param, "direction": self.direction, "amount": self.amount}
        return self.change(target, **fields, values=", ".join(said(values))[:200])

    @property
    def _sign(self) -> int:
        return 1 if self.direction == "up" else -1

    def _resized(self, draft: Draft, clip: MediaSegment, facts: Facts) -> Draft:
        """The clip with more or less of its file shown at one end."""
        step = max(1, clip.place.duration * PERCENT[self.amount] // 100)
        at_start = self.param == "start"
        if self.direction == ("up" if at_start else "down"):
            left = clip.place.duration - step
            return keep_of(draft, clip, [TimeRange(step if at_start else 0, left)])
        grown = longer(clip, step, facts.asset(clip.asset).duration, at_start=at_start)
        if grown == clip:
            raise BadParameter(op=self.op, field="direction", why=f"{clip.id} has no more to show on that side")
        more = grown.place.duration - clip.place.duration
        held = TimeRange(more if at_start else 0, clip.place.duration)
        parts = [Part(grown, one.place, held) if one.id == clip.id else Part(one, one.place) for one in draft.clips]
        return rebuild(draft, parts)

    def _of_element(self, draft: Draft, element: AnySegment, params: dict[str, Any]) -> dict[str, Any] | None:
        """The parameters that an everyday word means for an element, moved; None where it is a parameter's own name."""
        step_s = self._sign * float(draft.length_s) * PERCENT[self.amount] / 100
        start_s, end_s = (float(draft.timebase.seconds(at)) for at in (element.place.start, element.place.end))
        ratio = factor_of(self.amount, self._sign)
        match self.param:
            case "size" if "size_px" in params:
                return {"size_px": min(1000.0, max(4.0, params["size_px"] * ratio))}
            case "size" if "scale" in params:
                return {"scale": min(1.0, params["scale"] * ratio)}
            case "size" if "w" in params:
                return {side: min(1.0, params[side] * ratio) for side in ("w", "h")}
            case "position" if "position" in params:
                return {"position": self._higher(params["position"])}
            case "duration" if "start_s" in params:
                return {"end_s": start_s + (end_s - start_s) * ratio}
            case "start" if "start_s" in params:
                return {"start_s": max(0.0, start_s + step_s)}
            case "end" if "start_s" in params:
                return {"end_s": max(start_s, end_s + step_s)}
            case _:
                return None

    def _higher(self, position: Any) -> dict[str, float]:
        """A position moved along the height; of the nine-grid the places become points first."""
        if isinstance(position, str):
            words = position.split("_")
            x = next((_NINE[word] for word in words if word in ("left", "right")), 0.5)
            y = next((_NINE[word] for word in words if word in ("top", "bottom")), 0.5)
        else:
            point = position if isinstance(position, Point) else Point(**position)
            x, y = point.x, point.y
        step = PERCENT[self.amount] / 100 * -self._sign
        return {"x": x, "y": min(1.0, max(0.0, y + step))}


def longer(clip: MediaSegment, frames: int, file_ticks: int, *, at_start: bool) -> MediaSegment:
    """The clip with up to so many frames more at one end, as far as its file has them."""
    if clip.is_still:
        return replace(clip, place=TimeRange(clip.place.start, clip.place.duration + frames))
    ratio = Fraction(clip.source.duration, clip.place.duration)
    from_head = at_start != clip.backwards
    room = clip.source.start if from_head else max(0, file_ticks - clip.source.end)
    more = min(frames, int(room / ratio))
    ticks = min(room, scaled(more, ratio))
    source = TimeRange(clip.source.start - (ticks if from_head else 0), clip.source.duration + ticks)
    shift = more if at_start else 0
    effects = tuple(replace(one, span=one.span.moved(shift)) if one.span else one for one in clip.effects)
    place = TimeRange(clip.place.start, clip.place.duration + more)
    return replace(clip, source=source, place=place, effects=effects)

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
from slimreel.edit.draft import AnySegment, Draft, MediaSegment, Point
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Edited, Name, Operation
from slimreel.edit.ops.update import asked_by, changed
from slimreel.edit.ops.volume import LOUDEST
from slimreel.edit.ops.zoom import Zoomed
from slimreel.edit.registry import read_operation
from slimreel.edit.ripple import Part, keep_of, rebuild
from slimreel.edit.targets import find_element
from slimreel.errors import BadParameter

Param = Literal[
    "size", "volume", "speed", "opacity", "duration", "brightness", "contrast", "saturation", "position", "start", "end"
]
Amount = Literal["small", "medium", "large"]
PERCENT: dict[Amount, int] = {"small": 10, "medium": 25, "large": 50}
DECIBELS: dict[Amount, int] = {"small": 2, "medium": 4, "large": 8}
_NINE = {"left": 0.0, "right": 1.0, "top": 0.0, "bottom": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge(Operation):
    """Steps are 10, 25 and 50 %, of loudness 2, 4 and 8 dB; down from 100 is 90, 75 or 50."""

    op: ClassVar[str] = "nudge"

    target: Annotated[Name, Meta(description="its id, such as t1, m1 or c2")]
    param: Annotated[Param, Meta(description="what to change")]
    direction: Annotated[Literal["up", "down"], Meta(description="more or less, later or earlier, higher or lower")]
    amount: Annotated[Amount, Meta(description="how much")] = "medium"

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        parts = find_element(draft, self.target)
        first = parts[0]
        if isinstance(first, MediaSegment) and first.role == "clip":
            after = self._clip(draft, first, facts)
        else:
            after = changed(draft, parts, self._new(draft, first), facts)
        told = self.change(first.id, param=self.param, direction=self.direction, amount=self.amount)
        return after, (told,)

    @property
    def _ratio(self) -> float:
        share = PERCENT[self.amount] / 100
        return 1 + share if self.direction == "up" else 1 - share

    @property
    def _gain_db(self) -> float:
        return DECIBELS[self.amount] * (1 if self.direction == "up" else -1)

    def _clip(self, draft: Draft, clip: MediaSegment, facts: Facts) -> Draft:
        sign = 1 if self.direction == "up" else -1
        percent = sign * PERCENT[self.amount]
        params: dict[str, Any]
        match self.param:
            case "volume":
                op, params = "volume", {"gain_db": self._gain_db}
            case "speed":
                op, params = "speed", {"factor": self._ratio}
            case "size":
                now = next((one.factor for one in clip.effects if isinstance(one, Zoomed) and one.span is None), 1.0)
                op, params = "zoom", {"factor": min(10.0, max(0.1, now * self._ratio))}
            case "brightness" | "contrast" | "saturation":
                op, params = "color", {f"{self.param}_pct": percent}
            case "duration" | "start" | "end":
                return self._resized(draft, clip, facts)
            case _:
                raise self._unknown(clip)
        return read_operation(EditCommand(op=op, params=params | {"clip": clip.id})).apply(draft, facts)[0]

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

    def _new(self, draft: Draft, element: AnySegment) -> dict[str, Any]:
        """The parameters of the operation that made the element, moved."""
        _, params = asked_by(element, draft)
        start_s, step_s = float(params.get("start_s", 0)), float(draft.length_s) * PERCENT[self.amount] / 100
        step_s = step_s if self.direction == "up" else -step_s
        end_s = float(draft.timebase.seconds(element.place.end))
        match self.param:
            case "size" if "size_px" in params:
                return {"size_px": min(1000.0, max(4.0, params["size_px"] * self._ratio))}
            case "size" if "scale" in params:
                return {"scale": min(1.0, params["scale"] * self._ratio)}
            case "size" if "w" in params:
                return {side: min(1.0, params[side] * self._ratio) for side in ("w", "h")}
            case "volume" if "volume" in params:
                return {"volume": min(LOUDEST, params["volume"] * 10 ** (self._gain_db / 20))}
            case "opacity" if "opacity" in params:
                return {"opacity": min(1.0, params["opacity"] * self._ratio)}
            case "position" if "position" in params:
                return {"position": self._higher(params["position"])}
            case "duration" if "start_s" in params:
                return {"end_s": start_s + (end_s - start_s) * self._ratio}
            case "start" if "start_s" in params:
                return {"start_s": max(0.0, start_s + step_s)}
            case "end" if "start_s" in params:
                return {"end_s": max(start_s, end_s + step_s)}
            case _:
                raise self._unknown(element)

    def _higher(self, position: Any) -> dict[str, float]:
        """A position moved along the height; of the nine-grid the places become points first."""
        if isinstance(position, str):
            words = position.split("_")
            x = next((_NINE[word] for word in words if word in ("left", "right")), 0.5)
            y = next((_NINE[word] for word in words if word in ("top", "bottom")), 0.5)
        else:
            point = position if isinstance(position, Point) else Point(**position)
            x, y = point.x, point.y
        step = PERCENT[self.amount] / 100 * (-1 if self.direction == "up" else 1)
        return {"x": x, "y": min(1.0, max(0.0, y + step))}

    def _unknown(self, element: AnySegment) -> BadParameter:
        return BadParameter(op=self.op, field="param", why=f"{element.id} has no {self.param}")


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

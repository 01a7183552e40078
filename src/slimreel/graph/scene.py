"""What every part of lowering works in: the draft, its materials, the size of the picture, and the graph being laid."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from slimreel.core.filters import Filter
from slimreel.core.timing import TimeRange
from slimreel.core.white import in_hdr
from slimreel.edit.draft import Draft, MediaSegment, NineGrid, Point, Position
from slimreel.errors import NoSuchAsset
from slimreel.graph.material import Colors, Lettering, Material, Materials
from slimreel.graph.model import AssetFile, Look, TextFile, Wiring, one, samples_at

# What lies near an edge keeps this share of the picture's short side away from it.
MARGIN = 0.05
# Letters, outlines and the like are given in pixels of a picture with this short side.
DESIGN_SIDE = 1080


@dataclass(slots=True)
class Scene:
    """A draft being lowered onto pictures of `width` x `height`. `wiring` grows, and with it files and looks."""

    draft: Draft
    materials: Materials
    width: int
    height: int
    colors: Colors
    lettering: Lettering = field(default_factory=Lettering)
    wiring: Wiring = field(default_factory=Wiring)
    files: list[TextFile | AssetFile] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)

    @property
    def rate(self) -> Fraction:
        return self.draft.canvas.rate

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)

    def material(self, segment: MediaSegment) -> Material:
        return self.of_asset(segment.asset)

    def of_asset(self, asset: str) -> Material:
        try:
            return self.materials[asset]
        except KeyError:
            known = ", ".join(material.asset.name for material in self.materials.values()) or "-"
            raise NoSuchAsset(name=asset, known=known) from None

    def seconds(self, frames: int) -> Fraction:
        return frames / self.rate

    def speed(self, segment: MediaSegment) -> Fraction:
        """Seconds of the file in a second of the timeline."""
        return Fraction(1) if segment.is_still else self.draft.speed(segment)

    def samples(self, place: TimeRange) -> int:
        """How many samples sound while these frames are shown."""
        return samples_at(place.end, self.rate) - samples_at(place.start, self.rate)

    def shade(self, hexadecimal: str) -> str:
        """A colour `#RRGGBB` that somebody named, as it is written in these pictures."""
        return in_hdr(hexadecimal, self.colors.transfer) if self.colors.is_hdr else hexadecimal

    def during(self, span: TimeRange) -> str:
        """An expression that is true while these frames are shown; `t` is the time of the frame."""
        half = 1 / (2 * self.rate)
        return f"between(t,{decimal(self.seconds(span.start) - half)},{decimal(self.seconds(span.end) - half)})"

    def ticks(self) -> Filter:
        """One tick of time a frame: what joins pictures refuses unequal clocks."""
        return one("settb", expr=1 / self.rate)

    def pixels(self, of_design: float) -> float:
        """Pixels of this picture for pixels of a picture with a short side of 1080."""
        return of_design * self.short_side / DESIGN_SIDE


def shares(position: Position) -> tuple[float, float]:
    """Where a position is: 0 is the left or upper edge, 1 the right or lower one."""
    if isinstance(position, Point):
        return position.x, position.y
    return _column(position), _row(position)


def corner(position: Position, outer: tuple[int, int], inner: tuple[int, int]) -> tuple[int, int]:
    """The upper left corner of something of size `inner` at a position of a picture of size `outer`.

    In words it keeps a margin; by numbers it may touch the edge.
    """
    margin = 0 if isinstance(position, Point) else round(min(outer) * MARGIN)
    across, down = shares(position)
    return _along(across, outer[0], inner[0], margin), _along(down, outer[1], inner[1], margin)


def decimal(number: Fraction | float) -> str:
    """A number as expressions take it, exact to a microsecond."""
    return f"{float(number):.6f}".rstrip("0").rstrip(".") or "0"


def _along(share: float, outer: int, inner: int, margin: int) -> int:
    free = outer - inner
    margin = min(margin, max(0, free) // 2)
    return round(margin + share * (free - 2 * margin))


def _column(word: NineGrid) -> float:
    return 0.0 if "left" in word else 1.0 if "right" in word else 0.5


def _row(word: NineGrid) -> float:
    return 0.0 if "top" in word else 1.0 if "bottom" in word else 0.5

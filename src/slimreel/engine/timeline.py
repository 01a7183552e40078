"""An edited timeline ready to be decoded: its graph at a size, the files that it opens, the fonts of its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from slimreel.edit.draft import Draft
from slimreel.engine import lettering
from slimreel.graph.lower import lower, written
from slimreel.graph.material import Colors, Loudness, Materials
from slimreel.graph.model import RenderGraph


@dataclass(frozen=True, slots=True)
class Timeline:
    """An edited timeline: its graph, and the files that it opens."""

    graph: RenderGraph
    materials: Materials
    again: Callable[[Loudness], RenderGraph]  # the graph once its loudness has been measured
    fonts: tuple[lettering.FontFile, ...] = ()

    @property
    def most_pixels(self) -> int:
        """Of the largest picture that is decoded or drawn."""
        decoded = [found.video for found in self.materials.values() if found.video is not None]
        return max([self.graph.width * self.graph.height, *(video.width * video.height for video in decoded)])


def build(draft: Draft, materials: Materials, size: tuple[int, int], colors: Colors) -> Timeline:
    """The timeline of a draft. Raises EditRefused where there is no way to render it, and GlyphsMissing."""
    chosen = lettering.choose(written(draft, materials))
    make = partial(lower, draft, materials, size, colors, lettering=chosen.lettering)
    return Timeline(make(), materials, lambda found: make(loudness=found), chosen.files)

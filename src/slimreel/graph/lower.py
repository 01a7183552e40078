"""A draft becomes a render graph. The plan has decided the size before; the graph obeys it and never asks back.

The same draft, materials and size always give the same graph. What must be measured first it names in its result.
"""

from __future__ import annotations

from collections.abc import Iterator

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, MediaSegment, TrackKind
from slimreel.errors import EditRefused
from slimreel.graph.batches import clips_of, hearings_of
from slimreel.graph.drawn import Part, all_drawn
from slimreel.graph.material import Colors, Lettering, Loudness, Materials
from slimreel.graph.model import PICTURE, RenderGraph, chain, one
from slimreel.graph.over import laid_over
from slimreel.graph.scene import Scene
from slimreel.graph.sound import is_heard, sound_of
from slimreel.graph.takes import takes_of
from slimreel.graph.titles import lettered, soft_tracks, texts

# Inputs of one run at the most: what lies over the clips, beside clips that are few enough.
MOST_INPUTS = 240


def lower(
    draft: Draft,
    materials: Materials,
    size: tuple[int, int],
    colors: Colors,
    *,
    lettering: Lettering | None = None,
    loudness: Loudness | None = None,
) -> RenderGraph:
    """The graph that renders `draft` at `size`. Raises EditRefused for what cannot be rendered, NoSuchAsset."""
    width, height = size
    scene = Scene(draft, materials, width, height, colors, lettering or Lettering())
    clips, drawings = clips_of(scene)
    handed, hearings = hearings_of(scene)
    done = {*clips.takes, *((clip.id for clip in draft.clips) if handed is not None else ())}
    takes = {segment.id: takes_of(scene, segment) for segment in _played(scene) if segment.id not in done}
    pad = laid_over(scene, clips.pad, takes)
    ends = tuple(effect for effect in draft.effects if effect.slot != "sound")
    pad = all_drawn(ends, scene, Part(pad, size, draft.length)).pad
    pad = lettered(scene, pad)
    pad = scene.wiring.through(pad, chain(one("format", pix_fmts=colors.pix_fmt), scene.ticks()))
    picture = scene.wiring.graph(pad, PICTURE)
    sound, meter = sound_of(scene, {**clips.takes, **takes}, loudness, handed)
    if len(scene.wiring.inputs) > MOST_INPUTS:
        count = len(scene.wiring.inputs)
        detail = f"{count} pictures and sounds lie over it, more than {MOST_INPUTS}; render it in parts"
        raise EditRefused(detail=detail)
    return RenderGraph(
        width=width,
        height=height,
        rate=draft.canvas.rate,
        pix_fmt=colors.pix_fmt,
        frames=draft.length,
        samples=scene.samples(_whole(draft)),
        inputs=tuple(scene.wiring.inputs),
        picture=picture,
        sound=sound,
        loudness=meter if loudness is None else None,
        files=tuple(scene.files),
        looks=tuple(scene.looks),
        soft=soft_tracks(scene),
        drawings=drawings,
        mastering_display=colors.mastering_display,
        content_light=colors.content_light,
        hearings=hearings,
    )


def written(draft: Draft, materials: Materials) -> tuple[tuple[str, str | None], ...]:
    """Every text that is written in the picture, with the font that a person names for it."""
    scene = Scene(draft, materials, draft.canvas.width, draft.canvas.height, Colors())
    return tuple(dict.fromkeys(texts(scene)))


def has_sound(draft: Draft, materials: Materials) -> bool:
    """Is anything heard in the whole timeline?"""
    scene = Scene(draft, materials, draft.canvas.width, draft.canvas.height, Colors())
    return any(is_heard(scene, one) for one in draft.segments() if isinstance(one, MediaSegment))


def _played(scene: Scene) -> Iterator[MediaSegment]:
    """Every segment that has to be opened in this run: clips that are heard, all that lies over them and is seen."""
    for track in scene.draft.tracks:
        for segment in track.segments:
            is_seen = track.kind == TrackKind.VIDEO and track is not scene.draft.tracks[0]
            if isinstance(segment, MediaSegment) and (is_seen or is_heard(scene, segment)):
                yield segment


def _whole(draft: Draft) -> TimeRange:
    return TimeRange(0, draft.length)

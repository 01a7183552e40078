"""How large a clip's picture is when its effects are done, and a canvas that keeps to it."""

from __future__ import annotations

from dataclasses import replace

from slimreel.edit.draft import Draft, Effect, MediaSegment
from slimreel.edit.facts import Facts


def picture_size(clip: MediaSegment, facts: Facts) -> tuple[int, int]:
    """Width and height of a clip's picture before it is fitted to the canvas: cropped and turned."""
    asset = facts.asset(clip.asset)
    size = (asset.width, asset.height)
    for effect in clip.of_slot("source"):
        size = effect.resized(*size)
    return size


def follow_picture(draft: Draft, facts: Facts) -> Draft:
    """The draft with a canvas as large as the first clip's picture, unless `reframe` chose another."""
    if draft.canvas.chosen:
        return draft
    width, height = picture_size(draft.clips[0], facts)
    return replace(draft, canvas=replace(draft.canvas, width=width, height=height))


def inside(clip: MediaSegment, facts: Facts) -> MediaSegment:
    """The clip with crops that lie within the picture as the effects before them leave it."""
    asset = facts.asset(clip.asset)
    size = (asset.width, asset.height)
    effects: list[Effect] = []
    for effect in clip.effects:
        held = effect.inside(*size)
        size = held.resized(*size) if held.slot == "source" else size
        effects.append(held)
    return replace(clip, effects=tuple(effects))

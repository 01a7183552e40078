"""Finds drafts that show one file whole and change nothing: what is wanted of them is its compression alone.

Such a file needs no graph, so that it keeps its timestamps, its streams and, where they fit, its very packets.
"""

from __future__ import annotations

from slimreel.edit.begin import clip_of
from slimreel.edit.draft import Draft, Output
from slimreel.edit.ops.export import Exported
from slimreel.graph.material import Material, Materials


def whole_file(draft: Draft, materials: Materials) -> Material | None:
    """The one file that the draft shows from beginning to end as it is; None where anything else is asked."""
    if len(draft.clips) != 1 or any(True for _ in draft.elements()) or draft.effects or draft.canvas.chosen:
        return None
    if not all(_says_nothing(output) for output in draft.outputs) or len(draft.outputs) > 1:
        return None
    clip = draft.clips[0]
    material = materials.get(clip.asset)
    if material is None or material.info is None or material.video is None or material.asset.kind != "video":
        return None
    whole = clip_of(material.asset, clip.id, draft.timebase)
    if (clip.source, clip.place) != (whole.source, whole.place):
        return None
    if clip.effects or clip.backwards or clip.enter is not None or draft.clip_goals.get(clip.id) is not None:
        return None
    return material


def _says_nothing(output: Output) -> bool:
    """Is the output the video itself, at the size and rate that the goal says?"""
    if not isinstance(output, Exported) or output.format in ("gif", "mp3"):
        return False
    return (output.short_side, output.fps, output.clip) == (None, None, None)

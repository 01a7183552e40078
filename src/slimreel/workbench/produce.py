"""Makes the files of a draft on the shortest way: what only compresses one whole file needs no graph.

For those who have the draft and its materials already; it opens no database and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from slimreel.core.goal import Goal
from slimreel.edit.draft import Draft
from slimreel.edit.ops.export import Exported
from slimreel.graph.material import Material, Materials
from slimreel.graph.whole import whole_file
from slimreel.workbench.clock import Clock
from slimreel.workbench.compress import Event, compress_events
from slimreel.workbench.deliver import Finished, deliver, exported_goal, place_of


def produce_events(
    draft: Draft, materials: Materials, out: Path, *, chunk_folder: Path | None = None
) -> Generator[Event, None, list[Finished]]:
    """Every file that the draft asks for, at `out` with the ending of its kind. Replaces what is there.

    What can be read of a damaged file is used, and told of. Raises the errors of the engine; what is unfinished goes,
    but for the chunks in `chunk_folder`.
    """
    shown = {segment.asset for segment in draft.segments() if hasattr(segment, "asset")}
    salvage = any(is_damaged(materials[name]) for name in shown if name in materials)
    whole = whole_file(draft, materials)
    if whole is None:
        return (
            yield from deliver(
                draft, materials, out, Clock(), overwrite=True, salvage=salvage, chunk_folder=chunk_folder
            )
        )
    wanted = draft.outputs[0] if draft.outputs else Exported()
    assert isinstance(wanted, Exported)
    goal = exported_goal(wanted, draft.goal) or Goal()
    place = place_of(out, replace(wanted, format=goal.container if goal.container != "mkv" else None), set())
    result = yield from compress_events(
        whole.asset.path, goal, place, overwrite=True, salvage=salvage, chunk_folder=chunk_folder
    )
    return [Finished(place, "video", result.bytes, result)]


def expected_s(draft: Draft, materials: Materials) -> float | None:
    """How long the video of the draft has to be; None where its files are others, or a part of them cannot be read."""
    if any(is_damaged(material) for material in materials.values()):
        return None
    if (whole := whole_file(draft, materials)) is not None and whole.video is not None:
        return whole.video.duration_s
    plain = all(
        isinstance(one, Exported) and not one.clip and one.format not in ("gif", "mp3") for one in draft.outputs
    )
    return float(draft.length_s) if plain else None


def is_damaged(material: Material) -> bool:
    return material.info is not None and bool(material.info.damage)

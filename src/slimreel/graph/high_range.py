"""Decides whether a timeline stays HDR: where all that is seen of files has one transfer, and all that is done can be
done to ten bits of it. What is drawn over it, such as titles, is brought to its white."""

from __future__ import annotations

from collections.abc import Iterator

from slimreel.edit.draft import Draft, Effect, MediaSegment
from slimreel.graph.material import Materials

TRANSFERS = {"pq": "smpte2084", "hlg": "arib-std-b67"}
_BLACK = "#000000"


def hdr_of(draft: Draft, materials: Materials) -> str | None:
    """The transfer, `pq` or `hlg`, that every clip has; None where one has none or another."""
    found = {None if (video := materials[clip.asset].video) is None else video.hdr for clip in draft.clips}
    return next(iter(found)) if len(found) == 1 else None


def obstacles(draft: Draft, materials: Materials) -> tuple[str, ...]:
    """The names of what is done that HDR does not survive, each once; none where it can stay."""
    return tuple(dict.fromkeys(_obstacles(draft, materials)))


def _obstacles(draft: Draft, materials: Materials) -> Iterator[str]:
    wanted = hdr_of(draft, materials)
    yield from _of_effects(draft.effects)
    for segment in draft.segments():
        if not isinstance(segment, MediaSegment):
            continue
        yield from _of_effects(segment.effects)
        if segment.enter and segment.enter.type == "fadewhite":
            yield "fadewhite"
        if segment.fit.mode == "pad" and segment.fit.color != _BLACK:
            yield "reframe"
        video = materials[segment.asset].video
        if video is not None and video.hdr not in (None, wanted):
            yield segment.title


def _of_effects(effects: tuple[Effect, ...]) -> Iterator[str]:
    yield from (effect.kind for effect in effects if effect.slot != "sound" and not effect.keeps_hdr())

"""Finds what an operation speaks of: clips by id, order or name; elements by id; a stretch of the timeline."""

from __future__ import annotations

from collections.abc import Iterable

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import AnySegment, Draft, MediaSegment
from slimreel.edit.follow import base_id
from slimreel.edit.placing import frames_between, stretch_of
from slimreel.edit.ripple import divide
from slimreel.errors import BadParameter, NoSuchElement


def find_clips(draft: Draft, wanted: str | int | None) -> tuple[MediaSegment, ...]:
    """The clips meant: all of them for None and "all". Raises NoSuchElement."""
    clips = draft.clips
    if wanted is None or wanted == "all":
        return clips
    if isinstance(wanted, int):
        at = wanted - 1 if wanted > 0 else wanted
        if wanted != 0 and -len(clips) <= at < len(clips):
            return (clips[at],)
    else:
        by_id = [clip for clip in clips if clip.id == wanted.lower()]
        name = wanted.strip().casefold()
        names = {name, name.rpartition(".")[0]} - {""}
        found = by_id or [clip for clip in clips if clip.title.casefold() in names]
        if found:
            return tuple(found)
    raise NoSuchElement(target=wanted, known=names_of(draft.clips))


def find_clip(draft: Draft, wanted: str | int | None) -> MediaSegment | None:
    """The one clip meant, or None for all of them together."""
    return None if wanted is None or wanted == "all" else find_clips(draft, wanted)[0]


def find_element(draft: Draft, target: str) -> tuple[AnySegment, ...]:
    """The element or clip with this id, with all its parts. Raises NoSuchElement."""
    found = tuple(segment for segment in draft.segments() if base_id(segment.id) == base_id(target.lower()))
    if not found:
        raise NoSuchElement(target=target, known=names_of(draft.segments()))
    return found


def play_alone(
    draft: Draft, op: str, clip: str | int | None, range_s: tuple[float, float | str] | None
) -> tuple[Draft, tuple[MediaSegment, ...]]:
    """The clips that an operation treats, and the draft divided so that they are exactly what was named."""
    if range_s is None:
        return draft, find_clips(draft, clip)
    if clip is not None:
        raise BadParameter(op=op, field="range_s", why="give either clip or range_s")
    where = stretch_of(draft, *range_s)
    draft = divide(draft, (where.start, where.end))
    return draft, tuple(one for one in draft.clips if where.meet(one.place) == one.place)


def names_of(segments: Iterable[AnySegment]) -> str:
    """Ids with titles, for the sentence of an error."""
    return ", ".join(f"{one.id} ({one.title})" if hasattr(one, "title") else one.id for one in segments) or "-"


def stretch_in(draft: Draft, clip: MediaSegment | None, start_s: float, end_s: float | str) -> TimeRange:
    """Frames between two times of the timeline; with a clip, of the clip, as frames from its start."""
    if clip is None:
        return stretch_of(draft, start_s, end_s)
    return frames_between(draft, start_s, end_s, f"{clip.id} ({clip.title})", clip.place.duration)


def seconds(draft: Draft, frames: int) -> float:
    """Seconds of a number of frames, for people and for JSON."""
    return float(round(draft.timebase.seconds(frames), 6))

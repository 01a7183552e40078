"""Puts titles, pictures, music and subtitles on tracks: onto the first that is free at that time, else a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import AnySegment, BlurSegment, Draft, MediaSegment, Track, TrackKind
from slimreel.edit.follow import settle
from slimreel.errors import EditRefused, OutsideRange

# Tracks stand from the lowest picture to the topmost, then sound, then text; blurs lie below every overlay.
_EVER = 2**40
_PREFIX = {TrackKind.VIDEO: "v", TrackKind.AUDIO: "a", TrackKind.TEXT: "x"}


def stretch_of(draft: Draft, start_s: float, end_s: float | str | None) -> TimeRange:
    """The frames of the timeline between two times, as far as there are any. Raises OutsideRange without any."""
    return frames_between(draft, start_s, end_s, "the timeline", draft.length)


def frames_between(draft: Draft, start_s: float, end_s: float | str | None, owner: str, length: int) -> TimeRange:
    """The frames between two times of something so long, counted from its start."""
    start = draft.timebase.ticks(start_s)
    end = length if end_s is None or isinstance(end_s, str) else draft.timebase.ticks(end_s)
    found = TimeRange.between(start, end).meet(TimeRange(0, length))
    if found:
        return found
    asked = f"{start_s:g} s to {end_s:g} s" if isinstance(end_s, (int, float)) else f"{start_s:g} s"
    if 0 <= start < length:
        raise EditRefused(detail=f"from {asked} there is not one whole picture")
    raise OutsideRange(asked=asked, target=owner, first="0 s", last=f"{float(draft.timebase.seconds(length)):g} s")


def put(draft: Draft, element: AnySegment) -> Draft:
    """The draft with the element on a track that is free there."""
    element = settle(element, draft)
    kind = kind_of(element)
    for track in draft.tracks[1:]:
        if track.kind == kind and _holds(track, element) and not _busy(track, element):
            segments = sorted((*track.segments, element), key=lambda segment: segment.place.start)
            return _with_track(draft, replace(track, segments=tuple(segments)))
    taken = {track.id for track in draft.tracks}
    number = next(n for n in range(1, len(taken) + 2) if f"{_PREFIX[kind]}{n}" not in taken)
    new = Track(id=f"{_PREFIX[kind]}{number}", kind=kind, segments=(element,))
    tracks = sorted((*draft.tracks[1:], new), key=lambda track: (track.kind, _rank(track)))
    return replace(draft, tracks=(draft.tracks[0], *tracks))


def exchange(draft: Draft, elements: Iterable[AnySegment]) -> Draft:
    """The draft with these elements instead of those with their ids: on their tracks, else where there is room."""
    waiting = [settle(element, draft) for element in elements]
    left = draft
    for new in waiting:
        track = next(track for track in left.tracks if any(one.id == new.id for one in track.segments))
        others = replace(track, segments=tuple(one for one in track.segments if one.id != new.id))
        if others.segments and (not _holds(others, new) or _busy(others, new)):
            left = put(take_off(left, [new.id]), new)
        else:
            segments = sorted((*others.segments, new), key=lambda segment: segment.place.start)
            left = _with_track(left, replace(track, segments=tuple(segments)))
    return left


def take_off(draft: Draft, ids: Iterable[str]) -> Draft:
    """The draft without these elements, and without the tracks that this leaves empty."""
    gone = set(ids)
    tracks = [
        replace(track, segments=tuple(segment for segment in track.segments if segment.id not in gone))
        for track in draft.tracks[1:]
    ]
    return replace(draft, tracks=(draft.tracks[0], *(track for track in tracks if track.segments)))


def kind_of(element: AnySegment) -> TrackKind:
    """The kind of track that such an element stands on."""
    if isinstance(element, BlurSegment):
        return TrackKind.VIDEO
    if isinstance(element, MediaSegment):
        return TrackKind.AUDIO if element.role in ("music", "voiceover") else TrackKind.VIDEO
    return TrackKind.TEXT


def _with_track(draft: Draft, changed: Track) -> Draft:
    return replace(draft, tracks=tuple(changed if track.id == changed.id else track for track in draft.tracks))


def _holds(track: Track, element: AnySegment) -> bool:
    """Elements of one sort share a track, so that a lower picture never climbs over a higher one."""
    first = track.segments[0]
    same_role = getattr(first, "role", None) == getattr(element, "role", None)
    return type(first) is type(element) and same_role


def _busy(track: Track, element: AnySegment) -> bool:
    taken = _claim(element)
    return any(_claim(segment).meet(taken) for segment in track.segments)


def _claim(element: AnySegment) -> TimeRange:
    """The frames that nothing else on its track may have: all to come where its end moves with the timeline's."""
    return TimeRange.between(element.place.start, _EVER) if element.until_end else element.place


def _rank(track: Track) -> int:
    """Of video tracks: blurs below pictures in pictures, these below images."""
    first = track.segments[0]
    if isinstance(first, BlurSegment):
        return 0
    return {"pip": 1}.get(getattr(first, "role", ""), 2)

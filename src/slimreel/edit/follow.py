"""Moves titles, pictures, music and subtitles when the clips under them move. Knows no operation.

Titles and pictures keep to what they lie on; music goes on playing from its start; subtitles are divided like the
clips, since each cue belongs to what is being said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from slimreel.core.timing import SOURCE, TimeRange, scaled
from slimreel.edit.draft import AnySegment, Draft, Effect, MediaSegment, SubtitleSegment, Track


@dataclass(frozen=True, slots=True)
class Remap:
    """Where the stretches of the old timeline are on the new one, in order; what no pair holds is gone."""

    pairs: tuple[tuple[TimeRange, TimeRange], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[TimeRange, TimeRange]]) -> Remap:
        """From stretches in order. Where two overlap, as they do in a transition, the later one holds."""
        found: list[tuple[TimeRange, TimeRange]] = []
        for old, new in pairs:
            if not found:
                found.append((old, new))
                continue
            before, after = _clear_of(old, new, *found.pop())
            joins = (before.end, after.end) == (old.start, new.start)
            if joins and before.duration == after.duration and old.duration == new.duration:
                found.append((TimeRange.between(before.start, old.end), TimeRange.between(after.start, new.end)))
            else:
                found += [(before, after), (old, new)]
        return cls(tuple((old, new) for old, new in found if old and new))

    def start(self, frame: int, length: int) -> int:
        """Where something that begins at this frame of the old timeline begins now."""
        for old, new in self.pairs:
            if frame < old.end:
                return new.start + scaled(max(0, frame - old.start), ratio_of(old, new))
        return length

    def end(self, frame: int) -> int:
        """Where something that ended before this frame of the old timeline ends now."""
        last = 0
        for old, new in self.pairs:
            if frame <= old.start:
                break
            last = new.start + scaled(min(frame, old.end) - old.start, ratio_of(old, new))
        return last

    def stretch(self, old: TimeRange, length: int) -> TimeRange:
        return TimeRange.between(self.start(old.start, length), self.end(old.end))


def _clear_of(old: TimeRange, new: TimeRange, before: TimeRange, after: TimeRange) -> tuple[TimeRange, TimeRange]:
    """The stretch before, as far as neither its old nor its new place reaches into the next."""
    if before.end > old.start:
        after = TimeRange(after.start, scaled(max(0, old.start - before.start), ratio_of(before, after)))
        before = TimeRange.between(before.start, old.start)
    if after.end > new.start:
        before = TimeRange(before.start, scaled(max(0, new.start - after.start), ratio_of(after, before)))
        after = TimeRange.between(after.start, new.start)
    return before, after


def ratio_of(old: TimeRange, new: TimeRange) -> Fraction:
    return Fraction(new.duration, old.duration) if old else Fraction(1)


def follow(draft: Draft, remap: Remap) -> Draft:
    """The draft whose clips are new already, with the rest moved after them."""
    tracks = _numbered([_moved(track, draft, remap) for track in draft.tracks[1:]])
    effects = within_length(_effects(draft.effects, remap, draft.length, 0, 0), draft.length)
    return replace(draft, tracks=(draft.tracks[0], *(track for track in tracks if track.segments)), effects=effects)


def _moved(track: Track, draft: Draft, remap: Remap) -> Track:
    moved: list[AnySegment] = []
    for segment in track.segments:
        if isinstance(segment, SubtitleSegment):
            moved += _divided(segment, remap)
            continue
        place = remap.stretch(segment.place, draft.length)
        if segment.until_end and segment.place.start == 0:  # it is there all the time, whatever is put before
            place = TimeRange(0, draft.length)
        new = replace(segment, place=place)
        if isinstance(segment, MediaSegment) and isinstance(new, MediaSegment):
            effects = _effects(segment.effects, remap, draft.length, segment.place.start, place.start)
            new = replace(new, effects=effects)
        settled = settle(new, draft)
        moved += [settled] if settled.place else []
    return replace(track, segments=tuple(moved))


def settle(element: AnySegment, draft: Draft) -> AnySegment:
    """The element with an end that the timeline allows, and that its own length allows."""
    start, end = element.place.start, draft.length if element.until_end else min(element.place.end, draft.length)
    if not isinstance(element, MediaSegment):
        return replace(element, place=TimeRange.between(start, end))
    if not element.is_still and not element.repeats:
        end = min(end, start + max(1, draft.timebase.ticks(SOURCE.seconds(element.source.duration))))
    place = TimeRange.between(start, end)
    return replace(element, place=place, effects=within_length(element.effects, place.duration))


def within_length(effects: tuple[Effect, ...], length: int) -> tuple[Effect, ...]:
    """The effects as far as something so long has room for them."""
    whole = TimeRange(0, length)
    return tuple(part for effect in effects if (part := effect.part(whole, length)))


def _effects(
    effects: tuple[Effect, ...], remap: Remap, length: int, old_start: int, new_start: int
) -> tuple[Effect, ...]:
    moved: list[Effect] = []
    for effect in effects:
        if effect.span is None:
            moved.append(effect)
        elif span := remap.stretch(effect.span.moved(old_start), length):
            moved.append(replace(effect, span=span.moved(-new_start)))
    return tuple(moved)


def _divided(segment: SubtitleSegment, remap: Remap) -> list[SubtitleSegment]:
    ratio = Fraction(segment.source.duration, segment.place.duration)
    parts: list[SubtitleSegment] = []
    for old, new in remap.pairs:
        if held := segment.place.meet(old):
            first, last = (scaled(frame - segment.place.start, ratio) for frame in (held.start, held.end))
            start, end = (new.start + scaled(frame - old.start, ratio_of(old, new)) for frame in (held.start, held.end))
            if end > start and last > first:
                source = TimeRange(segment.source.start + first, last - first)
                parts.append(replace(segment, source=source, place=TimeRange.between(start, end)))
    return parts


def base_id(segment_id: str) -> str:
    """The id that people use: "s1" of "s1.2"."""
    return segment_id.partition(".")[0]


def _numbered(tracks: list[Track]) -> list[Track]:
    """The parts of each element numbered anew in order of time: s1, s1.2, s1.3."""
    seen: dict[str, int] = {}
    names: dict[int, str] = {}
    for segment in sorted((one for track in tracks for one in track.segments), key=lambda one: one.place.start):
        base = base_id(segment.id)
        seen[base] = seen.get(base, 0) + 1
        names[id(segment)] = base if seen[base] == 1 else f"{base}.{seen[base]}"
    return [
        replace(track, segments=tuple(replace(one, id=names[id(one)]) for one in track.segments)) for track in tracks
    ]

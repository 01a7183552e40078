"""Lays the clips one after the other, and lets everything else on the timeline follow them.

    before   |----A----|----B----|        a title at x
    cut         ####                      x moves with what it lies on
    after    |--A'--|----B----|

Knows no operation: each describes the new main track as parts, and what it does not mention is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from slimreel.core.timing import TimeRange, scaled
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.follow import Remap, follow
from slimreel.errors import EditRefused

MOST_PARTS = 5000  # a timeline that grows beyond this is a mistake, such as a loop of loops


@dataclass(frozen=True, slots=True)
class Part:
    """A clip of the new timeline, and where it played on the old one; None where it is new.

    `held` are the frames of it, from its start, that played there; None is all of them, faster or slower perhaps.
    """

    clip: MediaSegment
    was: TimeRange | None
    held: TimeRange | None = None


def as_it_is(clips: Iterable[MediaSegment]) -> list[Part]:
    """Every clip as a part that stays."""
    return [Part(clip, clip.place) for clip in clips]


def slice_of(clip: MediaSegment, kept: TimeRange) -> MediaSegment:
    """A part of a clip; `kept` is in frames from its start. Sources of neighbouring slices join without a gap."""
    length = clip.place.duration
    source = clip.source
    if not clip.is_still:
        ratio = Fraction(source.duration, length)
        first, last = scaled(kept.start, ratio), scaled(kept.end, ratio)
        start = source.end - last if clip.backwards else source.start + first
        source = TimeRange(start, last - first)
    return replace(
        clip,
        source=source,
        place=TimeRange(clip.place.start + kept.start, kept.duration),
        effects=tuple(part for effect in clip.effects if (part := effect.part(kept, length))),
        enter=clip.enter if kept.start == 0 else None,
    )


def lay(clips: Iterable[MediaSegment]) -> tuple[MediaSegment, ...]:
    """The clips end to end, each overlapping the one before by its transition, which is shortened where it must be."""
    laid: list[MediaSegment] = []
    for clip in clips:
        before = laid[-1] if laid else None
        room = min(before.place.duration - before.overlap, clip.place.duration) if before else 0
        frames = min(clip.overlap, room)
        enter = replace(clip.enter, frames=frames) if clip.enter and frames > 0 else None
        start = before.place.end - frames if before else 0
        laid.append(replace(clip, place=TimeRange(start, clip.place.duration), enter=enter))
    return tuple(laid)


def rebuild(draft: Draft, parts: Sequence[Part], *, follows: bool = True) -> Draft:
    """The draft with these parts as its clips. Without `follows` titles, music and the rest stay at their times."""
    if not parts:
        raise EditRefused(detail="nothing would be left of the timeline")
    if len(parts) > MOST_PARTS:
        raise EditRefused(detail=f"the timeline would have more than {MOST_PARTS} parts")
    clips: list[MediaSegment] = []
    taken: set[str] = set()
    for part in parts:
        clip = part.clip
        if clip.id in taken:
            clip_id, draft = draft.new_id("c")
            if clip.id in draft.clip_goals:
                goals = {**draft.clip_goals, clip_id: draft.clip_goals[clip.id]}
                draft = replace(draft, clip_goals=goals)
            clip = replace(clip, id=clip_id)
        taken.add(clip.id)
        clips.append(clip)
    laid = lay(clips)
    if follows:
        pairs = [
            (part.was, part.held.moved(clip.place.start) if part.held else clip.place)
            for part, clip in zip(parts, laid, strict=True)
            if part.was
        ]
    else:
        same = TimeRange(0, min(draft.length, laid[-1].place.end))
        pairs = [(same, same)]
    goals = {name: goal for name, goal in draft.clip_goals.items() if name in taken}
    main = replace(draft.tracks[0], segments=laid)
    return follow(replace(draft, tracks=(main, *draft.tracks[1:]), clip_goals=goals), Remap.of(pairs))


def hard_cuts(draft: Draft, where: TimeRange) -> Draft:
    """The draft with a plain cut, at the start of `where`, for each transition that it touches. Nothing moves."""
    if not any(clip.overlap for clip in draft.clips):
        return draft
    clips: list[MediaSegment] = []
    for clip in draft.clips:
        new = clip
        zone = TimeRange(clip.place.start, clip.overlap)
        if clips and zone and zone.start < max(where.end, where.start + 1) and where.start < zone.end:
            at = max(zone.start, where.start)
            old = clips.pop()
            if at > old.place.start:
                clips.append(slice_of(old, TimeRange(0, at - old.place.start)))
            head = at - clip.place.start
            if head == clip.place.duration:
                continue
            new = replace(slice_of(clip, TimeRange.between(head, clip.place.duration)), enter=None)
        clips.append(new)
    return replace(draft, tracks=(replace(draft.tracks[0], segments=tuple(clips)), *draft.tracks[1:]))


def take_out(draft: Draft, gone: Sequence[TimeRange]) -> Draft:
    """The draft without these stretches of its timeline; the rest closes up."""
    for stretch in gone:
        draft = hard_cuts(draft, stretch)
    parts = [
        Part(slice_of(clip, left.moved(-clip.place.start)), left)
        for clip in draft.clips
        for left in clip.place.without(gone)
    ]
    return rebuild(draft, parts)


def divide(draft: Draft, frames: Iterable[int]) -> Draft:
    """The draft with its clips divided at these frames. Nothing is removed."""
    points = sorted(frames)
    for frame in points:
        draft = hard_cuts(draft, TimeRange(frame, 0))
    parts: list[Part] = []
    for clip in draft.clips:
        inside = [frame for frame in points if clip.place.start < frame < clip.place.end]
        edges = [clip.place.start, *dict.fromkeys(inside), clip.place.end]
        for start, end in pairwise(edges):
            stretch = TimeRange.between(start, end)
            parts.append(Part(slice_of(clip, stretch.moved(-clip.place.start)), stretch))
    return rebuild(draft, parts)


def keep_of(draft: Draft, clip: MediaSegment, kept: Sequence[TimeRange]) -> Draft:
    """The draft with only these stretches of one clip, in frames from its start; the others stay whole."""
    parts: list[Part] = []
    for one in draft.clips:
        if one.id != clip.id:
            parts.append(Part(one, one.place))
            continue
        slices = [slice_of(one, stretch) for stretch in kept]
        parts += [
            Part(replace(part, enter=part.enter if number else one.enter), part.place)
            for number, part in enumerate(slices)
        ]
    return rebuild(draft, parts)

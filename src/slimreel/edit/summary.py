"""Tells a draft in one line, and what differs between two drafts. The words are in data/words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slimreel.data.tables import LANGUAGES, label_table
from slimreel.edit.draft import AnySegment, BlurSegment, Draft, MediaSegment, SubtitleSegment, TextSegment, Track
from slimreel.edit.follow import base_id
from slimreel.edit.operation import Change
from slimreel.edit.ops.volume import level_at
from slimreel.edit.targets import seconds


def describe(draft: Draft, language: str = "en") -> str:
    """`Timeline (2 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%)`."""
    words = label_table(language if language in LANGUAGES else "en")
    tracks = [track for track in draft.tracks if track.segments]
    told = [
        words["timeline_track"].format(number=number, name=words[_name(track)], parts=_parts(track, draft, words))
        for number, track in enumerate(tracks, 1)
    ]
    whole = words["timeline_one"] if len(tracks) == 1 else words["timeline"]
    return whole.format(count=len(tracks), tracks=" ".join(told))


def _name(track: Track) -> str:
    first = track.segments[0]
    match first:
        case TextSegment():
            return "timeline_title"
        case SubtitleSegment():
            return "timeline_subtitles"
        case BlurSegment():
            return "timeline_blur"
        case MediaSegment():
            return f"timeline_{first.role}"


def _parts(track: Track, draft: Draft, words: dict[str, str]) -> str:
    told = []
    for segment in track.segments:
        start, end = (_seconds(draft, frame) for frame in (segment.place.start, segment.place.end))
        notes = words["timeline_between"].join([f"{start}-{end}s", *_notes(segment, draft, words)])
        told.append(words["timeline_part"].format(title=_title(segment, words), notes=notes))
    return words["timeline_between"].join(told)


def _title(segment: AnySegment, words: dict[str, str]) -> str:
    match segment:
        case TextSegment():
            return words["timeline_quoted"].format(text=" ".join(segment.text.split()))
        case BlurSegment():
            return segment.id
        case _:
            return segment.title


def _notes(segment: AnySegment, draft: Draft, words: dict[str, str]) -> Iterator[str]:
    if not isinstance(segment, MediaSegment):
        return
    speed = draft.speed(segment)
    if segment.role == "clip" and segment.is_still:
        yield words["timeline_still"]
    elif abs(speed - 1) > 0.005:  # less is rounding to whole frames
        yield f"{_number(float(speed))}x"
    if segment.backwards:
        yield words["timeline_backwards"]
    level = level_at(segment, segment.place.duration)
    if level == 0:
        yield words["timeline_muted"]
    elif level != 1:
        yield f"{round(level * 100)}%"


def _seconds(draft: Draft, frame: int) -> str:
    """With no more places than it takes to name the frame: 10 of 10.01 s at 29.97 frames a second."""
    exact = seconds(draft, frame)
    short = (round(exact, places) for places in (0, 1, 2))
    return _number(next((value for value in short if draft.timebase.ticks(value) == frame), exact))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def changes(before: Draft, after: Draft) -> tuple[Change, ...]:
    """What a person would say is different. Never empty where the drafts differ in more than their logs."""
    found = tuple(_differences(before, after))
    same = replace(before, log=after.log, next_id=after.next_id) == after
    return found if found or same else (Change(id="differs_otherwise"),)


def _differences(before: Draft, after: Draft) -> Iterator[Change]:
    if before.length != after.length:
        lengths = {"before_s": seconds(before, before.length), "after_s": seconds(after, after.length)}
        yield Change(id="differs_length", fields=dict(lengths))
    old, new = ({base_id(one.id): one for one in draft.segments()} for draft in (before, after))
    for name in [name for name in old if name not in new]:
        yield Change(id="differs_gone", fields={"what": _called(old[name])}, target=name)
    for name, segment in new.items():
        if name not in old:
            yield Change(id="differs_new", fields={"what": _called(segment)}, target=name)
        elif replace(segment, place=old[name].place) != old[name]:
            yield Change(id="differs_changed", fields={"what": _called(segment)}, target=name)
    there = [[clip.id for clip in draft.clips if clip.id in old and clip.id in new] for draft in (before, after)]
    if there[0] != there[1]:
        yield Change(id="differs_order", fields={"order": ", ".join(there[1])})
    if before.canvas != after.canvas:
        sizes = [f"{draft.canvas.width}x{draft.canvas.height}" for draft in (before, after)]
        yield Change(id="differs_canvas", fields={"before": sizes[0], "after": sizes[1]})
    if before.effects != after.effects:
        yield Change(id="differs_effects")
    if (before.goal, before.clip_goals) != (after.goal, after.clip_goals):
        yield Change(id="differs_goal")
    if after.outputs and before.outputs != after.outputs:
        yield Change(id="differs_outputs", fields={"count": len(after.outputs)})


def _called(segment: AnySegment) -> str:
    if isinstance(segment, TextSegment):
        return f'"{" ".join(segment.text.split())[:60]}"'
    return getattr(segment, "title", "") or segment.id

"""What holds for every draft: checked of one that comes from outside, and in tests after every operation.

Asset ids are checked by `check_against`, by whoever knows the files that a draft may use.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.draft import Draft, Effect, MediaSegment, SubtitleSegment, Track, TrackKind
from slimreel.edit.facts import Facts
from slimreel.edit.placing import kind_of
from slimreel.edit.ripple import lay
from slimreel.errors import BadDraft


def check(draft: Draft) -> None:
    """Raise BadDraft with the first thing that is wrong."""
    for problem in problems(draft):
        raise BadDraft(detail=problem)


def check_against(draft: Draft, facts: Facts) -> None:
    """Raise BadDraft where a draft names a file that is not among the facts, or more of it than there is."""
    known = {asset.id: asset for asset in facts.assets}
    base = draft.timebase
    for name in draft.log.start:
        if name not in known:
            raise BadDraft(detail="it begins with a file that is not here")
    for segment in draft.segments():
        if not isinstance(segment, (MediaSegment, SubtitleSegment)):
            continue
        asset = known.get(segment.asset)
        if asset is None or (asset.kind == "subtitles") != isinstance(segment, SubtitleSegment):
            raise BadDraft(detail=f"the file of {segment.id} is not here")
        # A clip is a whole number of frames, so it may end up to a frame after its file.
        if asset.kind != "subtitles" and segment.source.end > asset.duration + SOURCE.ticks(base.tick_s):
            raise BadDraft(detail=f"{segment.id} goes on after the end of its file")


def problems(draft: Draft) -> Iterator[str]:
    """Everything that is wrong with a draft, as sentences without a full stop; nothing for a good one."""
    yield from _of_canvas(draft)
    if not draft.clips or draft.tracks[0].kind != TrackKind.VIDEO or len(draft.clips) < len(draft.tracks[0].segments):
        yield "the first track has to hold clips and nothing else"
        return
    yield from _of_ids(draft)
    if any(clip.role != "clip" or clip.repeats or clip.layer for clip in draft.clips):
        yield "a clip of the first track is made like something that lies over it"
    if [clip.place for clip in lay(draft.clips)] != [clip.place for clip in draft.clips]:
        yield "the clips do not follow each other"
    for track in draft.tracks[1:]:
        yield from _of_track(track, draft.length)
    for segment in draft.segments():
        if isinstance(segment, MediaSegment):
            if segment.source.start < 0 or segment.source.duration < 0:
                yield f"{segment.id} begins before its file"
            yield from _of_effects(segment.id, segment.effects, segment.place.duration)
    yield from _of_effects("the timeline", draft.effects, draft.length)


def _of_canvas(draft: Draft) -> Iterator[str]:
    canvas = draft.canvas
    if any(side % 2 or not 2 <= side <= 16384 for side in (canvas.width, canvas.height)):
        yield f"{canvas.width}x{canvas.height} is no size for a video"
    if not 1 <= canvas.rate <= 240:
        yield f"{canvas.rate} is no frame rate"


def _of_ids(draft: Draft) -> Iterator[str]:
    for what, ids in (
        ("tracks", [track.id for track in draft.tracks]),
        ("elements", [segment.id for segment in draft.segments()]),
    ):
        if len(set(ids)) < len(ids):
            yield f"two {what} have the same name"
    for segment in draft.segments():
        letter, number = segment.id[:1], segment.id[1:].partition(".")[0]
        if not letter.isalpha() or not (number.isascii() and number.isdigit()) or len(number) > 9:
            yield f"{segment.id[:40]!r} is no name for an element"
        elif int(number) >= draft.next_id.get(letter, 1):
            yield f"the name {segment.id} would be given a second time"
    if not set(draft.clip_goals) <= {clip.id for clip in draft.clips}:
        yield "something is wanted of a clip that is not there"


def _of_track(track: Track, length: int) -> Iterator[str]:
    if not track.segments:
        yield f"track {track.id[:40]} is empty"
    for segment in track.segments:
        if segment.place.start < 0 or segment.place.duration < 1 or segment.place.end > length:
            yield f"{segment.id} lies outside of the timeline"
        if kind_of(segment) != track.kind or getattr(segment, "role", "") == "clip":
            yield f"{segment.id} does not belong on track {track.id[:40]}"
    if any(first.place.end > second.place.start for first, second in pairwise(track.segments)):
        yield f"two elements on track {track.id[:40]} overlap"


def _of_effects(owner: str, effects: tuple[Effect, ...], length: int) -> Iterator[str]:
    whole = TimeRange(0, length)
    if any(effect.span is not None and whole.meet(effect.span) != effect.span for effect in effects):
        yield f"an effect reaches beyond {owner}"

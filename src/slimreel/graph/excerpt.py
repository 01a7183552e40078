"""A stretch of a draft as a draft of its own: what stands in it stays where it is, and nothing closes up."""

from __future__ import annotations

from dataclasses import replace

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft
from slimreel.edit.ripple import take_out
from slimreel.edit.targets import find_clips


def excerpt(draft: Draft, stretch: TimeRange) -> Draft:
    """The draft of these frames alone. A fade at an end of the timeline goes with that end."""
    whole = TimeRange(0, draft.length)
    kept = stretch.meet(whole)
    if kept == whole:
        return draft
    effects = tuple(part for effect in draft.effects if (part := effect.part(kept, draft.length)))
    left = take_out(draft, whole.without([kept]))
    return replace(left, effects=effects)


def of_clip(draft: Draft, clip: str) -> Draft:
    """The draft of one clip's frames, with what lies over them; transitions belong to both of their clips."""
    return excerpt(draft, find_clips(draft, clip)[0].place)

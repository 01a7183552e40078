"""Begins a draft: the clips of some assets one after the other, on a canvas like the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from slimreel.core.timing import SOURCE, Timebase, TimeRange, frames_covering, standard_rate
from slimreel.edit.draft import Canvas, Draft, MediaSegment, Track, TrackKind
from slimreel.edit.facts import Asset, Facts
from slimreel.edit.log import Log
from slimreel.edit.ripple import lay
from slimreel.errors import EditRefused

STILL_S = 5  # how long a picture is shown as a clip, as editors do
_RATE_OF_STILLS = Fraction(30)


def begin(facts: Facts, asset_ids: Sequence[str] | None = None) -> Draft:
    """A draft with these assets, else with every video there is. Raises EditRefused where there is no picture."""
    assets = [facts.asset(name) for name in asset_ids] if asset_ids is not None else list(facts.of_kind("video"))
    shown = [asset for asset in assets if asset.kind in ("video", "image")]
    if not shown:
        raise EditRefused(detail="there is no video to put on the timeline")
    rate = next((standard_rate(asset.rate) for asset in shown if asset.rate), _RATE_OF_STILLS)
    canvas = Canvas(width=shown[0].width, height=shown[0].height, rate=rate)
    log = Log(start=tuple(asset.id for asset in shown))
    draft = Draft(canvas=canvas, tracks=(Track(id="v1", kind=TrackKind.VIDEO),), log=log)
    clips: list[MediaSegment] = []
    for asset in shown:
        clip_id, draft = draft.new_id("c")
        clips.append(clip_of(asset, clip_id, draft.timebase))
    return replace(draft, tracks=(replace(draft.tracks[0], segments=lay(clips)),))


def clip_of(asset: Asset, clip_id: str, timebase: Timebase) -> MediaSegment:
    """All of an asset as a clip at the start of the timeline, at its own speed."""
    if asset.kind == "image":
        frames, source = timebase.ticks(STILL_S), TimeRange(0, 0)
    else:
        frames = frames_covering(asset.duration, SOURCE, timebase)
        source = TimeRange(0, SOURCE.ticks(timebase.seconds(frames)))
    return MediaSegment(
        id=clip_id, asset=asset.id, title=asset.title, source=source, place=TimeRange(0, frames)
    )  # fmt: skip

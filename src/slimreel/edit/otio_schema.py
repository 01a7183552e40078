"""The objects of OpenTimelineIO's JSON that a timeline of ours needs, as plain dictionaries. Knows no draft.

The schemas and their versions are those that opentimelineio 0.15 to 0.18 read and write:
https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

Node = dict[str, Any]
TrackName = Literal["Video", "Audio", "Subtitle"]


def instant(value: Fraction | int, rate: Fraction) -> Node:
    """So many units of 1/`rate` s. The format has floating point only: whole numbers stay exact in it."""
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(value)}


def stretch(start: Node, duration: Node) -> Node:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": start, "duration": duration}


def timeline(name: str, tracks: Node, metadata: Node) -> Node:
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "metadata": metadata,
        "name": name,
        "global_start_time": None,
        "tracks": tracks,
    }


def stack(children: list[Node], effects: list[Node]) -> Node:
    """Tracks from the lowest picture to the topmost."""
    return _item("Stack.1", "tracks", None, effects=effects) | {"children": children}


def track(name: str, kind: TrackName, children: list[Node]) -> Node:
    """Clips and gaps one after the other; a transition stands between the two that it joins and takes no time."""
    return _item("Track.1", name, None) | {"kind": kind, "children": children}


def clip(name: str, source: Node, media: Node, *, effects: list[Node] | None = None, metadata: Node) -> Node:
    """A stretch of media. `source` begins where the media does, and is as long as the clip lasts on its track: a time
    warp among the effects changes what is played meanwhile, never how long."""
    kept = {"media_references": {"DEFAULT_MEDIA": media}, "active_media_reference_key": "DEFAULT_MEDIA"}
    return _item("Clip.2", name, source, effects=effects, metadata=metadata) | kept


def gap(duration: Node, *, name: str = "", effects: list[Node] | None = None, metadata: Node | None = None) -> Node:
    """Nothing, for so long; with effects it is what other editors call an adjustment layer."""
    start = dict(duration, value=0.0)
    return _item("Gap.1", name, stretch(start, duration), effects=effects, metadata=metadata)


def transition(name: str, kind: str, in_offset: Node, out_offset: Node, metadata: Node) -> Node:
    """How one item becomes the next: from `in_offset` before the cut until `out_offset` after it."""
    return {
        "OTIO_SCHEMA": "Transition.1",
        "metadata": metadata,
        "name": name,
        "in_offset": in_offset,
        "out_offset": out_offset,
        "transition_type": kind,
    }


def external(url: str, available: Node | None) -> Node:
    """A file."""
    return {"OTIO_SCHEMA": "ExternalReference.1", "metadata": {}, "name": "", "available_range": available} | {
        "target_url": url
    }


def generator(kind: str, parameters: Node) -> Node:
    """Pictures that an editor makes itself, such as a title."""
    return {"OTIO_SCHEMA": "GeneratorReference.1", "metadata": {}, "name": "", "available_range": None} | {
        "generator_kind": kind,
        "parameters": parameters,
    }


def effect(name: str, metadata: Node) -> Node:
    """An effect that only its name and metadata tell of."""
    return _effect("Effect.1", name, metadata)


def time_warp(scalar: float) -> Node:
    """Plays `scalar` times as fast; backwards where negative; 0 holds the first picture."""
    if scalar == 0:
        return _effect("FreezeFrame.1", "FreezeFrame", {}) | {"time_scalar": 0.0}
    return _effect("LinearTimeWarp.1", "LinearTimeWarp", {}) | {"time_scalar": scalar}


def _effect(schema: str, name: str, metadata: Node) -> Node:
    return {"OTIO_SCHEMA": schema, "metadata": metadata, "name": "", "effect_name": name}


def _item(
    schema: str, name: str, source: Node | None, *, effects: list[Node] | None = None, metadata: Node | None = None
) -> Node:
    return {
        "OTIO_SCHEMA": schema,
        "metadata": metadata or {},
        "name": name,
        "source_range": source,
        "effects": effects or [],
        "markers": [],
        "enabled": True,
    }

"""Reads a media file behind an inherited descriptor and tells everything that core/media.py holds.

All packets are counted once and a few pictures decoded. It decides nothing: what is refused, and which
picture is the main one, is said elsewhere.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child import boxes, describe, missing, tags
from slimreel.engine.child.indexed import indexed, is_worth_it
from slimreel.engine.child.opening import CHEAP, opened
from slimreel.engine.child.reading import Reading, is_cover

MAX_CHAPTERS = 2000


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"fd", "demuxer", "decoders"} → the facts of the file. No decoder named: all of them may be used.

    Raises Refusal where the file cannot be opened as what it was taken for.
    """
    av.logging.set_level(None)
    fd, demuxer, decoders = request["fd"], request["demuxer"], request["decoders"]
    size = os.fstat(fd).st_size
    layout = boxes.walk(fd, demuxer)
    container, found = opened(fd, demuxer, decoders, layout), None
    if is_worth_it(container, layout):
        found = indexed(container, fd)
        if found is None:
            container = opened(fd, demuxer, decoders, layout)
    reading = Reading(container, size, frozenset(decoders), CHEAP, layout, found)
    return _facts(reading, demuxer) | {"size_bytes": size, "demuxer": demuxer}


def _facts(reading: Reading, demuxer: str) -> dict[str, Any]:
    container, layout = reading.container, reading.layout
    groups: dict[str, list[dict[str, Any]]] = {"video": [], "audio": [], "subtitles": []}
    others: list[str] = []
    unsupported: list[str] = []
    damage = list(reading.damage)
    for stream in container.streams:
        if is_cover(stream):
            continue
        if stream.codec_context is None or stream.type not in ("video", "audio", "subtitle"):
            others.append(layout.entries.get(stream.index) or _other_name(stream))
        elif stream.type == "audio":
            groups["audio"].append(describe.audio(reading, stream))
        elif stream.type == "subtitle":
            groups["subtitles"].append(describe.common(reading, stream))
        elif stream.index not in reading.samplers:
            unsupported.append(stream.codec_context.codec.canonical_name)
        elif reading.samplers[stream.index].first is not None:
            groups["video"].append(describe.video(reading, stream))
        else:
            name, loss = _lost_picture(reading, stream)
            others.append(name)
            damage += loss
    damage += missing.findings(reading, demuxer)
    heard_or_seen = [stream for stream in groups["video"] + groups["audio"] if stream["packets"]]
    start = min((stream["start_s"] for stream in heard_or_seen), default=0.0)
    end = max((stream["start_s"] + stream["duration_s"] for stream in heard_or_seen), default=0.0)
    all_tags = [container.metadata, *(stream.metadata for stream in container.streams)]
    return groups | {
        "start_s": start,
        "duration_s": end - start,
        "chapters": _chapters(container),
        "cover_indexes": [stream.index for stream in container.streams if is_cover(stream)],
        "other_streams": others + [f"{name} (not decoded)" for name in unsupported],
        "unsupported": unsupported,
        "tags": tags.kept(container.metadata),
        "location": tags.place(container.metadata),
        "has_location": any(tags.names_a_place(metadata) for metadata in all_tags),
        "has_device": any(tags.names_a_device(metadata) for metadata in all_tags),
        "faststart": layout.faststart,
        "fragmented": layout.fragmented,
        "damage": damage,
    }


def _lost_picture(reading: Reading, stream: Any) -> tuple[str, list[str]]:
    """The name of a stream without any picture, and what is lost with it: nothing, if it never had one."""
    name = stream.codec_context.codec.canonical_name
    if reading.tallies[stream.index].packets:
        return f"{name} that cannot be decoded", ["no picture at its start can be read"]
    return f"{name} without pictures", ([f"none of its {stream.frames} pictures is there"] if stream.frames else [])


def _chapters(container: Any) -> list[dict[str, Any]]:
    chapters = []
    for chapter in container.chapters()[:MAX_CHAPTERS]:
        base = chapter["time_base"] or Fraction(1, 1000)
        title = chapter["metadata"].get("title")
        chapters.append(
            {
                "start_s": float(chapter["start"] * base),
                "end_s": float(chapter["end"] * base),
                "title": tags.clean(title) if title else None,
            }
        )
    return chapters


def _other_name(stream: Any) -> str:
    if stream.type == "attachment":
        return tags.clean(stream.metadata.get("filename", "")) or "attachment"
    name = stream.name if stream.type == "data" else None
    return name or f"{stream.type} of an unknown kind"

"""Describes each stream of a finished reading in the words of core/media.py."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child import picture, tags
from slimreel.engine.child.packets import Rhythm
from slimreel.engine.child.reading import Reading
from slimreel.engine.child.samples import Sampler


def common(reading: Reading, stream: Any) -> dict[str, Any]:
    tally = reading.tallies[stream.index]
    start, duration = reading.span(stream.index)
    title = stream.metadata.get("title")
    return {
        "index": stream.index,
        "codec": stream.codec_context.codec.canonical_name,
        "bytes": tally.bytes,
        "packets": tally.packets,
        "start_s": start,
        "duration_s": duration,
        "language": tags.language(stream.metadata),
        "title": tags.clean(title) if title else None,
        "is_default": bool(stream.disposition & av.stream.Disposition.default),
        "is_forced": bool(stream.disposition & av.stream.Disposition.forced),
    }


def audio(reading: Reading, stream: Any) -> dict[str, Any]:
    context = stream.codec_context
    facts = common(reading, stream)
    skipped = reading.skips.get(stream.index, 0) / (context.sample_rate or 48_000)
    facts["start_s"] += skipped  # the encoder's own delay, decoded and never heard
    facts["duration_s"] = max(0.0, facts["duration_s"] - skipped)
    layout = context.layout.name if context.layout else None
    return facts | {
        "profile": context.profile,
        "sample_rate_hz": context.sample_rate or 0,
        "channels": context.channels or 0,
        "layout": layout,
    }


def video(reading: Reading, stream: Any) -> dict[str, Any]:
    """A picture stream whose sampler has seen a frame."""
    sampler, tally = reading.samplers[stream.index], reading.tallies[stream.index]
    context, frame, line = stream.codec_context, sampler.first, tally.timeline
    facts = common(reading, stream)
    sar = stream.sample_aspect_ratio or Fraction(1)
    rhythm = Rhythm(line, tally.timebase, stream.guessed_rate or stream.average_rate)
    pixels = picture.pixel_facts(frame.format.name)
    facts |= pixels | picture.colour_facts(context, frame)
    facts |= {name: value for name, value in sampler.facts.items() if name != "has_dolby_vision"}
    interlaced = sampler.interlaced > 0 or context.field_order in picture.TOP_FIELD_FIRST + picture.BOTTOM_FIELD_FIRST
    rate, frames = rhythm.rate, line.count
    if interlaced and stream.average_rate and abs(stream.average_rate * 2 - rate) * 50 < rate:
        rate, frames = rate / 2, frames // 2  # each field came in a packet of its own
    if facts["codec"] == "gif":
        facts["has_alpha"] = picture.shows_transparency(frame)
    # Browsers write alpha_mode=1 for every recording; only a second plane beside the block is alpha.
    says_alpha = any(name.lower() == "alpha_mode" and value == "1" for name, value in stream.metadata.items())
    facts["has_alpha"] |= says_alpha and sampler.has_additions
    return facts | {
        "still_packets": tally.stills,
        "frames": frames,
        "width": frame.width,
        "height": frame.height,
        "sar": str(sar if sar > 0 else Fraction(1)),
        "pix_fmt": frame.format.name,
        "profile": context.profile,
        "frame_rate": str(rate),
        "average_rate": str(_average(frames, facts["duration_s"], rate)),
        "is_vfr": rhythm.is_vfr,
        "timebase": str(tally.timebase),
        "interlaced": interlaced,
        "top_field_first": context.field_order not in picture.BOTTOM_FIELD_FIRST,
        "dolby_vision_profile": _dolby_vision(reading, stream.index, sampler, facts),
        "changes_size": len({shape[:2] for shape in sampler.shapes}) > 1,
        "timecode": _timecode(reading, stream),
        "keyframes_s": [round(float(time * tally.timebase), 6) for time in sorted(tally.keyframes)],
    }


def _dolby_vision(reading: Reading, index: int, sampler: Sampler, facts: dict[str, Any]) -> int | None:
    if index in reading.layout.dolby_vision:
        return reading.layout.dolby_vision[index]
    if not sampler.facts.get("has_dolby_vision"):
        return None
    # No record names the profile (MPEG-TS): one with a base layer for other players is tagged PQ or HLG.
    return 8 if facts["hdr"] else 5


def _timecode(reading: Reading, stream: Any) -> str | None:
    found = [
        stream.metadata,
        *(s.metadata for s in reading.container.streams.data),
        reading.container.metadata,
    ]
    return next((m["timecode"] for m in found if m.get("timecode")), None)


def _average(frames: int, duration_s: float, rate: Fraction) -> Fraction:
    return Fraction(frames / duration_s).limit_denominator(100_000) if duration_s > 0 else rate

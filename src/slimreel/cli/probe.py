"""The verb `probe`: what a file holds, for people or as MediaInfo in JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from slimreel.core.media import AudioStream, MediaInfo, Stream, SubtitleStream, VideoStream


def probe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The video to look into.")],
    as_json: Annotated[bool, typer.Option("--json", help="All facts as one JSON object on stdout.")] = False,
) -> None:
    """Show what a video holds: streams, sizes, rates, colours, chapters and damage. Every packet is counted."""
    from slimreel.cli import terminal
    from slimreel.cli.records import as_line
    from slimreel.core.records import facts_of
    from slimreel.workbench.probe import probe as look

    info = look(file)
    for text in [as_line(facts_of(info))] if as_json else summary(info):
        terminal.line(text)


def summary(info: MediaInfo) -> list[str]:
    """The facts as short lines."""
    from slimreel.cli.terminal import plain
    from slimreel.core.containers import demuxer_name
    from slimreel.core.units import format_bitrate, format_duration, format_size

    whole = info.size_bytes * 8 / info.duration_s if info.duration_s else 0
    parts = [
        demuxer_name(info.demuxer),
        format_duration(info.duration_s),
        format_size(info.size_bytes),
        format_bitrate(whole),
    ]
    parts += ["faststart"] if info.faststart else []
    parts += ["fragmented"] if info.fragmented else []
    parts += ["holds a location"] if info.has_location else []
    found = [plain(info.path), "  " + ", ".join(parts)]
    found += [f"  picture {_common(stream, _picture(stream))}" for stream in info.video]
    found += [f"  sound {_common(stream, _sound(stream))}" for stream in info.audio]
    found += [f"  subtitles {_common(stream, _subtitles(stream))}" for stream in info.subtitles]
    found += [f"  chapters: {len(info.chapters)}"] if info.chapters else []
    found += [
        f"    {format_duration(chapter.start_s)} {chapter.title or ''}".rstrip() for chapter in info.chapters[:20]
    ]
    found += [f"  covers: {len(info.cover_indexes)}"] if info.cover_indexes else []
    found += [f"  other streams: {', '.join(info.other_streams)}"] if info.other_streams else []
    found += [f"  {name}: {value}" for name, value in info.tags.items()]
    found += [f"  DAMAGED: {sentence}" for sentence in info.damage]
    return [plain(text) for text in found]


def _common(stream: Stream, own: list[str]) -> str:
    from slimreel.core.units import format_bitrate

    parts = [*own, format_bitrate(stream.bitrate_bps) if stream.bitrate_bps else ""]
    parts += [stream.language or "", stream.title or "", "forced" if stream.is_forced else ""]
    return f"{stream.index}: " + ", ".join(part for part in (stream.codec, *parts) if part)


def _picture(stream: VideoStream) -> list[str]:
    rate = f"{float(stream.average_rate if stream.is_vfr else stream.frame_rate):.3f}".rstrip("0").rstrip(".")
    colour = "/".join(
        name or "unknown" for name in (stream.color_primaries, stream.color_transfer, stream.color_matrix)
    )
    vision = stream.dolby_vision_profile
    return [
        stream.profile or "",
        f"{stream.width}x{stream.height}",
        f"pixels {stream.sar.numerator}:{stream.sar.denominator}" if stream.sar != 1 else "",
        f"{rate} fps{' on average (varies)' if stream.is_vfr else ''}",
        "interlaced" if stream.interlaced else "",
        f"turned {stream.rotation} degrees" if stream.rotation else "",
        "mirrored" if stream.flipped else "",
        stream.pix_fmt,
        f"HDR {stream.hdr.upper()}" if stream.hdr else "",
        f"Dolby Vision profile {vision}" if vision is not None else "",
        "" if colour == "unknown/unknown/unknown" else f"{colour} {stream.color_range or ''}".strip(),
        "transparency" if stream.has_alpha else "",
    ]


def _sound(stream: AudioStream) -> list[str]:
    return [stream.profile or "", f"{stream.sample_rate_hz} Hz", stream.layout or f"{stream.channels} channels"]


def _subtitles(stream: SubtitleStream) -> list[str]:
    return ["text" if stream.is_text else "pictures"]

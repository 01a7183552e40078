"""Reads a media file behind an inherited descriptor and tells everything that core/media.py holds.

All packets are counted once and a few pictures decoded. It decides nothing: what is refused, and which
picture is the main one, is said elsewhere.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child import boxes, picture, tags
from slimreel.engine.child.packets import Rhythm, Tally
from slimreel.engine.child.samples import Sampler
from slimreel.engine.child.start import Refusal

MAX_STREAMS = 100
MAX_CHAPTERS = 2000
MAX_UNNAMED = 10_000  # packets of streams that no header names
MAX_PRIMING = 4  # packets at the head of a sound stream that can hold its encoder's delay
BUFFER_BYTES = 1 << 18  # fewer calls back into Python than with the default of 32 KiB
# MP4 and Matroska name all their streams in a header, so little is read to guess at them: with the default of
# 5 MB a second of 4K60 was decoded (0.22 s of CPU) to learn what one picture tells.
HEADER_PROBE_BYTES = 500_000
# Pictures are decoded for what their headers say: without residues and loop filter, on one thread.
CHEAP = {"threads": "1", "skip_idct": "all", "skip_loop_filter": "all", "max_pixels": str(16384 * 16384)}
# Whose header promises a length, for each stream or for the whole file; elsewhere FFmpeg estimates it.
PROMISE_PER_STREAM = frozenset({"mov", "avi"})
PROMISE_PER_FILE = frozenset({"matroska", "flv", "mxf"})


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"fd", "demuxer", "decoders"} → the facts of the file; all decoders where none is named. Raises Refusal where it cannot be opened."""
    av.logging.set_level(None)
    fd: int = request["fd"]
    layout = boxes.walk(fd, request["demuxer"])
    decoders: list[str] = request["decoders"]
    container = _open(fd, request["demuxer"], decoders, layout)
    return _Reading(container, fd, request["demuxer"], decoders, layout).facts()


def _open(fd: int, demuxer: str, decoders: list[str], layout: boxes.Layout) -> Any:
    """The demuxer is forced and nothing but the descriptor can be read, whatever the content asks for."""

    def refuse(*_: object) -> None:
        raise PermissionError("a video may not open other files")

    os.lseek(fd, 0, os.SEEK_SET)
    options = {"protocol_whitelist": "none", "format_whitelist": demuxer, "max_streams": str(MAX_STREAMS), **CHEAP}
    if {"mov", "matroska"} & set(demuxer.split(",")):
        options["probesize"] = str(HEADER_PROBE_BYTES)
    if decoders:
        options["codec_whitelist"] = ",".join(decoders)
    try:
        return av.open(
            os.fdopen(fd, "rb", buffering=0, closefd=False),
            mode="r",
            format=demuxer,
            options=options,
            metadata_errors="replace",
            buffer_size=BUFFER_BYTES,
            io_open=refuse,
        )
    except av.MemoryError as error:
        raise Refusal("too_big", "it needs more memory than is allowed") from error
    except (av.FFmpegError, OSError, ValueError) as error:
        if layout.damage:
            raise Refusal("damaged", "; ".join(layout.damage)) from error
        raise Refusal("unreadable", f"its content cannot be read as {demuxer.split(',', maxsplit=1)[0]}") from error


class _Reading:
    """One pass over a file, and the facts that come of it."""

    def __init__(self, container: Any, fd: int, demuxer: str, decoders: list[str], layout: boxes.Layout) -> None:
        self.container = container
        self.demuxer = demuxer
        self.layout = layout
        self.decoders = frozenset(decoders)
        self.size = os.fstat(fd).st_size
        self.damage = list(layout.damage)
        self.tallies: dict[int, Tally] = {}
        self.samplers: dict[int, Sampler] = {}
        self.skips: dict[int, int] = {}
        for stream in container.streams:
            self.tallies[stream.index] = Tally(stream.time_base or Fraction(1, 1000), is_video=stream.type == "video")
            if stream.type == "video" and not _is_cover(stream) and self._can_decode(stream):
                self.samplers[stream.index] = Sampler(stream, self.size, CHEAP)
        self._read_packets()

    def _can_decode(self, stream: Any) -> bool:
        return stream.codec_context is not None and (
            not self.decoders or stream.codec_context.codec.name in self.decoders
        )

    def _packets(self) -> Iterator[Any]:
        """All packets. FLV may open a stream on the way, which PyAV cannot name: its packets are passed over."""
        for _ in range(MAX_UNNAMED):
            try:
                yield from self.container.demux()
            except IndexError:
                continue
            return

    def _read_packets(self) -> None:
        try:
            for packet in self._packets():
                if packet.size == 0 and packet.dts is None:
                    continue  # PyAV's sign for the end of a stream
                index = packet.stream_index
                tally = self.tallies[index]
                tally.add(packet)
                if tally.packets <= MAX_PRIMING and not packet.is_discard and packet.has_sidedata("skip_samples"):
                    skipped = struct.unpack("<I", bytes(packet.get_sidedata("skip_samples"))[:4])[0]
                    self.skips[index] = self.skips.get(index, 0) + skipped
                sampler = self.samplers.get(index)
                if sampler is not None:
                    sampler.offer(packet)
        except (av.FFmpegError, OSError) as error:
            self.damage.append(f"reading stopped at an error ({error.strerror or error})")
        for tally in self.tallies.values():
            tally.finish()
        for sampler in self.samplers.values():
            sampler.finish()

    def facts(self) -> dict[str, Any]:
        groups: dict[str, list[dict[str, Any]]] = {"video": [], "audio": [], "subtitles": []}
        covers: list[int] = []
        others: list[str] = []
        unsupported: list[str] = []
        for stream in self.container.streams:
            if _is_cover(stream):
                covers.append(stream.index)
            elif stream.codec_context is None or stream.type not in ("video", "audio", "subtitle"):
                others.append(self.layout.entries.get(stream.index) or _other_name(stream))
            elif stream.type == "video" and stream.index not in self.samplers:
                unsupported.append(stream.codec_context.codec.canonical_name)
            elif stream.type == "video":
                self._add_video(stream, groups["video"], others)
            elif stream.type == "audio":
                groups["audio"].append(self._audio(stream))
            else:
                groups["subtitles"].append(self._common(stream))
        self._find_missing()
        timed = groups["video"] + groups["audio"]
        start = min((s["start_s"] for s in timed if s["packets"]), default=0.0)
        end = max((s["start_s"] + s["duration_s"] for s in timed if s["packets"]), default=0.0)
        metadata = self.container.metadata
        return groups | {
            "size_bytes": self.size,
            "demuxer": self.demuxer,
            "start_s": start,
            "duration_s": end - start,
            "chapters": self._chapters(),
            "cover_indexes": covers,
            "other_streams": others + [f"{name} (not decoded)" for name in unsupported],
            "unsupported": unsupported,
            "tags": tags.kept(metadata),
            "location": tags.place(metadata),
            "has_location": any(tags.names_a_place(m) for m in [metadata, *(s.metadata for s in self.container.streams)]),
            "faststart": self.layout.faststart,
            "fragmented": self.layout.fragmented,
            "damage": self.damage,
        }

    def _span(self, index: int) -> tuple[float, float, float]:
        """(start, duration, median interval) of presentation, seconds."""
        tally = self.tallies[index]
        line = tally.timeline
        if line.first is None or line.last is None:
            return 0.0, 0.0, 0.0
        rhythm = Rhythm(line, tally.timebase, None)
        median = rhythm.median_ticks or 0
        end = line.end if line.end is not None else line.last + median
        promised = self.layout.presented_s.get(index)
        if tally.is_video and promised is not None:
            # With B-frames a packet's duration is of decoding; a picture that stands at the end shows only here.
            told = round(promised / tally.timebase)
            end = max(end, told) if told - line.last <= line.longest else end
        return float(line.first * tally.timebase), float((end - line.first) * tally.timebase), median * float(tally.timebase)

    def _common(self, stream: Any) -> dict[str, Any]:
        tally = self.tallies[stream.index]
        start, duration, _ = self._span(stream.index)
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

    def _audio(self, stream: Any) -> dict[str, Any]:
        context = stream.codec_context
        facts = self._common(stream)
        skipped = self.skips.get(stream.index, 0) / (context.sample_rate or 48_000)
        facts["start_s"] += skipped  # the encoder's own delay, decoded and never heard
        facts["duration_s"] = max(0.0, facts["duration_s"] - skipped)
        layout = context.layout.name if context.layout else None
        return facts | {
            "profile": context.profile,
            "sample_rate_hz": context.sample_rate or 0,
            "channels": context.channels or 0,
            "layout": layout,
        }

    def _add_video(self, stream: Any, videos: list[dict[str, Any]], others: list[str]) -> None:
        sampler = self.samplers[stream.index]
        tally = self.tallies[stream.index]
        name = stream.codec_context.codec.canonical_name
        if not tally.packets:
            others.append(f"{name} without pictures")
            if stream.frames:
                self.damage.append(f"none of its {stream.frames} pictures is there")
        elif sampler.first is None:
            others.append(f"{name} that cannot be decoded")
            self.damage.append("no picture at its start could be decoded")
        else:
            videos.append(self._video(stream, sampler, tally))

    def _video(self, stream: Any, sampler: Sampler, tally: Tally) -> dict[str, Any]:
        context, frame, line = stream.codec_context, sampler.first, tally.timeline
        facts = self._common(stream)
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
        facts["has_alpha"] |= stream.metadata.get("alpha_mode") == "1" and sampler.has_additions
        return facts | {
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
            "dolby_vision_profile": self._dolby_vision(stream.index, sampler, facts),
            "changes_size": len({shape[:2] for shape in sampler.shapes}) > 1,
            "timecode": self._timecode(stream),
            "keyframes_s": [round(float(time * tally.timebase), 6) for time in sorted(tally.keyframes)],
        }

    def _dolby_vision(self, index: int, sampler: Sampler, facts: dict[str, Any]) -> int | None:
        if index in self.layout.dolby_vision:
            return self.layout.dolby_vision[index]
        if not sampler.facts.get("has_dolby_vision"):
            return None
        # No record names the profile (MPEG-TS): one with a base layer for other players is tagged PQ or HLG.
        return 8 if facts["hdr"] else 5

    def _timecode(self, stream: Any) -> str | None:
        found = [stream.metadata, *(s.metadata for s in self.container.streams.data), self.container.metadata]
        return next((m["timecode"] for m in found if m.get("timecode")), None)

    def _chapters(self) -> list[dict[str, Any]]:
        chapters = []
        for chapter in self.container.chapters()[:MAX_CHAPTERS]:
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

    def _find_missing(self) -> None:
        """Compare what was promised with what was counted."""
        names = set(self.demuxer.split(","))
        ends = []
        for stream in self.container.streams:
            tally = self.tallies[stream.index]
            if not tally.packets or _is_cover(stream):
                continue
            start, duration, _ = self._span(stream.index)
            ends.append(start + duration)
            if stream.type not in ("video", "audio"):
                continue
            if tally.corrupt and "mpegts" not in names:
                self.damage.append(f"packets of its {stream.type} are cut ({tally.corrupt})")
            if PROMISE_PER_STREAM & names and stream.duration:
                self._compare(float(stream.duration * tally.timebase), duration, stream.type)
        if PROMISE_PER_FILE & names and self.container.duration and ends:
            start = (self.container.start_time or 0) / av.time_base
            self._compare(self.container.duration / av.time_base, max(ends) - start, "header")

    def _compare(self, promised_s: float, found_s: float, what: str) -> None:
        # Half a second and 2 %: headers are rounded, and a track may end with a picture that stands.
        if promised_s - found_s > max(0.5, promised_s * 0.02):
            self.damage.append(f"its {what} promises {promised_s:.1f} s and {max(found_s, 0):.1f} s are there")


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & (av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails))


def _other_name(stream: Any) -> str:
    if stream.type == "attachment":
        return tags.clean(stream.metadata.get("filename", "")) or "attachment"
    name = stream.name if stream.type == "data" else None
    return name or f"{stream.type} of an unknown kind"


def _average(frames: int, duration_s: float, rate: Fraction) -> Fraction:
    return Fraction(frames / duration_s).limit_denominator(100_000) if duration_s > 0 else rate

"""Decides what else goes into the file: subtitles, chapters, tags, timecode; and what must not.

Tags are rebuilt from an allow-list, never passed through: a source may carry a place or a device number.
"""

from __future__ import annotations

from dataclasses import dataclass

from slimreel.core.containers import Container
from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo, SubtitleStream

KEPT_TAGS = (
    "title",
    "creation_time",
    "artist",
    "album",
    "genre",
    "date",
    "comment",
    "description",
    "copyright",
)
LOCATION_TAG = "location"
_TAG_LIMIT_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class SubtitleTrack:
    """One subtitle stream to keep; `codec` is an FFmpeg encoder name or "copy"."""

    source_index: int
    codec: str
    language: str | None
    title: str | None
    is_default: bool
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Extras:
    """Everything beside picture and sound."""

    subtitles: tuple[SubtitleTrack, ...]
    tags: tuple[tuple[str, str], ...]
    chapters: bool
    timecode: str | None
    estimated_bytes: int


def plan_extras(
    source: MediaInfo, goal: Goal, container: Container, timecode: str | None
) -> tuple[Extras, list[Reason]]:
    """What is kept beside picture and sound, and what a person should know of what is not."""
    subtitles, reasons = _plan_subtitles(source, container)
    tags: list[tuple[str, str]] = []
    if goal.strip_metadata:
        reasons.append(Reason(id="metadata_stripped"))
    else:
        tags = [(key, source.tags[key][:_TAG_LIMIT_CHARACTERS]) for key in KEPT_TAGS if source.tags.get(key)]
        if goal.keep_location and source.location:
            tags.append((LOCATION_TAG, source.location))
        if source.has_location and not goal.keep_location:
            reasons.append(Reason(id="location_dropped"))
    if source.cover_indexes:
        reasons.append(Reason(id="cover_dropped"))
    kept_timecode = timecode if container.holds_timecode and not goal.strip_metadata else None
    chapters = bool(source.chapters) and not goal.strip_metadata
    # A timecode and the text track of chapters come out again under another form.
    reborn = {"tmcd"} if kept_timecode else set()
    reborn |= {"text"} if chapters else set()
    data = [kind for kind in source.other_streams if kind not in reborn]
    if data:
        reasons.append(Reason(id="data_dropped", fields={"kinds": ", ".join(sorted(set(data)))}))
    text = sum(len(key) + len(value.encode()) + 40 for key, value in tags)
    text += sum(60 + len((chapter.title or "").encode()) for chapter in source.chapters) if chapters else 0
    kept = {track.source_index for track in subtitles}
    cues = sum(stream.bytes + 40 * stream.packets + 600 for stream in source.subtitles if stream.index in kept)
    return Extras(tuple(subtitles), tuple(tags), chapters, kept_timecode, text + cues), reasons


def _plan_subtitles(source: MediaInfo, container: Container) -> tuple[list[SubtitleTrack], list[Reason]]:
    kept: list[SubtitleTrack] = []
    reasons: list[Reason] = []
    dropped: list[str] = []
    converted: list[str] = []
    for stream in source.subtitles:
        codec = _subtitle_codec(stream, container)
        if codec is None:
            dropped.append(stream.codec)
            continue
        if codec not in ("copy", stream.codec):
            converted.append(codec)
        kept.append(_subtitle(stream, "copy" if codec == stream.codec else codec))
    if converted:
        fields: dict[str, str | int | float] = {"count": len(converted), "codec": ", ".join(sorted(set(converted)))}
        reasons.append(Reason(id="subtitles_converted", fields=fields))
    if dropped:
        names = ", ".join(sorted(set(dropped)))
        fields = {"count": len(dropped), "codec": names, "container": container.name}
        reasons.append(Reason(id="subtitles_dropped", fields=fields))
    return kept, reasons


def _subtitle_codec(stream: SubtitleStream, container: Container) -> str | None:
    if stream.codec == "eia_608":
        return None
    if not stream.is_text:
        return "copy" if container.bitmap_subtitles else None
    if container.text_subtitles == "copy":
        return "srt" if stream.codec in ("mov_text", "text") else "copy"
    return container.text_subtitles


def _subtitle(stream: SubtitleStream, codec: str) -> SubtitleTrack:
    return SubtitleTrack(
        source_index=stream.index,
        codec=codec,
        language=stream.language,
        title=stream.title,
        is_default=stream.is_default,
        is_forced=stream.is_forced,
    )

"""Tells a draft of the wire to people: its tracks in one line, and what differs between two drafts.

It needs no more than the keys that every server has (t, tt, sg, d, m), and shows more where there is more. No draft,
however odd, makes it fail. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slimreel.client.sentences import sentence

Draft = Mapping[str, Any]
_NAMES = {"0": "video", "1": "audio", "7": "text"}
_ROLES = {
    "clip": "video",
    "overlay": "overlay",
    "watermark": "overlay",
    "pip": "overlay",
    "music": "audio",
    "voiceover": "voice",
}
_KINDS = {"subtitles": "subtitles", "blur": "blur"}
_TITLES = ("title", "name", "text", "content", "filename", "file_name")
_BEGINS = ("b", "start", "start_ms", "st", "begin")
_SHOWN = 60  # letters of one title
# What we put into a draft that says nothing of the picture: its history, ids and number.
_ASIDE = {"t", "d", "l", "n", "id", "revision", "v", "m", "c"}


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    title: str
    start_ms: float
    length_ms: float
    notes: tuple[str, ...]
    facts: str  # all of it, to see that something else was changed

    @property
    def end_ms(self) -> float:
        return self.start_ms + self.length_ms


@dataclass(frozen=True, slots=True)
class _Track:
    key: str
    name: str
    parts: tuple[_Part, ...]


def is_exportable(draft: Draft | None) -> bool:
    """Has at least one track a segment?"""
    return any(_objects(track.get("sg")) for track in _objects((draft or {}).get("t")))


def summary(draft: Draft | None, language: str = "en") -> str:
    """`Timeline (2 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%)`."""
    tracks = [track for track in _tracks(draft, language) if track.parts]
    if not tracks:
        return sentence("timeline_empty", language)
    between = sentence("between", language)
    told = []
    for number, track in enumerate(tracks, 1):
        parts = [f"{part.title} ({between.join([_span(part), *part.notes])})" for part in track.parts]
        told.append(f"{number}. {track.name}: {between.join(parts)}")
    name = "timeline_one" if len(tracks) == 1 else "timeline"
    return sentence(name, language, count=len(tracks), tracks=" ".join(told))


def changes(before: Draft | None, after: Draft | None, language: str = "en") -> tuple[str, ...]:
    """A sentence for each thing that is different; none where nothing is."""
    old = {track.key: track for track in _tracks(before, language)}
    new = {track.key: track for track in _tracks(after, language)}
    found = [sentence("track_gone", language, name=old[key].name) for key in old if key not in new]
    for key, track in new.items():
        if key not in old and track.parts:
            found.append(sentence("track_added", language, name=_with_titles(track, language)))
        elif key in old:
            found += _parts_changed(old[key], track, language)
    lengths = _number((before or {}).get("d")), _number((after or {}).get("d"))
    if None not in lengths and lengths[0] != lengths[1] and before:
        found.append(sentence("length", language, before=_seconds(lengths[0] or 0), after=_seconds(lengths[1] or 0)))
    frames = _frame(before), _frame(after)
    if all(frames) and frames[0] != frames[1]:
        found.append(sentence("frame", language, before=frames[0], after=frames[1]))
    if before and after and _other(before) != _other(after):
        found.append(sentence("settings", language))
    return tuple(dict.fromkeys(found))


def _parts_changed(before: _Track, after: _Track, language: str) -> Iterator[str]:
    old, new = ({part.key: part for part in track.parts} for track in (before, after))
    for key, part in old.items():
        if key not in new:
            yield sentence("part_gone", language, name=before.name, title=part.title)
    for key, part in new.items():
        then = old.get(key)
        if then is None:
            yield sentence("part_added", language, name=after.name, title=part.title)
        elif then.length_ms != part.length_ms:
            lengths = {"before": _seconds(then.length_ms), "after": _seconds(part.length_ms)}
            yield sentence("part_length", language, name=after.name, title=part.title, **lengths)
        elif then != part:
            yield sentence("part_changed", language, name=after.name, title=part.title)


def _with_titles(track: _Track, language: str) -> str:
    return f"{track.name} ({sentence('between', language).join(part.title for part in track.parts)})"


def _tracks(draft: Draft | None, language: str) -> list[_Track]:
    found = []
    counts: dict[str, int] = {}
    for raw in _objects((draft or {}).get("t")):
        segments = _objects(raw.get("sg"))
        name = _name(raw, segments)
        kind = str(raw.get("tt"))
        counts[kind] = counts.get(kind, 0) + 1
        key = str(raw.get("id") or f"{kind} {counts[kind]}")
        parts, at = [], 0.0
        for place, segment in enumerate(segments):
            part = _part(segment, place, at, name, language)
            parts.append(part)
            at = part.end_ms
        found.append(_Track(key, sentence(name, language), tuple(parts)))
    return found


def _name(track: Draft, segments: list[dict[str, Any]]) -> str:
    first = segments[0] if segments else {}
    named = _KINDS.get(str(first.get("k"))) or _ROLES.get(str(first.get("ro")))
    return named or _NAMES.get(str(track.get("tt")), "track")


def _part(segment: dict[str, Any], place: int, at_ms: float, name: str, language: str) -> _Part:
    about = segment.get("m") if isinstance(segment.get("m"), dict) else {}
    both = {**segment, **(about if isinstance(about, dict) else {})}
    text = next((both[key] for key in ("tx", *_TITLES) if isinstance(both.get(key), str) and both[key].strip()), "")
    title = " ".join(text.split())
    if len(title) > _SHOWN:
        title = title[: _SHOWN - 1] + "…"
    if name == "text" and title:
        title = sentence("quoted", language, text=title)
    starts = (value for key in _BEGINS if (value := _number(both.get(key))) is not None)
    level = _level(both)
    return _Part(
        key=str(segment.get("id") or place),
        title=title or f"{place + 1}",
        start_ms=next(starts, at_ms),
        length_ms=_number(both.get("d")) or _number(both.get("duration")) or 0.0,
        notes=() if level is None or level == 100 else (f"{level}%",),
        facts=repr(sorted(segment.items(), key=lambda item: str(item[0]))),
    )


def _level(segment: Mapping[str, Any]) -> int | None:
    """Loudness in percent: ours is an effect, others write a number from 0 to 1, or to 100."""
    for effect in _objects(segment.get("fx")):
        if effect.get("k") == "volume" and (level := _number(effect.get("level"))) is not None:
            return round(level * 100)
    level = next((found for key in ("volume", "vol") if (found := _number(segment.get(key))) is not None), None)
    if level is None:
        return None
    return round(level * 100) if level <= 2 else round(level)


def _span(part: _Part) -> str:
    return f"{_seconds(part.start_ms)}-{_seconds(part.end_ms)}s"


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.2f}".rstrip("0").rstrip(".")


def _frame(draft: Draft | None) -> str:
    about = (draft or {}).get("m")
    if not isinstance(about, dict):
        return ""
    width, height = about.get("width"), about.get("height")
    return f"{width}x{height}" if width and height else ""


def _other(draft: Draft) -> dict[str, Any]:
    return {key: value for key, value in draft.items() if key not in _ASIDE}


def _objects(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _number(found: Any) -> float | None:
    if isinstance(found, (int, float)) and not isinstance(found, bool) and abs(found) < 1e15:
        return float(found)
    return None

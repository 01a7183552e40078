"""What a request is said in: the clips, elements, files, jobs and last operations of a session.

Reads the JSON of `slimreel understand` and knows nothing of drafts; unknown keys are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from slimreel.edit.draft import AnySegment, BlurSegment, Draft, MediaSegment, SubtitleSegment, TextSegment
from slimreel.edit.facts import Facts
from slimreel.edit.targets import seconds

_ROLES = {"overlay": "image", "watermark": "image"}
_TYPES = {"title": "text", "logo": "image", "bgm": "music", "subtitle": "subtitles", "picture": "image"}
SOUND_FILES = (".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg", ".opus", ".wma", ".aif", ".aiff")
PICTURE_FILES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".svg", ".tif", ".tiff", ".gif", ".heic")
SUBTITLE_FILES = (".srt", ".ass", ".ssa", ".vtt")
LUT_FILES = (".cube", ".3dl")
VIDEO_FILES = tuple(".mp4 .mov .avi .mkv .webm .m4v .mpg .mpeg .wmv .flv .mts .m2ts .3gp .ts".split())


@dataclass(frozen=True, slots=True)
class ClipFact:
    """A clip on the timeline. What is not known of it is None."""

    id: str
    name: str = ""
    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ElementFact:
    """Something laid over the clips or under them; `facts` holds all that the session says of it."""

    id: str
    type: str
    text: str = ""
    file: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """The state of a session as far as words can point at it. All of it may be empty."""

    clips: tuple[ClipFact, ...] = ()
    elements: tuple[ElementFact, ...] = ()
    last_ops: tuple[Mapping[str, Any], ...] = ()
    assets: tuple[str, ...] = ()
    jobs: tuple[Mapping[str, Any], ...] = ()

    @property
    def length_s(self) -> float | None:
        """How long the timeline is, where it is known."""
        lengths = [clip.duration_s for clip in self.clips]
        return sum(one for one in lengths if one) if lengths and all(lengths) else None

    @property
    def names(self) -> list[str]:
        """Every file name that a request can mention."""
        stems = [PurePath(clip.name).stem for clip in self.clips] if len(self.clips) > 1 else []
        spoken = [stem for stem in stems if len(stem) >= 2 and not stem.isascii()]  # 花絮 of 花絮.mp4
        return [*self.assets, *(clip.name for clip in self.clips), *(one.file for one in self.elements), *spoken]

    @property
    def words(self) -> frozenset[str]:
        """The words of its names and titles, which are spelled as they are."""
        texts = [*self.names, *(one.text for one in self.elements)]
        return frozenset(word for text in texts for word in re.findall(r"[a-z]{3,}", text.casefold()))

    def of_type(self, *types: str) -> list[ElementFact]:
        return [one for one in self.elements if one.type in types]

    def files(self, suffixes: Sequence[str]) -> list[str]:
        """The session's files of a kind, each once."""
        names = dict.fromkeys(name for name in self.assets if name.lower().endswith(tuple(suffixes)))
        return list(names)

    def clip_named(self, text: str) -> ClipFact | None:
        """The clip whose id, name or name without its ending this is."""
        wanted = text.casefold()
        for clip in self.clips:
            stem = PurePath(clip.name).stem.casefold()
            if wanted in (clip.id.casefold(), clip.name.casefold()) or (stem and wanted == stem):
                return clip
        return None

    def clip_at(self, place: int) -> ClipFact | None:
        """The clip at a place, from 1; -1 is the last."""
        index = place - 1 if place > 0 else len(self.clips) + place
        return self.clips[index] if 0 <= index < len(self.clips) else None


def read_context(found: object) -> Context:
    """A context from JSON. What is not as it should be is left out: a request is understood with less."""
    if not isinstance(found, Mapping):
        return Context()
    clips = tuple(
        ClipFact(
            str(one.get("id") or f"c{place}"),
            str(one.get("name", "")),
            _number(one.get("duration_s")),
            _whole(one.get("width")),
            _whole(one.get("height")),
            _number(one.get("fps")),
            _whole(one.get("size_bytes")),
        )
        for place, one in enumerate(_maps(found.get("clips")), 1)
    )
    elements = tuple(
        ElementFact(
            str(one.get("id", "")),
            _TYPES.get(str(one.get("type")), str(one.get("type"))),
            str(one.get("text") or ""),
            str(one.get("file") or ""),
            one,
        )
        for one in _maps(found.get("elements"))
    )
    assets = found.get("assets")
    names = [_asset_name(one) for one in assets] if isinstance(assets, list) else []
    last_ops, jobs = tuple(_maps(found.get("last_ops"))), tuple(_maps(found.get("jobs")))
    return Context(clips, elements, last_ops, tuple(name for name in names if name), jobs)


def _asset_name(found: object) -> str:
    return str(found.get("name", "")) if isinstance(found, Mapping) else str(found)


def _maps(found: object) -> Iterable[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, Mapping)][:200] if isinstance(found, list) else []


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _whole(found: object) -> int | None:
    return int(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def context_of(draft: Draft, facts: Facts, last_ops: Iterable[Mapping[str, Any]] = ()) -> Context:
    """The session of one draft, as words can point at it."""
    clips = []
    for one in draft.segments():
        if isinstance(one, MediaSegment) and one.role == "clip":
            asset = facts.asset(one.asset)
            clips.append(ClipFact(one.id, asset.name, seconds(draft, one.place.duration), asset.width, asset.height))
    elements = tuple(
        _element(one, draft) for one in draft.elements() if not (isinstance(one, MediaSegment) and one.role == "clip")
    )
    names = tuple(asset.name for asset in facts.assets)
    return Context(tuple(clips), elements, tuple(last_ops), names)


def _element(one: AnySegment, draft: Draft) -> ElementFact:
    times = {"start_s": seconds(draft, one.place.start), "end_s": seconds(draft, one.place.end)}
    match one:
        case TextSegment():
            return ElementFact(one.id, "text", text=one.text, facts=times)
        case SubtitleSegment():
            return ElementFact(one.id, "subtitles", file=one.title, facts=times)
        case BlurSegment():
            return ElementFact(one.id, "blur", facts=times)
        case MediaSegment():
            return ElementFact(one.id, _ROLES.get(one.role, one.role), file=one.title, facts=times)

"""What a render shall give, of what its call says and what the draft says: explicit numbers first, then the draft's
wish, then a quality said by habit. Pure; knows no job."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from slimreel.core import records
from slimreel.core.goal import Goal
from slimreel.core.units import UnitError, parse_bitrate, parse_fps, parse_resolution, parse_size
from slimreel.edit.draft import Draft
from slimreel.edit.ops.export import Exported
from slimreel.edit.targets import find_clip
from slimreel.errors import EditRefused, UsageError
from slimreel.errors.service import BadRequest, NothingToRender

_FORMATS = ("mp4", "mov", "webm", "mkv", "gif", "mp3")
_CODECS = {"h264": "h264", "h.264": "h264", "avc": "h264", "x264": "h264", "libx264": "h264", "hevc": "hevc",
           "h265": "hevc", "h.265": "hevc", "x265": "hevc", "av1": "av1", "vp9": "vp9"}  # fmt: skip
# What clients call qualities, by habit; what is none of these says nothing.
_QUALITIES = {"high": "high", "medium": "medium", "normal": "medium", "standard": "medium", "low": "low",
              "ultra": "visually_lossless", "best": "visually_lossless", "original": "visually_lossless",
              "visually_lossless": "visually_lossless", "transparent": "visually_lossless"}  # fmt: skip
_LEADERS = frozenset({"target_size_bytes", "size_ratio", "video_bitrate_bps", "total_bitrate_bps", "crf"})
_BOUNDS = ("max_bitrate_bps", "quality", "vmaf_min", "preset")


def prepared(draft: Draft, output: Mapping[str, Any], *, preview: bool = False) -> Draft:
    """The draft with what this one render shall give. Raises BadRequest, NothingToRender."""
    if not draft.length:
        raise NothingToRender
    if preview:
        return draft
    said = {**_explicit(output)}
    clip = _clip(draft, output.get("clip"))
    before = draft.clip_goals.get(clip, draft.goal) if clip else draft.goal
    goal = _merged(before, said, output)
    wanted = Exported(format=_exported_format(output), clip=clip)
    goals = {**draft.clip_goals, clip: goal} if clip and goal is not None else draft.clip_goals
    return replace(draft, goal=draft.goal if clip else goal, clip_goals=goals, outputs=(wanted,))


def _explicit(output: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, field, reader in _READERS:
        if output.get(name) not in (None, ""):
            said[field] = _read(name, output[name], reader)
    if (size := _read_size(output)) is not None:
        said |= size
    if output.get("format") == "mkv":  # the export operation knows no mkv; the goal does
        said["container"] = "mkv"
    return said


def _merged(before: Goal | None, said: dict[str, Any], output: Mapping[str, Any]) -> Goal | None:
    kept = records.said(before) if before is not None else {}
    if _LEADERS & said.keys():
        kept = {name: value for name, value in kept.items() if name not in _LEADERS and name != "preset"}
    habit = _QUALITIES.get(str(output.get("quality", "")).lower())
    has_wish = bool((kept | said).keys() & (_LEADERS | set(_BOUNDS)))
    if habit and not has_wish:
        kept["quality"] = habit
    merged = kept | said
    try:
        return Goal(**merged) if merged else before
    except UsageError as error:
        raise BadRequest(detail=f"output: {_plain(error.fields.get('detail', error))}") from error


def _read(name: str, value: Any, reader: Callable[[Any], Any]) -> Any:
    try:
        return reader(value)
    except (UnitError, UsageError, TypeError, ValueError) as error:
        raise BadRequest(detail=f"output.{name}: {_plain(error)}") from error


def _plain(error: object) -> str:
    """Without the full stop that the sentence around it has."""
    return str(error).rstrip(".")


def _bitrate(value: Any) -> int:
    return _number(value) if not isinstance(value, str) or value.isdigit() else parse_bitrate(value)


def _size(value: Any) -> int:
    return _number(value) if not isinstance(value, str) or value.isdigit() else parse_size(value)


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError("it has to be a number")
    return int(value)


def _fps(value: Any) -> float:
    return parse_fps(str(value))


def _crf(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError("it has to be a number")
    return float(value)


def _codec(value: Any) -> str:
    if (found := _CODECS.get(str(value).lower())) is None:
        raise ValueError(f"it can be {', '.join(sorted(set(_CODECS.values())))}")
    return found


_READERS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("bitrate", "video_bitrate_bps", _bitrate),
    ("video_bitrate", "video_bitrate_bps", _bitrate),
    ("max_bitrate", "max_bitrate_bps", _bitrate),
    ("audio_bitrate", "audio_bitrate_bps", _bitrate),
    ("size", "target_size_bytes", _size),
    ("crf", "crf", _crf),
    ("fps", "fps", _fps),
    ("codec", "codec", _codec),
)


def _read_size(output: Mapping[str, Any]) -> dict[str, Any] | None:
    """A resolution as a name ("1080p"), a size ("1920x1080"), or width and height beside it."""
    value = output.get("resolution")
    if isinstance(value, Mapping):
        output, value = value, None
    if isinstance(value, str) and (size := re.fullmatch(r"\s*(\d{2,5})\s*[xX×*:]\s*(\d{2,5})\s*", value)):
        return {"resolution": min(int(size[1]), int(size[2]))}
    if value not in (None, ""):
        return {"resolution": _read("resolution", value, lambda one: parse_resolution(str(one)).short_side)}
    sides = [output.get(name) for name in ("width", "height")]
    if all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in sides):
        return {"resolution": min(int(str(side)) for side in sides)}
    return None


def _exported_format(output: Mapping[str, Any]) -> Any:
    named = str(output.get("format") or "").lower().lstrip(".")
    if named and named not in _FORMATS:
        raise BadRequest(detail=f"output.format can be {', '.join(_FORMATS)}")
    return named if named and named != "mkv" else None


def _clip(draft: Draft, value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        found = find_clip(draft, value if isinstance(value, int) else str(value))
    except EditRefused as error:
        raise BadRequest(detail=f"output.clip: {_plain(error)}") from error
    return found.id if found else None


assert {field for _, field, _ in _READERS} <= {one.name for one in fields(Goal)}

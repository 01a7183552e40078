"""What a render shall give, of what its call says and what the draft says: explicit numbers first, then the draft's
wish, then a quality said by habit. Pure; knows no job."""

from __future__ import annotations

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
_CODECS = {"h264": "h264", "h.264": "h264", "avc": "h264", "x264": "h264", "hevc": "hevc",
           "h265": "hevc", "h.265": "hevc", "x265": "hevc", "av1": "av1", "vp9": "vp9"}  # fmt: skip
# What clients call qualities, by habit; what is none of these says nothing.
_QUALITIES = {"high": "high", "medium": "medium", "normal": "medium", "standard": "medium", "low": "low",
              "ultra": "visually_lossless", "best": "visually_lossless", "original": "visually_lossless",
              "visually_lossless": "visually_lossless", "transparent": "visually_lossless"}  # fmt: skip
_SAYS_NOTHING = (None, "", "auto", "source", "original")
_MOST = 2**53  # what every reader of JSON can hold
# No wish at all: what plays everywhere, balanced.
_USUAL = Goal(codec="h264", resolution=1080)
_LEADERS = frozenset({"target_size_bytes", "size_ratio", "video_bitrate_bps", "total_bitrate_bps", "crf"})
_BOUNDS = ("max_bitrate_bps", "quality", "vmaf_min", "preset")


def prepared(draft: Draft, output: Mapping[str, Any]) -> Draft:
    """The draft with what this one render shall give. Raises BadRequest, NothingToRender."""
    if not draft.length:
        raise NothingToRender
    said = _explicit(output)
    clip = _clip(draft, output.get("clip"))
    before = draft.clip_goals.get(clip, draft.goal) if clip else draft.goal
    goal = _merged(before, said, output)
    named = _format(output)
    wanted = Exported(format=named if named in ("gif", "mp3") else None, clip=clip)  # type: ignore[arg-type]  # one of them
    goals = {**draft.clip_goals, clip: goal} if clip else draft.clip_goals
    return replace(draft, goal=draft.goal if clip else goal, clip_goals=goals, outputs=(wanted,))


def _explicit(output: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, field, reader in _READERS:
        if output.get(name) not in _SAYS_NOTHING:
            said[field] = _read(name, output[name], reader)
    if (size := _read_size(output)) is not None:
        said |= size
    container = _format(output)
    if container in ("mov", "webm", "mkv"):
        said["container"] = container
    return said


def _merged(before: Goal | None, said: dict[str, Any], output: Mapping[str, Any]) -> Goal:
    kept = records.said(before) if before is not None else {}
    if _LEADERS & said.keys():
        kept = {name: value for name, value in kept.items() if name not in _LEADERS and name != "preset"}
    habit = _QUALITIES.get(str(output.get("quality", "")).lower())
    has_wish = bool((kept | said).keys() & (_LEADERS | set(_BOUNDS)))
    if habit and not has_wish:
        kept["quality"] = habit
    merged = kept | said
    if before is None:
        merged = _filled(merged)
    try:
        return Goal(**merged)
    except UsageError as error:
        raise BadRequest(detail=f"output: {_plain(error.fields.get('detail', error))}") from error


def _filled(said: dict[str, Any]) -> dict[str, Any]:
    """What nobody said is as usual: H.264, but not in WebM; at most 1080p, but for who says a size."""
    usual: dict[str, Any] = {}
    if said.get("container") != "webm":
        usual["codec"] = _USUAL.codec
    if not {"resolution", "min_resolution", "width_px", "height_px"} & said.keys():
        usual["resolution"] = _USUAL.resolution
    return usual | said


def _read(name: str, value: Any, reader: Callable[[Any], Any]) -> Any:
    if isinstance(value, (bool, list, Mapping)):
        raise BadRequest(detail=f"output.{name}: it has to be a number or a word")
    if isinstance(value, (int, float)) and not abs(value) <= _MOST:
        raise BadRequest(detail=f"output.{name}: there is no such number")
    try:
        return reader(value)
    except (UnitError, UsageError, TypeError, ValueError) as error:
        raise BadRequest(detail=f"output.{name}: {_plain(error)}") from error


def _plain(error: object) -> str:
    """Without the full stop that the sentence around it has."""
    return str(error).rstrip(".")


def _bitrate(value: Any) -> int:
    return parse_bitrate(value) if isinstance(value, str) and not value.isdigit() else int(value)


def _size(value: Any) -> int:
    return parse_size(value) if isinstance(value, str) and not value.isdigit() else int(value)


def _fps(value: Any) -> float:
    return parse_fps(str(value))


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
    ("crf", "crf", float),
    ("fps", "fps", _fps),
    ("codec", "codec", _codec),
)


def _read_size(output: Mapping[str, Any]) -> dict[str, Any] | None:
    """A resolution as a name ("1080p"), a size ("1920x1080"), or width and height beside it or in it."""
    value = output.get("resolution")
    if isinstance(value, Mapping):
        output, value = value, None
    sides = [output.get(name) for name in ("width", "height")]
    if value in _SAYS_NOTHING and all(isinstance(side, int) and not isinstance(side, bool) for side in sides):
        value = f"{sides[0]}x{sides[1]}"
    if value in _SAYS_NOTHING:
        return None
    found = _read("resolution", value, lambda one: parse_resolution(str(one)))
    if found.short_side is not None:
        return {"resolution": found.short_side}
    return {"width_px": found.width, "height_px": found.height}


def _format(output: Mapping[str, Any]) -> str:
    named = str(output.get("format") or "").lower().lstrip(".")
    if named and named not in _FORMATS:
        raise BadRequest(detail=f"output.format can be {', '.join(_FORMATS)}")
    return named


def _clip(draft: Draft, value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        found = find_clip(draft, value if isinstance(value, int) else str(value))
    except EditRefused as error:
        raise BadRequest(detail=f"output.clip: {_plain(error)}") from error
    return found.id if found else None


assert {field for _, field, _ in _READERS} <= {one.name for one in fields(Goal)}

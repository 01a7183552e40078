"""Puts what a render call wants of its file into the draft: its numbers before the wish of the draft, quality after.

Clients write numbers in many ways, so that all which people may write is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from slimreel.core import units
from slimreel.core.choices import ContainerName, QualityName
from slimreel.core.goal import Goal
from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.ops.compress import Compress
from slimreel.edit.ops.export import Exported
from slimreel.edit.ops.preview import Previewed
from slimreel.edit.registry import read_operation
from slimreel.errors import UsageError
from slimreel.errors.service import BadRequest

PREVIEW_LINES = 360
_MOST = 2**53  # what every reader of JSON can hold
# No wish at all: what plays everywhere, balanced.
_USUAL = Goal(codec="h264", resolution=1080)


def wished(draft: Draft, output: Mapping[str, Any], kind: str = "export") -> Draft:
    """The draft with the wishes of a call: format, quality, resolution, fps, codec, crf, bitrate, size, clip.

    Raises BadRequest where a value cannot be read.
    """
    if kind == "preview":
        whole = Previewed(stretch=TimeRange(0, draft.length), short_side=PREVIEW_LINES)
        return replace(draft, outputs=(whole,))
    kept = draft
    draft = _named(draft, output)
    said = _numbers(output)
    if kept.goal is None and not said and output.get("quality") in get_args(QualityName):
        said["quality"] = output["quality"]
    container = str(output.get("format") or "").lower()
    if container in get_args(ContainerName) and (said or container != "mp4"):
        said["container"] = container
    if said:
        try:
            command = read_operation(EditCommand(op="compress", params=said))
            assert isinstance(command, Compress)
            draft, _ = command.apply(draft, Facts())
        except UsageError as error:
            raise BadRequest(detail=f"output: {error}".rstrip(".")) from error
    if draft.goal is None and not draft.outputs:
        return replace(draft, goal=_USUAL)
    if kept.goal is None and draft.goal is not None:
        return replace(draft, goal=_filled(draft.goal))
    return draft


def _named(draft: Draft, output: Mapping[str, Any]) -> Draft:
    """The draft with the file that is named: one clip alone, a GIF, the sound."""
    wanted = str(output.get("format") or "").lower()
    if wanted not in ("", "gif", "mp3", *get_args(ContainerName)):
        raise BadRequest(detail=f"output.format: {wanted[:20]} is not made here")
    clip = output.get("clip")
    if clip is not None and str(clip) not in {one.id for one in draft.clips}:
        raise BadRequest(detail=f"output.clip: there is no clip {str(clip)[:40]}")
    if wanted not in ("gif", "mp3") and clip is None:
        return draft
    named = Exported(format=wanted if wanted in ("gif", "mp3") else None, clip=None if clip is None else str(clip))  # type: ignore[arg-type]  # it is one of the two
    return replace(draft, outputs=(named,))


def _numbers(output: Mapping[str, Any]) -> dict[str, Any]:
    """The explicit numbers, as parameters of `compress`."""
    said: dict[str, Any] = {}
    for name, field, read in (
        ("bitrate", "video_bitrate_bps", _bitrate),
        ("size", "target_size_bytes", _size),
        ("crf", "crf", float),
        ("fps", "fps", lambda value: units.parse_fps(str(value))),
        ("codec", "codec", _codec),
    ):
        if output.get(name) not in (None, "", "auto"):
            said[field] = _read(name, output[name], read)
    if output.get("resolution") not in (None, "", "auto", "source", "original"):
        size = _read("resolution", output["resolution"], lambda value: units.parse_resolution(str(value)))
        exact = {"width_px": size.width, "height_px": size.height}
        said |= {"resolution": size.short_side} if size.short_side is not None else exact
    return said


def _read(name: str, value: Any, read: Any) -> Any:
    if isinstance(value, (bool, dict, list)):
        raise BadRequest(detail=f"output.{name}: it must be a number or a word")
    if isinstance(value, (int, float)) and not abs(value) <= _MOST:
        raise BadRequest(detail=f"output.{name}: there is no such number")
    try:
        return read(value)
    except (units.UnitError, TypeError, ValueError) as error:
        raise BadRequest(detail=f"output.{name}: {error}".rstrip(".")) from error


def _bitrate(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) else units.parse_bitrate(str(value))


def _size(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) else units.parse_size(str(value))


def _codec(value: Any) -> str:
    name = str(value).lower().replace(".", "")
    return {"x264": "h264", "avc": "h264", "h265": "hevc", "x265": "hevc"}.get(name, name)


def _filled(goal: Goal) -> Goal:
    """What a call says alone, with the usual limit of the size where it says none."""
    sized = (goal.resolution, goal.width_px, goal.height_px) != (None, None, None) or goal.keep_resolution
    codec = goal.codec or ("h264" if goal.container in (None, "mp4", "mov", "mkv") else None)
    return replace(goal, codec=codec, resolution=goal.resolution if sized else _USUAL.resolution)

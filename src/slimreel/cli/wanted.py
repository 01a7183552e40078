"""Turns flags and words into one Goal, and refuses what contradicts itself. Knows no source and no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slimreel.agent.reply import thing
from slimreel.core import records
from slimreel.core.contradictions import contradiction
from slimreel.core.goal import Goal
from slimreel.core.presets import find_preset
from slimreel.core.units import (
    UnitError,
    format_bitrate,
    format_size,
    parse_bitrate,
    parse_fps,
    parse_ratio,
    parse_resolution,
    parse_size,
)
from slimreel.errors import Contradiction, UsageError


def _short_side(text: str) -> int:
    found = parse_resolution(text).short_side
    if found is None:
        raise UnitError(f"name the short side alone, such as 720p, not {text}")
    return found


# Flag to its field and the reader of its text; the rest of the flags hold the field's own value.
_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "--bitrate": ("video_bitrate_bps", parse_bitrate),
    "--max-bitrate": ("max_bitrate_bps", parse_bitrate),
    "--size": ("target_size_bytes", parse_size),
    "--percent": ("size_ratio", parse_ratio),
    "--fps": ("fps", parse_fps),
    "--min-resolution": ("min_resolution", _short_side),
    "--audio-bitrate": ("audio_bitrate_bps", parse_bitrate),
    "--quality": ("quality", lambda name: "visually_lossless" if name == "transparent" else name),
    "--for": ("preset", lambda text: find_preset(text).id),
}
_PLAIN: Mapping[str, str] = {
    "--codec": "codec",
    "--encoder": "encoder",
    "--container": "container",
    "--keep-resolution": "keep_resolution",
    "--speed": "encode_speed",
    "--crf": "crf",
    "--vmaf": "vmaf_min",
    "--hdr": "hdr",
    "--reencode": "reencode",
    "--strip-metadata": "strip_metadata",
    "--keep-location": "keep_location",
}


def read_wanted(wish: str | None, flags: Mapping[str, Any]) -> Goal:
    """The goal of words and flags together.

    `flags` are the options as written, such as {"--size": "25MB"}. Raises WishNotUnderstood, UsageError.
    """
    given = _from_flags(flags)
    if wish is None:
        return _checked(given)
    from slimreel.agent.wish import read_wish

    heard = read_wish(wish)
    if heard.unheard:
        raise heard.refusal()
    said = records.said(heard.goal)
    for field, value in given.items():
        if field in said and said[field] != value:
            raise Contradiction(first=_written(field, said[field]), second=_written(field, value))
    return _checked(said | given)


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for flag, value in flags.items():
        if value is None or (value is False and flag != "--reencode"):  # not `in`: a CRF of 0 equals False
            continue
        try:
            if flag in _READERS:
                field, read = _READERS[flag]
                given[field] = read(value)
            elif flag == "--resolution":
                size = parse_resolution(value)
                found = {"resolution": size.short_side, "width_px": size.width, "height_px": size.height}
                given |= {name: number for name, number in found.items() if number is not None}
            elif flag == "--mute":
                given["audio"] = "mute"
            else:
                given[_PLAIN[flag]] = value
        except UnitError as error:
            raise UsageError(detail=f"{flag}: {error}") from error
    return given


def _checked(fields: dict[str, Any]) -> Goal:
    try:
        goal = Goal(**fields)
    except UsageError as error:
        name = thing(str(error.fields["field"]))
        raise UsageError(detail=f"{name}: {error.fields['why']}.") from error
    found = contradiction(goal)
    if found is not None:
        raise found
    return goal


def _written(field: str, value: object) -> str:
    if field.endswith("_bps") and isinstance(value, int):
        return format_bitrate(value)
    if field.endswith("_bytes") and isinstance(value, int):
        return format_size(value, exact=True)
    return f"{100 * value:g} %" if field == "size_ratio" and isinstance(value, float) else str(value)

"""Turns flags and words into one Goal, and refuses what contradicts itself. Knows no source and no engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slimreel.core import records
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
from slimreel.errors import UsageError, WishNotUnderstood

# Flag to its field and the reader of its text; the rest of the flags hold the field's own value.
_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "--bitrate": ("video_bitrate_bps", parse_bitrate),
    "--max-bitrate": ("max_bitrate_bps", parse_bitrate),
    "--size": ("target_size_bytes", parse_size),
    "--percent": ("size_ratio", parse_ratio),
    "--fps": ("fps", parse_fps),
    "--audio-bitrate": ("audio_bitrate_bps", parse_bitrate),
    "--for": ("preset", lambda text: find_preset(text).id),
}
_PLAIN: Mapping[str, str] = {
    "--codec": "codec",
    "--container": "container",
    "--keep-resolution": "keep_resolution",
    "--speed": "encode_speed",
    "--quality": "quality",
    "--crf": "crf",
    "--hdr": "hdr",
    "--reencode": "reencode",
    "--strip-metadata": "strip_metadata",
    "--keep-location": "keep_location",
}
# Fields of which only one can be meant.
_EITHER: tuple[tuple[str, ...], ...] = (
    ("target_size_bytes", "size_ratio", "total_bitrate_bps"),
    ("crf", "video_bitrate_bps"),
    ("crf", "quality"),
    ("resolution", "width_px"),
    ("resolution", "keep_resolution"),
    ("width_px", "keep_resolution"),
    ("audio_bitrate_bps", "mute"),
    ("lossless", "video_bitrate_bps", "max_bitrate_bps"),
    ("lossless", "target_size_bytes", "size_ratio", "total_bitrate_bps"),
    ("only a change of container", "video_bitrate_bps", "max_bitrate_bps", "crf", "quality"),
    ("only a change of container", "target_size_bytes", "size_ratio", "total_bitrate_bps"),
    ("only a change of container", "resolution", "width_px", "fps"),
    ("strip_metadata", "keep_location"),
)
_SPOKEN = {
    "target_size_bytes": "size",
    "size_ratio": "share of the size",
    "total_bitrate_bps": "bitrate of the whole file",
    "video_bitrate_bps": "bitrate",
    "max_bitrate_bps": "highest bitrate",
    "audio_bitrate_bps": "audio bitrate",
    "width_px": "exact picture size",
    "encode_speed": "speed",
    "resolution": "resolution",
}
_UNCOUNTED = {
    "keep_resolution": "keeping the resolution",
    "keep_location": "keeping the location",
    "strip_metadata": "stripping the metadata",
    "crf": "CRF",
}


def read_wanted(wish: str | None, flags: Mapping[str, Any]) -> tuple[Goal, str]:
    """The goal of words and flags together, and the language of the words.

    `flags` are the options as written, such as {"--size": "25MB"}. Raises WishNotUnderstood, UsageError.
    """
    given = _from_flags(flags)
    if wish is None:
        return _checked(given), "en"
    from slimreel.agent.wish import read_wish

    heard = read_wish(wish)
    if heard.unheard:
        raise WishNotUnderstood(unheard=", ".join(heard.unheard), language=heard.language)
    said = records.said(heard.goal)
    for field, value in given.items():
        if field in said and said[field] != value:
            name = _SPOKEN.get(field, field)
            words, flag = _written(field, said[field]), _written(field, value)
            raise UsageError(
                detail=f"The wish and the options name two different values for the {name}: {words} and {flag}."
            )
    return _checked(said | given), heard.language


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for flag, value in flags.items():
        if value in (None, False) and (flag, value) != ("--reencode", False):
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
    meant = {name for name, value in fields.items() if value not in (None, False)}
    meant |= {"mute"} if fields.get("audio") == "mute" else set()
    meant |= {"lossless"} if fields.get("quality") == "lossless" else set()
    meant |= {"only a change of container"} if fields.get("reencode") is False else set()
    for first, *others in _EITHER:
        both = [name for name in others if name in meant]
        if first in meant and both:
            pair = f"{_name(first)} and {_name(both[0])}"
            raise UsageError(detail=f"{pair[0].upper()}{pair[1:]} cannot both hold; give only one of them.")
    try:
        return Goal(**fields)
    except UsageError as error:
        field = str(error.fields["field"])
        raise UsageError(field=field, detail=f"{_name(field)}: {error.fields['why']}.") from error


def _name(field: str) -> str:
    article = "an" if _SPOKEN.get(field, "")[:1] in ("a", "e") else "a"
    return f"{article} {_SPOKEN[field]}" if field in _SPOKEN else _UNCOUNTED.get(field, field.replace("_", " "))


def _written(field: str, value: object) -> str:
    if field.endswith("_bps") and isinstance(value, int):
        return format_bitrate(value)
    if field.endswith("_bytes") and isinstance(value, int):
        return format_size(value, exact=True)
    return f"{100 * value:g} %" if field == "size_ratio" and isinstance(value, float) else str(value)

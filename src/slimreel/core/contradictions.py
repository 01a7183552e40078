"""Finds in a goal two things of which only one can hold. Knows no source: what one cannot give is found later."""

from __future__ import annotations

from slimreel.core import records
from slimreel.core.goal import Goal
from slimreel.errors import Contradiction

# Of each row the first goes with none of the others. `mute`, `lossless`, `hardware` and `repackage` are values.
_EITHER: tuple[tuple[str, ...], ...] = (
    ("target_size_bytes", "size_ratio", "total_bitrate_bps"),
    ("size_ratio", "total_bitrate_bps"),
    ("crf", "video_bitrate_bps"),
    ("crf", "quality", "vmaf_min"),
    ("resolution", "width_px", "height_px"),
    ("resolution", "keep_resolution"),
    ("width_px", "keep_resolution"),
    ("audio_bitrate_bps", "mute"),
    ("lossless", "video_bitrate_bps", "max_bitrate_bps", "vmaf_min"),
    ("lossless", "target_size_bytes", "size_ratio", "total_bitrate_bps"),
    ("repackage", "video_bitrate_bps", "max_bitrate_bps", "crf", "quality", "vmaf_min"),
    ("repackage", "target_size_bytes", "size_ratio", "total_bitrate_bps"),
    ("repackage", "resolution", "width_px", "fps"),
    ("strip_metadata", "keep_location"),
    ("lossless", "hardware"),
    ("repackage", "hardware"),
)


def contradiction(goal: Goal, filled: Goal | None = None) -> Contradiction | None:
    """The first two things in `goal` that cannot both hold, as an error to raise, or None.

    What a preset `filled` in does not count: it stands beside what the person said as a bound.
    """
    given = records.said(goal)
    preset = records.said(filled) if filled else {}
    meant = {name for name, value in given.items() if preset.get(name) != value}
    meant |= {"mute"} if goal.audio == "mute" else set()
    meant |= {"lossless"} if goal.quality == "lossless" else set()
    meant |= {"hardware"} if goal.encoder not in (None, "software") else set()
    meant |= {"repackage"} if goal.reencode is False else set()
    if "min_resolution" in meant and (above := _below(goal, meant)):
        return Contradiction(first="min_resolution", second=above)
    for first, *others in _EITHER:
        both = [name for name in others if name in meant]
        if first in meant and both:
            return Contradiction(first=first, second=both[0])
    return None


def _below(goal: Goal, meant: set[str]) -> str | None:
    """What asks for a picture that is smaller than the least that was asked for."""
    least = goal.min_resolution or 0
    if "resolution" in meant and goal.resolution and goal.resolution < least:
        return "resolution"
    return next(
        (name for name in ("width_px", "height_px") if name in meant and (getattr(goal, name) or least) < least), None
    )

"""Tells of a draft whether its pictures are only cut, and from where: then most of them can be copied.

Facts of draft and streams alone; whether packets allow it is decided by whoever has them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from slimreel.core.containers import Container
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo, VideoStream
from slimreel.core.smartcut import CannotCopy, Stretch
from slimreel.core.timing import SOURCE
from slimreel.edit.draft import Draft, MediaSegment, TrackKind
from slimreel.graph.material import Material, Materials

_CODEC = "h264"
_PIXELS = frozenset({"yuv420p", "yuvj420p"})
# Demuxers that find the very keyframe that is sought (see engine/seeking.py), and give both times of each packet or
# the one that is shown.
_DEMUXERS = frozenset({"mov", "matroska"})


@dataclass(frozen=True, slots=True)
class OnlyCut:
    """A draft that only cuts: the one file that it shows, and which stretches of it, in order. `own_sound`: its sound
    is that of the file, cut like the pictures and otherwise left alone."""

    material: Material
    info: MediaInfo
    video: VideoStream
    stretches: tuple[Stretch, ...]
    own_sound: bool


def only_cut(draft: Draft, materials: Materials, container: Container) -> OnlyCut:
    """What a draft shows, if it changes no picture. Raises CannotCopy with what stands against copying."""
    goal = draft.goal or Goal()
    if goal.reencode:
        raise CannotCopy("asked")
    usual = Goal()
    free = replace(goal, container=None, strip_metadata=False, keep_location=False, reencode=None)
    if replace(free, encode_speed=usual.encode_speed) != usual:
        raise CannotCopy("goal")
    laid_over = [one for track in draft.tracks[1:] if track.kind != TrackKind.AUDIO for one in track.segments]
    if laid_over or any(effect.slot != "sound" for effect in draft.effects) or any(map(_is_changed, draft.clips)):
        raise CannotCopy("effects")
    if draft.canvas.chosen:
        raise CannotCopy("canvas")
    if any(not _is_at_speed(draft, clip) for clip in draft.clips):
        raise CannotCopy("speed")
    if len({clip.asset for clip in draft.clips}) != 1:
        raise CannotCopy("several")
    material = materials[draft.clips[0].asset]
    info, video = material.info, material.video
    if info is None or video is None or _CODEC not in container.video:
        raise CannotCopy("codec")
    _check(info, video)
    sounds = [one for track in draft.tracks if track.kind == TrackKind.AUDIO for one in track.segments]
    changed = any(clip.effects for clip in draft.clips) or bool(draft.effects)
    stretches = tuple(Stretch(SOURCE.seconds(clip.source.start), clip.place) for clip in draft.clips)
    return OnlyCut(material, info, video, stretches, own_sound=not sounds and not changed)


def _is_changed(clip: MediaSegment) -> bool:
    return bool(clip.enter) or any(effect.slot != "sound" for effect in clip.effects)


def _is_at_speed(draft: Draft, clip: MediaSegment) -> bool:
    """Ticks of rates that are no standard ones are rounded."""
    as_long = abs(clip.source.duration - SOURCE.ticks(draft.timebase.seconds(clip.place.duration))) <= 1
    return as_long and not clip.backwards and not clip.is_still and not clip.repeats


def _check(info: MediaInfo, video: VideoStream) -> None:
    against = (
        ("codec", video.codec != _CODEC),
        ("container", info.demuxer not in _DEMUXERS),
        ("damage", bool(info.damage)),
        ("vfr", video.is_vfr),
        ("interlaced", video.interlaced),
        ("pixels", video.pix_fmt not in _PIXELS or bool(video.hdr) or video.changes_size),
        ("hidden", video.frames != video.packets),
    )
    for why, holds in against:
        if holds:
            raise CannotCopy(why)

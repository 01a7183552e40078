"""Knows by its packets a source in which mostly nothing moves, as a screen recording, and what suits it. Pure."""

from __future__ import annotations

from slimreel.core.media import VideoStream

# Share of a source's frames that take next to no bytes, from which the clip counts as standing. Recordings of
# screens and slides had 0.69 and 0.77, cartoons at 60 frames a second up to 0.47, of which a third were stills.
_MOST = 0.5
# Codecs that write such a frame for a still alone; AV1 and VP9 also where they show what was decoded before.
_TELLING = frozenset({"h264", "hevc"})
# Seconds between keyframes. Of a screen recording with one each 10 s, keyframes took 41 % of the bytes and the 77 %
# of pictures in which nothing moves 5 %; what stands between two is decoded in no time when a player seeks.
_KEYFRAME_S, _STANDING_KEYFRAME_S = 10, 30


def stands(video: VideoStream) -> bool:
    """Does nothing move in most of the pictures?"""
    return video.codec in _TELLING and video.still_packets >= _MOST * max(video.packets, 1)


def keyframe_s(video: VideoStream) -> int:
    """The longest time between keyframes. 10 s is HandBrake's choice too."""
    return _STANDING_KEYFRAME_S if stands(video) else _KEYFRAME_S

"""Pictures in which nothing moves, as most of a screen recording: when to store each but once, and how. Pure."""

from __future__ import annotations

import math
from fractions import Fraction

from slimreel.core.codecs import Encoder
from slimreel.core.filters import Chain, Filter
from slimreel.core.media import VideoStream

# Share of a source's frames that take next to no bytes, from which it is worth storing stills once. Recordings of
# screens and slides had 0.69 and 0.77, cartoons at 60 frames a second up to 0.47, of which a third were stills.
_WORTH = 0.5
# Codecs that write such a frame for a still alone; AV1 and VP9 also where they show what was decoded before.
_TELLING = frozenset({"h264", "hevc"})
# A frame as good as equal: in no block of 8x8 does it differ from the last one stored by more than one step of 255 on
# the mean. Equal to the bit would find half of them: an encoder goes on refining a still for some frames.
_ALIKE = 64
# A still is stored again after so long, so that players and editors never wait for more.
LONGEST_S = 1
# Idle stretches need fewer keyframes than 10 s apart: two thirds of a screen recording's bytes were keyframes.
KEYFRAME_S = 30
# Where the filter that counts writes, in the working folder.
SEEN = "seen.txt"


def may_drop(video: VideoStream, encoder: Encoder) -> bool:
    """Whether so much of the source stands still that stills are stored once. Only x264 knows how long a frame stands
    when it shares out a rate, which is why it alone is asked to."""
    share = video.still_packets / max(video.packets, 1)
    plain = not (video.interlaced or video.has_alpha or video.changes_size)
    return plain and encoder.small_first_pass and video.codec in _TELLING and share >= _WORTH


def filters(rate: Fraction) -> Chain:
    """Counts every frame that comes, then lets only those pass that differ from the one before."""
    count = Filter("metadata", {"mode": "add", "key": "seen", "value": 1})
    write = Filter("metadata", {"mode": "print", "key": "seen", "file": SEEN})
    drop = Filter("mpdecimate", {"hi": _ALIKE, "lo": _ALIKE, "frac": 0, "max": _most_dropped(rate)})
    return Chain((count, write, drop))


def least_frames(frames: int, rate: Fraction) -> int:
    """How many of so many frames are stored at the least."""
    return max(1, frames // (_most_dropped(rate) + 1))


def encoder_options() -> list[str]:
    """Keyframes by the clock, and no B-frames: they are decoded ahead by frames, here seconds, and in MP4 a picture's
    length is that of its decoding, so that a file would end late by as much."""
    return ["-force_key_frames", f"expr:gte(t,(n_forced+1)*{KEYFRAME_S})", "-bf", "0"]


def _most_dropped(rate: Fraction) -> int:
    return max(1, math.floor(rate * LONGEST_S))

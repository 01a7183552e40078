"""How many bits the picture may take, judged by those it has: never more, but for a conversion to a hungrier codec.

It knows codecs and sizes of pictures; what a person asked for is weighed elsewhere.
"""

from __future__ import annotations

from slimreel.core.codecs import EFFICIENCY, STATS_SCALE_EXPONENT, Encoder
from slimreel.core.media import VideoStream
from slimreel.core.picture import Picture

# A frame in which nothing happens takes so much in H.264: 12, 17 and 67 bytes at 200x200, 640x360 and 1920x1080.
# AV1 and VP9 say the same in a few bytes, which counts in clips of some kilobits a second.
_IDLE_FRAME_BYTES, _IDLE_PIXELS_PER_BYTE = 12, 37_000


def source_bps(video: VideoStream) -> int:
    """The rate that the picture has; encoders take no rate below 1000."""
    return max(1000, round(video.bitrate_bps))


def like_for_like_bps(video: VideoStream, encoder: Encoder, picture: Picture) -> int:
    """The rate at which `encoder` can show what `video` holds. Never below what the source has: from an older codec
    to a newer one that is generous, and a ceiling need not be used up."""
    own = source_bps(video)
    ratio = EFFICIENCY[encoder.codec] / EFFICIENCY.get(video.codec, EFFICIENCY[encoder.codec])
    if ratio <= 1:
        return own
    pixels = picture.width * picture.height
    smaller: float = min(1.0, pixels / (video.width * video.height)) ** STATS_SCALE_EXPONENT
    idle = (_IDLE_FRAME_BYTES + pixels / _IDLE_PIXELS_PER_BYTE) * 8 * float(video.average_rate)
    return max(own, round(own * ratio * smaller + idle))

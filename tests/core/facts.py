"""Facts about made-up files, for tests of decisions: an ordinary clip, changed by what a test is about."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from slimreel.core.media import AudioStream, MediaInfo, SubtitleStream, VideoStream


def video(bps: float = 4_000_000, seconds: float = 60.0, rate: int | Fraction = 30, **changed: Any) -> VideoStream:
    """1080p at 30 frames a second in H.264 unless changed."""
    fields: dict[str, Any] = {
        "index": 0,
        "codec": "h264",
        "bytes": round(bps * seconds / 8),
        "packets": round(seconds * rate),
        "frames": round(seconds * rate),
        "start_s": 0.0,
        "duration_s": seconds,
        "is_default": True,
        "width": 1920,
        "height": 1080,
        "pix_fmt": "yuv420p",
        "frame_rate": Fraction(rate),
        "average_rate": Fraction(rate),
        "timebase": Fraction(1, 90_000),
    }
    return VideoStream(**(fields | changed))


def audio(bps: float = 128_000, seconds: float = 60.0, **changed: Any) -> AudioStream:
    """Stereo AAC at 48 kHz unless changed."""
    fields: dict[str, Any] = {
        "index": 1,
        "codec": "aac",
        "bytes": round(bps * seconds / 8),
        "packets": round(seconds * 48_000 / 1024),
        "start_s": 0.0,
        "duration_s": seconds,
        "is_default": True,
        "sample_rate_hz": 48_000,
        "channels": 2,
    }
    return AudioStream(**(fields | changed))


def subtitle(codec: str, index: int = 2, **changed: Any) -> SubtitleStream:
    """Ten cues of text."""
    fields: dict[str, Any] = {
        "index": index,
        "codec": codec,
        "bytes": 300,
        "packets": 10,
        "start_s": 0.0,
        "duration_s": 60.0,
    }
    return SubtitleStream(**(fields | changed))


def media(*streams: VideoStream | AudioStream | SubtitleStream, **changed: Any) -> MediaInfo:
    """An MP4 with its index first, as long and as large as its streams."""
    found = streams or (video(), audio())
    fields: dict[str, Any] = {
        "path": "clip.mp4",
        "size_bytes": sum(stream.bytes for stream in found) + 20_000,
        "demuxer": "mov",
        "duration_s": max(stream.duration_s for stream in found),
        "video": tuple(stream for stream in found if isinstance(stream, VideoStream)),
        "audio": tuple(stream for stream in found if isinstance(stream, AudioStream)),
        "subtitles": tuple(stream for stream in found if isinstance(stream, SubtitleStream)),
        "faststart": True,
    }
    return MediaInfo(**(fields | changed))

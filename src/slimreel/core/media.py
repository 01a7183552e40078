"""What probing knows of a file: its streams, their measured bytes and times, colour and tags.

These are facts about packets that were counted, not header claims; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from slimreel.core.records import PRIVATE

TEXT_SUBTITLES = frozenset({"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "eia_608"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What every stream has. Times in seconds on the file's clock; `bytes` and `packets` were counted."""

    index: int
    codec: str
    bytes: int
    packets: int
    start_s: float
    duration_s: float
    language: str | None = None
    title: str | None = None
    is_default: bool = False
    is_forced: bool = False

    @property
    def bitrate_bps(self) -> float:
        """Average over the stream's own presentation time; 0 where it has no length."""
        return self.bytes * 8 / self.duration_s if self.duration_s > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStream(Stream):
    """A picture stream. `width` and `height` are as coded, before rotation and sample aspect ratio."""

    width: int
    height: int
    sar: Fraction = Fraction(1)
    rotation: int = 0  # degrees clockwise a player turns the picture: 0, 90, 180, 270
    flipped: bool = False  # a player mirrors the picture left to right before it turns it
    pix_fmt: str
    bit_depth: int = 8
    chroma: str = "420"  # 420, 422, 444, 440, 411, 410, gray or rgb
    profile: str | None = None
    frames: int  # pictures shown: without those an edit list cuts, and a pair of fields is one
    frame_rate: Fraction  # 1 / the usual interval between frames, snapped to a standard rate within 0.2 %
    average_rate: Fraction  # frames over duration
    is_vfr: bool = False  # more than 1 % of the intervals differ from the usual one by more than rounding
    timebase: Fraction
    still_packets: int = 0  # so small that nothing can move in them
    interlaced: bool = False
    top_field_first: bool = True
    color_primaries: str | None = None
    color_transfer: str | None = None
    color_matrix: str | None = None
    color_range: str | None = None  # tv, pc or None
    hdr: str | None = None  # pq, hlg or None
    dolby_vision_profile: int | None = None
    mastering_display: str | None = None  # as x265 takes it: G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)
    content_light: tuple[int, int] | None = None  # MaxCLL, MaxFALL in cd/m²
    has_alpha: bool = False
    changes_size: bool = False  # the coded size changes on the way
    timecode: str | None = None
    keyframes_s: tuple[float, ...] = ()  # at most 10 000, evenly thinned; the first may lie before start_s

    @property
    def upright(self) -> tuple[int, int]:
        """Coded width and height after rotation."""
        return (self.height, self.width) if self.rotation in (90, 270) else (self.width, self.height)

    @property
    def upright_sar(self) -> Fraction:
        return 1 / self.sar if self.rotation in (90, 270) else self.sar

    @property
    def display_aspect(self) -> Fraction:
        """Display aspect ratio of the upright picture."""
        width, height = self.upright
        return Fraction(width, height) * self.upright_sar


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioStream(Stream):
    """A sound stream."""

    profile: str | None = None
    sample_rate_hz: int
    channels: int
    layout: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleStream(Stream):
    """A subtitle stream."""

    @property
    def is_text(self) -> bool:
        return self.codec in TEXT_SUBTITLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A named stretch of the file, seconds."""

    start_s: float
    end_s: float
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """A whole file. `tags` holds the allow-listed ones (title, creation_time, comment, …)."""

    path: str
    size_bytes: int
    demuxer: str
    duration_s: float
    start_s: float = 0.0
    video: tuple[VideoStream, ...] = ()
    audio: tuple[AudioStream, ...] = ()
    subtitles: tuple[SubtitleStream, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    cover_indexes: tuple[int, ...] = ()
    other_streams: tuple[str, ...] = ()  # codec or tag names of data and attachment streams
    tags: dict[str, str] = field(default_factory=dict)
    has_location: bool = False
    has_device: bool = False  # tags that name a maker, a model or a serial number
    location: str | None = field(
        default=None, repr=False, metadata=PRIVATE
    )  # ISO 6709; never shown, kept only when asked for
    faststart: bool = False
    fragmented: bool = False
    damage: tuple[str, ...] = ()  # sentences about what is missing; empty for a whole file


def main_video(info: MediaInfo) -> VideoStream:
    """The picture a person means: of the default ones, else of all, the largest. Covers are none of them."""
    return max(info.video, key=lambda video: (video.is_default, video.width * video.height, -video.index))

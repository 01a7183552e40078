"""The containers slimreel writes: what each can hold, its default sound, and the flags its muxer wants.

Everything that is true of a container rather than of an encoder stands here; nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slimreel.core.choices import Codec, ContainerName
from slimreel.errors import ImpossiblePair


@dataclass(frozen=True, slots=True)
class Container:
    """One container. `frame_bytes` and `packet_bytes` are its cost per video frame and audio packet.

    Measured for MP4: 12.7 B a frame with B-frames (stts, ctts, stsz, stss) and 4.6 B an AAC packet.
    """

    name: ContainerName
    muxer: str
    suffixes: tuple[str, ...]
    default_codec: Codec
    video: frozenset[str]
    audio: frozenset[str]
    default_audio: str
    text_subtitles: str  # codec that text is converted to, or "copy"
    bitmap_subtitles: bool
    video_tags: Mapping[str, str]
    muxer_options: tuple[str, ...]
    frame_bytes: float
    packet_bytes: float
    fixed_bytes: int
    holds_timecode: bool = False
    holds_alpha: bool = False  # of VP8 and VP9, which is a second picture beside the first
    languages: Mapping[str, str] = field(default_factory=dict)  # ISO 639-2 codes that its muxer knows by others


_ISO_AUDIO = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
# QuickTime numbers its languages; FFmpeg's table of them has these words for what others call by the first.
_QUICKTIME_LANGUAGES = dict(
    pair.split(":")
    for pair in (
        "deu:ger nld:dut zho:chi ell:gre isl:ice swe:sve fre:fra sqi:alb mkd:mac hye:arm kat:geo rum:ron cze:ces "
        "slo:slk"
    ).split()
)
_ISO_TAGS: Mapping[str, str] = {"hevc": "hvc1"}

CONTAINERS: Mapping[ContainerName, Container] = {
    "mp4": Container(
        name="mp4",
        muxer="mp4",
        suffixes=(".mp4", ".m4v"),
        default_codec="h264",
        video=frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"}),
        audio=_ISO_AUDIO,
        default_audio="aac",
        text_subtitles="mov_text",
        bitmap_subtitles=False,
        video_tags=_ISO_TAGS,
        muxer_options=("-movflags", "+faststart"),
        frame_bytes=12.7,
        packet_bytes=4.6,
        fixed_bytes=2000,
        holds_timecode=True,
    ),
    "mov": Container(
        name="mov",
        muxer="mov",
        suffixes=(".mov", ".qt"),
        default_codec="h264",
        video=frozenset({"h264", "hevc", "mpeg4", "prores", "mjpeg"}),
        audio=frozenset({"aac", "mp3", "ac3", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"}),
        default_audio="aac",
        text_subtitles="mov_text",
        bitmap_subtitles=False,
        video_tags=_ISO_TAGS,
        muxer_options=("-movflags", "+faststart"),
        frame_bytes=12.7,
        packet_bytes=4.6,
        fixed_bytes=2000,
        holds_timecode=True,
        languages=_QUICKTIME_LANGUAGES,
    ),
    "mkv": Container(
        name="mkv",
        muxer="matroska",
        suffixes=(".mkv",),
        default_codec="h264",
        video=frozenset({"h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "mpeg2video", "prores", "mjpeg"}),
        audio=_ISO_AUDIO | {"vorbis", "pcm_s16le", "pcm_s24le", "dts", "mp2"},
        default_audio="aac",
        text_subtitles="copy",
        bitmap_subtitles=True,
        video_tags={},
        muxer_options=("-cues_to_front", "1"),
        frame_bytes=8.5,
        packet_bytes=8.0,
        fixed_bytes=2500,
        holds_alpha=True,
    ),
    "webm": Container(
        name="webm",
        muxer="webm",
        suffixes=(".webm",),
        default_codec="vp9",
        video=frozenset({"vp9", "av1", "vp8"}),
        audio=frozenset({"opus", "vorbis"}),
        default_audio="opus",
        text_subtitles="webvtt",
        bitmap_subtitles=False,
        video_tags={},
        muxer_options=("-cues_to_front", "1"),
        frame_bytes=8.5,
        packet_bytes=8.0,
        fixed_bytes=2500,
        holds_alpha=True,
    ),
}

# What people call the files that FFmpeg's demuxers read, where that is another word than the demuxer's in capitals.
# One demuxer reads MP4 and QuickTime, which are told apart by no more than a brand, and one Matroska and WebM.
DEMUXER_NAMES: Mapping[str, str] = {
    "mov": "MP4/QuickTime",
    "matroska": "Matroska/WebM",
    "mpegts": "MPEG-TS",
    "mpeg": "MPEG-PS",
    "mpegvideo": "MPEG video",
    "m4v": "MPEG-4 video",
    "asf": "ASF/WMV",
    "ogg": "Ogg",
    "rm": "RealMedia",
    "apng": "animated PNG",
    "yuv4mpegpipe": "YUV4MPEG",
    "h264": "H.264 video",
    "hevc": "HEVC video",
    "obu": "AV1 video",
}

MEDIA_SUFFIXES = frozenset(
    ".mp4 .m4v .mov .qt .mkv .webm .avi .gif .mts .m2ts .ts .mxf .flv .wmv .asf .mpg .mpeg .vob .3gp .3g2 "
    ".ogv .ogg .ivf .y4m .dv .f4v .rm .rmvb .webp .insv .lrv".split()
)


def container_of_suffix(suffix: str) -> ContainerName | None:
    """The container that a file name's ending means, or None."""
    for name, row in CONTAINERS.items():
        if suffix.lower() in row.suffixes:
            return name
    return None


def demuxer_name(demuxer: str) -> str:
    """What people call a file that this demuxer reads: "MP4/QuickTime" of mov, "AVI" of avi."""
    return DEMUXER_NAMES.get(demuxer, demuxer.upper())


def check_pair(container: ContainerName, codec: Codec) -> None:
    """Raise ImpossiblePair unless slimreel writes `codec` into `container`."""
    allowed = CONTAINERS[container].video
    if codec not in allowed:
        names = ", ".join(sorted(allowed & {"h264", "hevc", "av1", "vp9"}))
        raise ImpossiblePair(container=container, codec=codec, allowed=names)

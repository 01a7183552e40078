"""A timeline described as if it were a file, so that a plan can be made for it before there is a graph.

Its rate is that of the files it is cut from: an edit cannot hold more than they do.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from slimreel.core.choices import Codec
from slimreel.core.codecs import ENCODERS
from slimreel.core.goal import Goal
from slimreel.core.languages import in_files
from slimreel.core.media import AudioStream, MediaInfo, SubtitleStream, VideoStream
from slimreel.edit.draft import Draft, MediaSegment, SubtitleSegment
from slimreel.graph.high_range import TRANSFERS
from slimreel.graph.lower import has_sound
from slimreel.graph.material import Colors, Materials
from slimreel.graph.model import SAMPLE_RATE_HZ
from slimreel.graph.picture import matrix_of

# Bits for each pixel of each picture of a still: more than any codec needs for what does not move.
_STILL_BITS_PER_PIXEL = 0.1
_DEFAULT_SOUND_BPS = 128_000
# Sound that was mixed is no codec yet, so no container can take it as it is.
_MIXED = "pcm_f32le"
_SUBTITLES_BYTES = 60_000
_PRIMARIES = {"smpte170m": "smpte170m", "bt470bg": "bt470bg"}


def stand_in(draft: Draft, materials: Materials, size: tuple[int, int], colors: Colors) -> MediaInfo:
    """The timeline at `size` as facts of a file."""
    video = _video(draft, materials, size, colors)
    audio = (_audio(draft, materials),) if has_sound(draft, materials) else ()
    first = next((found.info for clip in draft.clips if (found := materials[clip.asset]).info), None)
    assert first is not None
    return MediaInfo(
        path=first.path,
        size_bytes=video.bytes + sum(track.bytes for track in audio),
        demuxer="timeline",
        duration_s=float(draft.length_s),
        video=(video,),
        audio=audio,
        subtitles=_subtitles(draft),
        tags=first.tags,
        has_location=first.has_location,
        has_device=first.has_device,
        location=first.location,
    )


def colors_of(draft: Draft, materials: Materials, pix_fmt: str = "yuv420p", hdr: str | None = None) -> Colors:
    """The colours of the first clip that has any, in the range of television; HDR only where `hdr` names it."""
    if hdr is not None:
        told = materials[draft.clips[0].asset].video
        assert told is not None
        return Colors(
            pix_fmt=pix_fmt,
            primaries="bt2020",
            transfer=TRANSFERS[hdr],
            matrix="bt2020nc",
            mastering_display=told.mastering_display,
            content_light=told.content_light,
        )
    first = next((video for clip in draft.clips if (video := materials[clip.asset].video) is not None), None)
    matrix = matrix_of(first) if first is not None and first.hdr is None else "bt709"
    if matrix == "bt2020nc":
        return Colors(pix_fmt=pix_fmt, primaries="bt2020", transfer="bt2020-10", matrix=matrix)
    primaries = _PRIMARIES.get(matrix, "bt709")
    return Colors(
        pix_fmt=pix_fmt, primaries=primaries, transfer="smpte170m" if matrix != "bt709" else "bt709", matrix=matrix
    )


def usual_goal(draft: Draft, materials: Materials, container_codecs: frozenset[str]) -> Goal:
    """What is wanted of the file: what the draft says, else high quality; in the first clip's codec where it fits."""
    goal = draft.goal or Goal(quality="high")
    if goal.codec is None:
        codec = next((video.codec for clip in draft.clips if (video := materials[clip.asset].video) is not None), None)
        known: list[Codec] = [name for name in ENCODERS if name == codec and name in container_codecs]
        goal = replace(goal, codec=known[0]) if known else goal
    return goal if goal.reencode else replace(goal, reencode=True)


def _video(draft: Draft, materials: Materials, size: tuple[int, int], colors: Colors) -> VideoStream:
    rate = draft.canvas.rate
    seen = [video for clip in draft.clips if (video := materials[clip.asset].video) is not None]
    moving = [materials[clip.asset].video for clip in draft.clips if materials[clip.asset].asset.kind == "video"]
    hdr = next((name for name, transfer in TRANSFERS.items() if transfer == colors.transfer), None)
    deep = bool(moving) and all(
        video is not None and video.bit_depth > 8 and (not video.hdr or hdr is not None) for video in moving
    )
    total = sum(_rate_bps(clip, materials, draft, size) * clip.place.duration for clip in draft.clips) / 8 / float(rate)
    return VideoStream(
        index=0,
        codec=moving[0].codec if moving and moving[0] else "h264",
        bytes=max(1, round(total)),
        packets=draft.length,
        start_s=0.0,
        duration_s=float(draft.length_s),
        language=seen[0].language if seen else None,
        width=size[0],
        height=size[1],
        pix_fmt="yuv420p10le" if deep else "yuv420p",
        bit_depth=10 if deep else 8,
        frames=draft.length,
        frame_rate=rate,
        average_rate=rate,
        timebase=Fraction(1, 1) / rate,
        color_primaries=colors.primaries,
        color_transfer=colors.transfer,
        color_matrix=colors.matrix,
        color_range="tv",
        hdr=hdr,
        mastering_display=colors.mastering_display,
        content_light=colors.content_light,
    )


def _rate_bps(clip: MediaSegment, materials: Materials, draft: Draft, size: tuple[int, int]) -> float:
    found = materials[clip.asset]
    if found.asset.kind == "video" and found.video is not None:
        return found.video.bitrate_bps
    return size[0] * size[1] * float(draft.canvas.rate) * _STILL_BITS_PER_PIXEL


def _audio(draft: Draft, materials: Materials) -> AudioStream:
    rates = [
        track.bitrate_bps
        for segment in draft.segments()
        if isinstance(segment, MediaSegment) and (track := materials[segment.asset].audio) is not None
    ]
    duration_s = float(draft.length_s)
    return AudioStream(
        index=1,
        codec=_MIXED,
        bytes=round(max(rates, default=_DEFAULT_SOUND_BPS) * duration_s / 8),
        packets=max(1, round(duration_s * SAMPLE_RATE_HZ / 1024)),
        start_s=0.0,
        duration_s=duration_s,
        is_default=True,
        sample_rate_hz=SAMPLE_RATE_HZ,
        channels=2,
        layout="stereo",
    )


def _subtitles(draft: Draft) -> tuple[SubtitleStream, ...]:
    soft: dict[str, SubtitleSegment] = {}
    for segment in draft.elements():
        if isinstance(segment, SubtitleSegment) and segment.mode == "soft":
            soft.setdefault(segment.asset, segment)
    return tuple(
        SubtitleStream(
            index=2 + number,
            codec="subrip",
            bytes=_SUBTITLES_BYTES,
            packets=1,
            start_s=0.0,
            duration_s=float(draft.length_s),
            language=in_files(segment.language),
            title=segment.title,
            is_default=number == 0,
        )
        for number, segment in enumerate(soft.values())
    )

"""The made-up assets of tests/edit with the streams that such files would have."""

from __future__ import annotations

from fractions import Fraction

from slimreel.core.cues import Cue
from slimreel.core.media import AudioStream, MediaInfo, VideoStream
from slimreel.edit.facts import Asset
from slimreel.graph.material import Material
from tests.edit.facts import ASSETS

CUES = (Cue(1000, 2500, "One"), Cue(4000, 6000, "Two {b}\nlines"))


def material(asset: Asset, *, codec: str = "h264", interlaced: bool = False) -> Material:
    """An asset as material."""
    if asset.kind in ("subtitles", "lut"):
        return Material(asset=asset, cues=CUES if asset.kind == "subtitles" else ())
    seconds = asset.duration / 240_000
    rate = asset.rate or Fraction(25)
    frames = round(seconds * rate)
    video = VideoStream(
        index=0, codec=codec, bytes=round(seconds * 500_000), packets=frames, start_s=0,
        duration_s=seconds, width=asset.width, height=asset.height, pix_fmt="yuv420p", frames=frames, frame_rate=rate,
        average_rate=rate, timebase=1 / rate, interlaced=interlaced, is_default=True,
    )  # fmt: skip
    audio = AudioStream(
        index=1, codec="aac", bytes=round(seconds * 16_000), packets=100, start_s=0, duration_s=seconds,
        sample_rate_hz=44_100, channels=2, is_default=True,
    )  # fmt: skip
    info = MediaInfo(
        path=f"/{asset.id}", size_bytes=1000, demuxer="png_pipe" if asset.kind == "image" else "mov",
        duration_s=seconds, video=() if asset.kind == "audio" else (video,), audio=(audio,) if asset.has_audio else (),
    )  # fmt: skip
    return Material(asset=asset, info=info)


MATERIALS = {asset.id: material(asset) for asset in ASSETS}

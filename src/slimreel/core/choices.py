"""The words that a person may choose from. Apart from goal.py so that a command line can list them at once."""

from __future__ import annotations

from typing import Literal

Codec = Literal["h264", "hevc", "av1", "vp9"]
ContainerName = Literal["mp4", "mov", "mkv", "webm"]
Quality = Literal["low", "medium", "high", "visually_lossless", "lossless"]
QualityName = Literal["low", "medium", "high", "visually_lossless", "transparent", "lossless"]
Speed = Literal["fast", "balanced", "best"]
Hdr = Literal["auto", "keep", "tonemap"]
HardwareApi = Literal["nvenc", "qsv", "vaapi", "videotoolbox", "amf"]
EncoderKind = Literal["software", "hardware", "nvenc", "qsv", "vaapi", "videotoolbox", "amf"]

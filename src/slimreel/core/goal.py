"""What a person wants of the output: a rate, a size, a share or a quality, with its limits.

A Goal says nothing of how it is reached, and nothing of a source.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from slimreel.core.choices import Codec, ContainerName, Hdr, Quality, Speed


class Goal(BaseModel):
    """The output wanted. The fields are the parameters of the `compress` operation, under the same names.

    Rates are bits per second, sizes bytes (always upper bounds). At most one of `target_size_bytes`,
    `size_ratio`, `video_bitrate_bps`, `total_bitrate_bps` and `crf` leads; `max_bitrate_bps` and
    `quality` go with any of them. A rate together with `quality="visually_lossless"` is a ceiling.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target_size_bytes: int | None = Field(None, gt=0, description="the whole file, never above")
    size_ratio: float | None = Field(None, gt=0, le=1, description="of the source's bytes: 0.5 means to half")
    video_bitrate_bps: int | None = Field(None, gt=0, description="average of the video stream")
    total_bitrate_bps: int | None = Field(None, gt=0, description="average of the whole file")
    max_bitrate_bps: int | None = Field(None, gt=0, description="ceiling of the video stream's average")
    crf: float | None = Field(None, ge=0, le=63, description="the encoder's own constant rate factor")
    quality: Quality | None = None

    preset: str | None = None
    resolution: int | None = Field(None, ge=16, le=8640, description="maximum of the short side, pixels")
    width_px: int | None = Field(None, ge=16, le=16384)
    height_px: int | None = Field(None, ge=16, le=16384)
    keep_resolution: bool = False
    fps: float | None = Field(None, gt=0, le=1000, description="maximum frame rate")
    codec: Codec | None = None
    container: ContainerName | None = None
    audio_bitrate_bps: int | None = Field(None, gt=0, description="of each audio track")
    audio: Literal["keep", "mute"] = "keep"
    encode_speed: Speed = "balanced"
    hdr: Hdr = "auto"
    reencode: bool | None = Field(None, description="False: only change the container; True: never copy")
    strip_metadata: bool = False
    keep_location: bool = False

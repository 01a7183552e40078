"""What a person wants of the output: a rate, a size, a share or a quality, with its limits.

A Goal says nothing of how it is reached, and nothing of a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.core.choices import Codec, ContainerName, EncoderKind, Hdr, Quality, Speed
from slimreel.errors import UsageError

Count = Annotated[int, Meta(ge=1)]
Side = Annotated[int, Meta(ge=16, le=16384)]
ShortSide = Annotated[int, Meta(ge=16, le=8640)]
Share = Annotated[float, Meta(gt=0, le=1)]
Vmaf = Annotated[float, Meta(ge=1, le=100)]
Crf = Annotated[float, Meta(ge=0, le=63)]
FrameRate = Annotated[float, Meta(gt=0, le=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The output wanted. The fields are the parameters of the `compress` operation, under the same names.

    Rates are bits per second, sizes bytes (always upper bounds). At most one of `target_size_bytes`,
    `size_ratio`, `video_bitrate_bps`, `total_bitrate_bps` and `crf` leads; `max_bitrate_bps`, `quality` and
    `vmaf_min` go with any of them. A rate or a size together with `vmaf_min` or `quality="visually_lossless"` is a
    ceiling: what is wanted is the smallest file of that quality.
    Raises UsageError (fields: field) for a value outside its range.
    """

    target_size_bytes: Count | None = None  # the whole file, never above
    size_ratio: Share | None = None  # of the source's bytes: 0.5 means to half
    video_bitrate_bps: Count | None = None  # average of the video stream
    total_bitrate_bps: Count | None = None  # average of the whole file
    max_bitrate_bps: Count | None = None  # ceiling of the video stream's average
    crf: Crf | None = None  # the encoder's own constant rate factor
    quality: Quality | None = None
    vmaf_min: Vmaf | None = None  # the least mean VMAF v1 (3d0h) at the source's size

    preset: str | None = None
    resolution: ShortSide | None = None  # maximum of the short side, pixels
    min_resolution: ShortSide | None = None  # the short side is not made smaller than this, pixels
    width_px: Side | None = None
    height_px: Side | None = None
    keep_resolution: bool = False
    fps: FrameRate | None = None  # maximum frame rate
    codec: Codec | None = None
    encoder: EncoderKind | None = None  # software unless asked; "hardware" is whichever works here
    container: ContainerName | None = None
    audio_bitrate_bps: Count | None = None  # of each audio track
    audio: Literal["keep", "mute"] = "keep"
    encode_speed: Speed = "balanced"
    hdr: Hdr = "auto"
    reencode: bool | None = None  # False: only change the container; True: never copy
    strip_metadata: bool = False
    keep_location: bool = False

    def __post_init__(self) -> None:
        try:
            records.check(self)
        except records.BadRecord as error:
            name = error.field.replace("_", " ")
            raise UsageError(field=error.field, why=error.detail, detail=f"{name}: {error.detail}.") from error

    @property
    def stops_at_quality(self) -> bool:
        """Is a number of bits beside it only a ceiling, since more than the quality is not wanted?"""
        return self.vmaf_min is not None or self.quality == "visually_lossless"

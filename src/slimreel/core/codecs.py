"""The encoders slimreel drives in software, and the rate-control dialects they speak. With hardware.py beside it the
only place that knows an encoder's name.

A row says what an encoder is called, what its quality steps are, and which dialect turns a rate into options.
Nothing here knows a source or a goal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from slimreel.core.choices import Codec, HardwareApi, Quality, Speed
from slimreel.core.packets import AvcHeader

# ×0.7 in the exponent: x264's own scaling of stats between resolutions (ratecontrol.c, res_factor_bits).
STATS_SCALE_EXPONENT = 0.7


class Pass(Enum):
    """Which run over the pictures is meant."""

    ANALYSE = 1
    ENCODE = 2


@dataclass(frozen=True, slots=True)
class Chip:
    """What an encoder in hardware needs beside an Encoder's facts. `{crf}`, `{worth}` (100 less the CRF) and `{rate}`,
    `{peak}`, `{buffer}` in its options are filled in.

    `nodes` are patterns of the device files that it talks to; `device` opens the first of them, `{node}`, and
    `uploads` tells that pictures are put there by a filter. `tried` tells that slimreel has been run on one.
    """

    api: HardwareApi
    quality: tuple[str, ...]
    rate: tuple[str, ...]
    nodes: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    uploads: bool = False
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Encoder:
    """One encoder. `crf` is on the encoder's own scale; `bit_share` is the rate at which it looks like H.264 at 1.

    `passes` is how many runs a rate takes; one in software that takes two leaves statistics in the first.
    `standing` has the speeds that differ for what mostly stands still (core/stills).
    """

    codec: Codec
    name: str
    dialect: str
    speeds: Mapping[Speed, tuple[str, ...]]
    crf: Mapping[Quality, float]
    crf_step: float
    crf_max: float
    pix_fmt_8bit: str
    pix_fmt_10bit: str
    bit_share: float
    small_first_pass: bool
    usual_vmaf: float  # at crf["medium"]; where a search begins
    badness_slope: float  # of log(101 − VMAF) with a step of CRF, until two probes tell
    runs_on: bool = False  # codes one scene after another without a keyframe where it is told to
    run_on_badness: float = 0.0  # what the same pictures have more of it in such a run than within the whole clip
    fast_from_px: int = 0  # short side below which its first pass at fast speed crashes
    holds_depth: bool = False  # 10 bits, and so HDR, in a form that players know
    holds_alpha: bool = False
    passes: int = 2
    chip: Chip | None = None
    standing: Mapping[Speed, tuple[str, ...]] = field(default_factory=dict)


ENCODERS: Mapping[Codec, Encoder] = {
    "h264": Encoder(
        codec="h264",
        name="libx264",
        dialect="x264",
        speeds={
            "fast": ("-preset", "veryfast"),
            # Splitting inter blocks and a second reference cost a third of the time; trellis on every decision
            # gives the quality back for a tenth (docs/decisions/0010).
            "balanced": ("-preset", "medium", "-refs", "1", "-partitions", "i4x4,i8x8", "-trellis", "2"),
            "best": ("-preset", "slower"),
        },
        crf={"low": 28, "medium": 23, "high": 20, "visually_lossless": 17, "lossless": 0},
        crf_step=0.1,
        crf_max=51,
        pix_fmt_8bit="yuv420p",
        pix_fmt_10bit="yuv420p10le",
        bit_share=1.0,
        small_first_pass=True,
        usual_vmaf=95.0,
        badness_slope=0.13,
        runs_on=True,
        run_on_badness=0.06,  # the mean of 11 clips, from 0.02 to 0.15
        # What is scrolled is found again in older pictures: one reference lost 1.8 VMAF (docs/decisions/0021).
        standing={"balanced": ("-preset", "medium")},
    ),
    "hevc": Encoder(
        codec="hevc",
        name="libx265",
        dialect="x265",
        speeds={
            "fast": ("-preset", "veryfast"),
            "balanced": ("-preset", "medium"),
            "best": ("-preset", "slow"),
        },
        crf={"low": 31, "medium": 26, "high": 22, "visually_lossless": 18, "lossless": 0},
        crf_step=0.1,
        crf_max=51,
        pix_fmt_8bit="yuv420p",
        pix_fmt_10bit="yuv420p10le",
        bit_share=0.65,
        small_first_pass=False,
        usual_vmaf=94.0,
        badness_slope=0.13,
        runs_on=True,
        holds_depth=True,
    ),
    "av1": Encoder(
        codec="av1",
        name="libsvtav1",
        dialect="svt",
        speeds={
            "fast": ("-preset", "10"),
            "balanced": ("-preset", "7"),
            "best": ("-preset", "4"),
        },
        crf={"low": 42, "medium": 34, "high": 28, "visually_lossless": 20, "lossless": 1},
        crf_step=0.25,  # its quantiser's index has four steps for each of the scale
        crf_max=63,
        pix_fmt_8bit="yuv420p",
        pix_fmt_10bit="yuv420p10le",
        bit_share=0.5,
        small_first_pass=False,
        usual_vmaf=94.0,
        badness_slope=0.075,
        fast_from_px=128,
        holds_depth=True,
    ),
    "vp9": Encoder(
        codec="vp9",
        name="libvpx-vp9",
        dialect="vpx",
        speeds={
            "fast": ("-deadline", "good", "-cpu-used", "5", "-row-mt", "1"),
            "balanced": ("-deadline", "good", "-cpu-used", "3", "-row-mt", "1"),
            "best": ("-deadline", "good", "-cpu-used", "1", "-row-mt", "1"),
        },
        crf={"low": 42, "medium": 34, "high": 28, "visually_lossless": 20, "lossless": 4},
        crf_step=1.0,
        crf_max=63,
        pix_fmt_8bit="yuv420p",
        pix_fmt_10bit="yuv420p10le",
        bit_share=0.7,
        small_first_pass=False,
        usual_vmaf=94.0,
        badness_slope=0.075,
        runs_on=True,
        holds_alpha=True,
    ),
}

AUDIO_ENCODERS: Mapping[str, str] = {"aac": "aac", "opus": "libopus"}
# Of files that hold sound alone, beside those.
SOUND_FILE_ENCODERS: Mapping[str, str] = {
    **AUDIO_ENCODERS, "mp3": "libmp3lame", "flac": "flac", "pcm": "pcm_s16le",
}  # fmt: skip

# Of single pictures, by the kind of file: how they are encoded, at a quality that shows no loss.
PICTURE_ENCODERS: Mapping[str, tuple[str, ...]] = {
    "jpg": ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"),
    "png": ("-c:v", "png", "-pix_fmt", "rgb24"),
    "webp": ("-c:v", "libwebp", "-quality", "90"),
}

# FFmpeg's native VP8 and VP9 decoders drop the alpha plane; libvpx's keep it.
ALPHA_DECODERS: Mapping[str, str] = {"vp8": "libvpx", "vp9": "libvpx-vp9"}

# Bits per pixel codecs need for like quality, H.264 = 1 (compression.md's sources: HEVC −39…−44 %, AV1 −49…−55 %).
EFFICIENCY: Mapping[str, float] = {
    "av1": 0.5,
    "hevc": 0.6,
    "vp9": 0.65,
    "h264": 1.0,
    "vp8": 1.3,
    "mpeg4": 1.6,
    "mpeg2video": 2.2,
    "mjpeg": 6.0,
    "prores": 8.0,
}


def speed_options(encoder: Encoder, speed: Speed, *, stands: bool = False) -> list[str]:
    """Options for a point on the speed/size frontier; `stands` tells that the source mostly stands still."""
    options = encoder.speeds[speed]
    return list(encoder.standing.get(speed, options) if stands else options)


def quick_options(encoder: Encoder, speed: Speed) -> list[str]:
    """Options like those of `speed`, so that its statistics fit, but with the searches kept short."""
    return [*speed_options(encoder, speed), "-refs", "1", "-subq", "2", "-me_method", "dia", "-trellis", "0"]


# The profiles whose pictures are of 8 bits and 4:2:0 and have one picture a frame, by their numbers in H.264 §A.2.
_PROFILES: Mapping[int, str] = {66: "baseline", 77: "main", 100: "high"}


# Beside veryfast 0.6 of the time and 0 to 1 dB more, for 1.4 to 1.8 times the bytes of some thirty pictures.
_EDGE_PRESET = "superfast"


def edge_options(header: AvcHeader, header_id: int, most_bps: int, delay: int) -> list[str] | None:
    """Options for H.264 that stands between copied pictures, as good as those and with a header of its own number;
    None where the profile is not one that is encoded.

    `delay`: how many pictures may be decoded before one that is shown earlier. Players and muxers that work out times
    on their own go by what headers say of it, so both have to say the same.
    """
    encoder, profile = ENCODERS["h264"], header.profile
    b_frames, pyramid = ((0, "none"), (2, "none"), (3, "normal"))[min(delay, 2) if profile != 66 else 0]
    if profile not in _PROFILES:
        return None
    return [
        *("-c:v", encoder.name, "-preset", _EDGE_PRESET, "-crf", f"{encoder.crf['visually_lossless']}"),
        *("-profile:v", _PROFILES[profile], "-level:v", f"{header.level / 10:.1f}", "-g", "250"),
        *("-maxrate", str(most_bps), "-bufsize", str(2 * most_bps)),  # two seconds of it
        *("-bf", str(b_frames), "-x264-params", f"sps-id={header_id}:b-pyramid={pyramid}:stitchable=1"),
    ]


_NO_MORE_KEYFRAMES = 99_999  # pictures; x265 takes no more digits


def quality_options(encoder: Encoder, crf: float, keyint: int) -> list[str]:
    """Options for constant quality at `crf` on the encoder's own scale."""
    options = ["-c:v", encoder.name, "-g", str(keyint)]
    if encoder.chip is not None:
        stepped = round(crf / encoder.crf_step) * encoder.crf_step
        return [
            *options,
            *(part.format(crf=f"{stepped:g}", worth=f"{100 - stepped:g}") for part in encoder.chip.quality),
        ]
    if encoder.dialect == "vpx":
        return [*options, "-b:v", "0", "-crf", f"{crf:.0f}"]
    if encoder.dialect == "x265":
        return [*options, "-crf", f"{crf:.2f}", "-x265-params", "log-level=error"]
    if encoder.dialect == "svt":  # FFmpeg's own option takes whole numbers only
        return [*options, "-svtav1-params", f"crf={round(crf / encoder.crf_step) * encoder.crf_step:.2f}"]
    return [*options, "-crf", f"{crf:.2f}"]


def run_on_options(encoder: Encoder, crf: float) -> list[str]:
    """Options for constant quality of scenes that stand one after another, without a keyframe but the first: pictures
    beside a keyframe score up to 4 VMAF more than they do within a clip. For encoders that run on."""
    options = quality_options(encoder, crf, _NO_MORE_KEYFRAMES)
    if encoder.dialect == "x265":
        return [*options[:-1], f"{options[-1]}:scenecut=0"]
    return [*options, "-sc_threshold", "0"] if encoder.dialect == "x264" else options


def rate_options(encoder: Encoder, stage: Pass, rate_bps: int, keyint: int, tolerance: float, stats: str) -> list[str]:
    """Options of one pass of an encode to `rate_bps`.

    `stats` is a bare file name in the working folder (encoders split their options at colons).
    `tolerance` is x264's ratetol, seconds of rate that overflow control may be off by; the others have no such knob.
    """
    number = stage.value
    options = ["-c:v", encoder.name, "-g", str(keyint), "-b:v", str(rate_bps)]
    if encoder.chip is not None:
        numbers = {"rate": rate_bps, "peak": 2 * rate_bps, "buffer": 4 * rate_bps}
        return [*options, *(part.format_map(numbers) for part in encoder.chip.rate)]
    if encoder.dialect == "x264":
        log = ["-pass", str(number), "-passlogfile", stats]
        return [*options, *log, "-x264-params", f"ratetol={tolerance:.3f}"]
    if encoder.dialect == "x265":
        params = f"log-level=error:pass={number}:stats={stats}.x265"
        return [*options, "-x265-params", params]
    return [*options, "-pass", str(number), "-passlogfile", stats]

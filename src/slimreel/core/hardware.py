"""The encoders in graphics cards and processors, one row for each interface to them, and which encoder a wish names.

Options are those that FFmpeg's own help lists, kept to those that old cards have too; no row has been tried on
hardware by us yet. What a machine really has is for others to find out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slimreel.core.choices import Codec, EncoderKind, HardwareApi, Quality, Speed
from slimreel.core.codecs import ENCODERS, Chip, Encoder


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of quality, finest at its low end, with the steps that people name."""

    end: float
    steps: Mapping[Quality, float]


def _scale(end: float, low: float, medium: float, high: float, visually_lossless: float) -> Scale:
    named: Mapping[Quality, float] = {"low": low, "medium": medium, "high": high}
    return Scale(end, {**named, "visually_lossless": visually_lossless, "lossless": 1})


# Unmeasured: where software has the same scale its steps, elsewhere in proportion.
_TO_51 = _scale(51, 31, 26, 22, 18)
_TO_63 = _scale(63, 42, 34, 28, 20)
_TO_255 = _scale(255, 160, 120, 90, 60)
_WORTH = _scale(99, 60, 45, 35, 25)  # of 100, less this

# The rate at which they look like H.264 in software at 1. A guess: a third more than software of the same codec.
_BIT_SHARE: Mapping[Codec, float] = {"h264": 1.3, "hevc": 0.85, "av1": 0.65, "vp9": 0.9}
_HOLD_DEPTH: frozenset[Codec] = frozenset({"hevc", "av1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One way to encoders in hardware: its codecs with their scales of quality, and the options it takes."""

    api: HardwareApi
    title: str
    codecs: Mapping[Codec, Scale]
    speeds: Mapping[Speed, tuple[str, ...]]
    quality: tuple[str, ...]
    rate: tuple[str, ...]
    quality_of: Mapping[Codec, tuple[str, ...]] | None = None  # where a codec's differs
    nodes: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    uploads: bool = False
    pix_fmt_8bit: str = "nv12"
    crf_step: float = 1.0

    def encoder(self, codec: Codec) -> Encoder:
        """Its encoder for `codec`, under FFmpeg's name."""
        scale, quality = self.codecs[codec], (self.quality_of or {}).get(codec, self.quality)
        return Encoder(
            codec=codec,
            name=f"{codec}_{self.api}",
            dialect=self.api,
            speeds=self.speeds,
            crf=scale.steps,
            crf_step=self.crf_step,
            crf_max=scale.end,
            pix_fmt_8bit=self.pix_fmt_8bit,
            pix_fmt_10bit="p010le",
            bit_share=_BIT_SHARE[codec],
            small_first_pass=False,
            usual_vmaf=_USUAL_VMAF,
            badness_slope=_FULL_SCALE_BADNESS / scale.end,
            holds_depth=codec in _HOLD_DEPTH,
            passes=1,
            chip=Chip(self.api, quality, self.rate, self.nodes, self.device, self.uploads),
        )


# Like x264's over the length of each scale; the probes of a search tell better.
_USUAL_VMAF, _FULL_SCALE_BADNESS = 92.0, 6.6
_BY_QP = ("-rc_mode", "CQP", "-qp", "{crf}")

# Most likely to be there and to be good first: "hardware" takes the first that works.
INTERFACES: tuple[Interface, ...] = (
    Interface(
        api="nvenc",
        title="NVIDIA NVENC",
        codecs={"h264": _TO_51, "hevc": _TO_51, "av1": _TO_63},
        speeds={
            "fast": ("-preset", "p2", "-tune", "hq"),
            "balanced": ("-preset", "p5", "-tune", "hq", "-spatial-aq", "1", "-rc-lookahead", "20"),
            "best": ("-preset", "p7", "-tune", "hq", "-spatial-aq", "1", "-rc-lookahead", "32"),
        },
        # 1: the card looks at a quarter of each picture first.
        quality=("-rc", "vbr", "-multipass", "1", "-cq", "{crf}", "-b:v", "0"),
        rate=("-rc", "vbr", "-multipass", "1", "-maxrate", "{peak}", "-bufsize", "{buffer}"),
        nodes=("/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/dri"),
        pix_fmt_8bit="yuv420p",
        crf_step=0.25,
    ),
    Interface(
        api="qsv",
        title="Intel Quick Sync",
        codecs={"h264": _TO_51, "hevc": _TO_51, "av1": _TO_51, "vp9": _TO_51},
        speeds={
            "fast": ("-preset", "veryfast"),
            "balanced": ("-preset", "medium"),
            "best": ("-preset", "veryslow"),
        },
        quality=("-global_quality", "{crf}"),
        rate=("-maxrate", "{peak}", "-bufsize", "{buffer}"),
        nodes=("/dev/dri",),
    ),
    Interface(
        api="vaapi",
        title="VA-API (Intel and AMD on Linux)",
        codecs={"h264": _TO_51, "hevc": _TO_51, "av1": _TO_255, "vp9": _TO_255},
        # Drivers know fewer levels and take the nearest.
        speeds={
            "fast": ("-compression_level", "7"),
            "balanced": ("-compression_level", "4"),
            "best": ("-compression_level", "1"),
        },
        quality=("-rc_mode", "CQP", "-global_quality", "{crf}"),
        quality_of={"h264": _BY_QP, "hevc": _BY_QP},
        rate=("-rc_mode", "VBR", "-maxrate", "{peak}", "-bufsize", "{buffer}"),
        nodes=("/dev/dri",),
        device=("-vaapi_device", "{node}"),
        uploads=True,
    ),
    Interface(
        api="videotoolbox",
        title="Apple VideoToolbox",
        codecs={"h264": _WORTH, "hevc": _WORTH},
        speeds={
            "fast": ("-prio_speed", "1"),
            "balanced": ("-prio_speed", "0"),
            "best": ("-prio_speed", "0"),
        },
        quality=("-q:v", "{worth}"),
        rate=("-maxrate", "{peak}"),
    ),
    Interface(
        api="amf",
        title="AMD AMF",
        codecs={"h264": _TO_51, "hevc": _TO_51, "av1": _TO_255},
        speeds={
            "fast": ("-quality", "speed"),
            "balanced": ("-quality", "balanced"),
            "best": ("-quality", "quality"),
        },
        quality=("-rc", "cqp", "-qp_i", "{crf}", "-qp_p", "{crf}"),
        rate=("-rc", "vbr_peak", "-maxrate", "{peak}", "-bufsize", "{buffer}"),
        nodes=("/dev/dri", "/dev/kfd"),
    ),
)


def encoders_of(codec: Codec) -> tuple[Encoder, ...]:
    """Every encoder for `codec`: the one in software, then those in hardware."""
    return (ENCODERS[codec], *hardware_of(codec))


def hardware_of(codec: Codec, kind: EncoderKind = "hardware") -> tuple[Encoder, ...]:
    """The encoders in hardware for `codec` that `kind` names, the most likely first."""
    return tuple(row.encoder(codec) for row in INTERFACES if codec in row.codecs and kind in (row.api, "hardware"))


def encoder_for(codec: Codec, kind: EncoderKind) -> Encoder | None:
    """The encoder that a wish means, of "hardware" the first; None where there is none of that kind for `codec`."""
    return ENCODERS[codec] if kind == "software" else next(iter(hardware_of(codec, kind)), None)

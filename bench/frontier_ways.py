"""The ways to encode at a constant quality that are compared for each codec: presets of plain FFmpeg, of HandBrake, and
the speeds of slimreel, both as whole commands and as bare options.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bench.machine import ffmpeg, handbrake
from slimreel.core.choices import Codec, Speed
from slimreel.core.codecs import ENCODERS, quality_options, speed_options

# The preset that a codec's other ways are compared with: FFmpeg's own default, or what guides name.
REFERENCE: Mapping[Codec, str] = {"h264": "medium", "hevc": "medium", "av1": "preset 8", "vp9": "cpu-used 2"}
_PRESETS: Mapping[Codec, Mapping[str, tuple[str, ...]]] = {
    "h264": {name: ("-preset", name) for name in ("superfast", "veryfast", "fast", "medium", "slow", "slower")},
    "hevc": {name: ("-preset", name) for name in ("ultrafast", "veryfast", "faster", "fast", "medium", "slow")},
    "av1": {f"preset {number}": ("-preset", str(number)) for number in (12, 10, 9, 8, 7, 6, 5, 4)},
    "vp9": {
        f"cpu-used {number}": ("-deadline", "good", "-cpu-used", str(number), "-row-mt", "1")
        for number in (5, 4, 3, 2, 1)
    },
}
# Three qualities each, that lie at VMAF 75 to 97 on most clips.
CRFS: Mapping[Codec, tuple[int, ...]] = {
    "h264": (21, 26, 31),
    "hevc": (22, 27, 32),
    "av1": (28, 38, 48),
    "vp9": (28, 38, 48),
}
_HANDBRAKE: Mapping[Codec, tuple[str, tuple[str, ...]]] = {
    "h264": ("x264", ("medium", "slow")),
    "hevc": ("x265", ("medium", "slow")),
    "av1": ("svt_av1", ("8", "6")),
    "vp9": ("VP9", ("medium",)),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way: `key` is unique for a codec, `kind` is whose it is, and `argv` makes its command."""

    key: str
    kind: str
    codec: Codec
    options: tuple[str, ...]

    def argv(self, source: Path, crf: int, out: Path) -> list[str]:
        """The command that encodes `source` at `crf`."""
        if self.kind == "slimreel":
            command = [
                sys.executable,
                "-m",
                "slimreel",
                "compress",
                str(source),
                "--codec",
                self.codec,
                "--crf",
                str(crf),
            ]
            return [*command, *self.options, "--reencode", "--keep-resolution", "--mute", "--json", "-o", str(out)]
        if self.kind == "HandBrake":
            program = handbrake()
            assert program is not None
            size = ["--crop-mode", "none", "--non-anamorphic", "--modulus", "2", "--vfr", "--audio", "none"]
            return [program, "-i", str(source), "-o", str(out), *self.options, "-q", str(crf), *size]
        start = [ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(source), "-an"]
        keyint = 250  # x264's own; other encoders differ in theirs, which is not what is asked here
        return [
            *start,
            *quality_options(ENCODERS[self.codec], crf, keyint),
            *self.options,
            "-pix_fmt",
            "yuv420p",
            str(out),
        ]


def ways_of(codec: Codec) -> list[Way]:
    """Every way for a codec that can run here, the reference among them."""
    found = [Way(name, "FFmpeg", codec, options) for name, options in _PRESETS[codec].items()]
    for speed in get_args(Speed):
        found.append(Way(f"slimreel {speed}", "slimreel", codec, ("--speed", speed)))
        bare = tuple(speed_options(ENCODERS[codec], speed))
        if bare not in _PRESETS[codec].values():
            found.append(Way(f"options of {speed}", "options", codec, bare))
    if handbrake() is not None:
        encoder, presets = _HANDBRAKE[codec]
        suffix = "av_mkv"
        found += [
            Way(f"HandBrake {preset}", "HandBrake", codec, _handbrake_options(encoder, preset, suffix))
            for preset in presets
        ]
    return found


def _handbrake_options(encoder: str, preset: str, container: str) -> tuple[str, ...]:
    return ("--format", container, "--encoder", encoder, "--encoder-preset", preset)


def select(ways: Sequence[Way], wanted: str) -> list[Way]:
    """Those whose key holds one of the words between commas; all for no words."""
    words = [word for word in wanted.split(",") if word]
    return [way for way in ways if not words or any(word in way.key for word in words)]

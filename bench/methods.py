"""The ways to a bitrate that are compared: the command lines of slimreel and of its peers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.clips import Clip
from bench.machine import ffmpeg, handbrake
from bench.streams import Weight

Commands = list[list[str]]
BASE = "two_pass"


@dataclass(frozen=True, slots=True)
class Method:
    """One way. `commands(clip, source, kbps, out)` are run one after the other, in an empty folder."""

    key: str
    title: str
    commands: Callable[[Clip, Weight, int, Path], Commands]


def slimreel_command(clip: Clip, out: Path, *options: str) -> list[str]:
    """The whole command as a person gives it, with the result as JSON."""
    return [sys.executable, "-m", "slimreel", "compress", str(clip.path), *options, "-o", str(out), "--json"]


def _slimreel(clip: Clip, _: Weight, kbps: int, out: Path) -> Commands:
    return [slimreel_command(clip, out, "--bitrate", f"{kbps}k")]


def _two_pass(clip: Clip, source: Weight, kbps: int, out: Path) -> Commands:
    first = [*_x264(clip, source, kbps), "-pass", "1", "-an", "-f", "null", "-"]
    return [first, [*_x264(clip, source, kbps), "-pass", "2", *_sound_and_file(out)]]


def _one_pass(clip: Clip, source: Weight, kbps: int, out: Path) -> Commands:
    return [[*_x264(clip, source, kbps), *_sound_and_file(out)]]


def _x264(clip: Clip, source: Weight, kbps: int) -> list[str]:
    """What every tutorial says. 8-bit 4:2:0 stays as it is; anything else becomes that, as in slimreel."""
    pixels = [] if source.pix_fmt in {"yuv420p", "yuvj420p"} else ["-pix_fmt", "yuv420p"]
    return [
        *(ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(clip.path)),
        *("-map", f"0:{source.index}", "-c:v", "libx264", "-preset", "medium", "-b:v", f"{kbps}k", *pixels),
    ]


def _sound_and_file(out: Path) -> list[str]:
    return ["-map", "0:a?", "-c:a", "copy", "-movflags", "+faststart", str(out)]


def _handbrake(clip: Clip, source: Weight, kbps: int, out: Path) -> Commands:
    program = handbrake()
    assert program is not None
    return [
        [
            *(program, "-i", str(clip.path), "-o", str(out), "--format", "av_mp4", "--optimize"),
            *("--encoder", "x264", "--encoder-preset", "medium", "--vb", str(kbps)),
            *(_multi_pass_option(program), "--turbo", "--vfr"),
            *("--crop-mode", "none", "--non-anamorphic", "--modulus", "2"),
            *("--width", str(source.width), "--height", str(source.height)),
            *("--no-comb-detect", "--no-deinterlace", "--no-decomb", "--all-audio", "--aencoder", "copy"),
        ]
    ]


def _multi_pass_option(program: str) -> str:
    """HandBrake 1.7 gave the option another name."""
    text = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60, check=False).stdout
    return "--multi-pass" if re.search(r"--multi-pass\b", text) else "--two-pass"


METHODS: Mapping[str, Method] = {
    method.key: method
    for method in (
        Method("slimreel", "slimreel", _slimreel),
        Method(BASE, "two-pass FFmpeg", _two_pass),
        Method("one_pass", "one-pass FFmpeg", _one_pass),
        Method("handbrake", "HandBrake turbo", _handbrake),
    )
}


def available(wanted: Sequence[str]) -> tuple[list[Method], list[str]]:
    """The methods that can run here, and a sentence for each that cannot."""
    if handbrake() is None and "handbrake" in wanted:
        note = "HandBrakeCLI is not installed, so it was left out (Debian: handbrake-cli)."
        return [METHODS[key] for key in wanted if key != "handbrake"], [note]
    return [METHODS[key] for key in wanted], []

"""The verb `compress`: reads its options into tasks and a goal, and hands them to the batch."""

from __future__ import annotations

import sys
from typing import Any

import typer

from slimreel.cli import options


def compress(
    arguments: options.Arguments,
    wish: options.Wish = None,
    bitrate: options.Bitrate = None,
    size: options.Size = None,
    percent: options.Percent = None,
    max_bitrate: options.MaxBitrate = None,
    preset: options.Preset = None,
    codec: options.Codec = None,
    encoder: options.EncoderKind = None,
    container: options.Container = None,
    resolution: options.Resolution = None,
    keep_resolution: options.KeepResolution = False,
    fps: options.Fps = None,
    audio_bitrate: options.AudioBitrate = None,
    mute: options.Mute = False,
    speed: options.SpeedOption = None,
    quality: options.Quality = None,
    crf: options.Crf = None,
    hdr: options.Hdr = None,
    reencode: options.Reencode = None,
    strip_metadata: options.StripMetadata = False,
    keep_location: options.KeepLocation = False,
    out: options.Out = None,
    out_dir: options.OutDir = None,
    overwrite: options.Overwrite = False,
    salvage: options.Salvage = False,
    as_json: options.Json = False,
    progress: options.Progress = None,
) -> None:
    """Compress videos to a bitrate, a size or a quality, and check each result.

    \b
    Examples:
        slimreel compress clip.mov "8 Mbps"
        slimreel compress clip.mov "under 25 MB, 720p" -o small.mp4
        slimreel compress holiday/ --percent 50 --out-dir small
    """
    flags = {
        "--bitrate": bitrate, "--size": size, "--percent": percent, "--max-bitrate": max_bitrate, "--for": preset,
        "--codec": codec, "--container": container, "--resolution": resolution, "--keep-resolution": keep_resolution,
        "--fps": fps, "--audio-bitrate": audio_bitrate, "--mute": mute, "--speed": speed, "--quality": quality,
        "--crf": crf, "--hdr": hdr, "--reencode": reencode, "--strip-metadata": strip_metadata,
        "--keep-location": keep_location, "--encoder": encoder,
    }  # fmt: skip
    from slimreel.cli.batch import Manner, run

    shown = progress or ("bar" if sys.stderr.isatty() else "none")
    manner = Manner(as_json or progress == "json", shown, overwrite, salvage)
    places: dict[str, Any] = {"out": out, "folder": out_dir}
    raise typer.Exit(run(arguments, wish, flags, manner, **places))

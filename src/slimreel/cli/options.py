"""The options of `compress`: name and help of each, nothing of what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from slimreel.core import choices

Arguments = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT... [WISH]", help='Files or folders, then what you want in plain words: "8 Mbps", "under 25 MB".'
    ),
]
Wish = Annotated[str | None, typer.Option("--wish", help="The wish in words, when it could be taken for a file.")]
Bitrate = Annotated[str | None, typer.Option("--bitrate", help="Average rate of the picture: 8M, 800k, 2.5Mbps.")]
MaxBitrate = Annotated[str | None, typer.Option("--max-bitrate", help="Highest average rate of the picture.")]
Size = Annotated[str | None, typer.Option("--size", help="Upper bound of the file: 25MB, 24MiB, 123456B.")]
Percent = Annotated[str | None, typer.Option("--percent", help="Size as a share of the source: 50 means to 50 %.")]
Quality = Annotated[
    choices.QualityName | None,
    typer.Option("--quality", help="The smallest file of this quality; transparent is visually_lossless."),
]
Vmaf = Annotated[float | None, typer.Option("--vmaf", help="The smallest file with this VMAF v1, 1 to 100: 95.")]
Crf = Annotated[float | None, typer.Option("--crf", help="The encoder's own constant rate factor.")]
Codec = Annotated[choices.Codec | None, typer.Option("--codec", help="Codec of the picture; h264 unless asked.")]
EncoderKind = Annotated[
    choices.EncoderKind | None,
    typer.Option("--encoder", help="software unless asked; hardware is what works here, or one by its name."),
]
Container = Annotated[choices.ContainerName | None, typer.Option("--container", help="Container, whatever -o ends in.")]
Resolution = Annotated[
    str | None, typer.Option("--resolution", help="1080p: at most, on the short side; 1280x720: exactly.")
]
MinResolution = Annotated[
    str | None, typer.Option("--min-resolution", help="720p: never smaller than this, on the short side.")
]
KeepResolution = Annotated[bool, typer.Option("--keep-resolution", help="Never make the picture smaller.")]
Fps = Annotated[str | None, typer.Option("--fps", help="Highest frame rate.")]
AudioBitrate = Annotated[str | None, typer.Option("--audio-bitrate", help="Rate of each sound track: 96k.")]
Mute = Annotated[bool, typer.Option("--mute", help="Leave the sound out.")]
SpeedOption = Annotated[choices.Speed | None, typer.Option("--speed", help="fast, balanced (unless asked) or best.")]
Preset = Annotated[str | None, typer.Option("--for", help="What a platform takes: discord, wechat, email and more.")]
Hdr = Annotated[choices.Hdr | None, typer.Option("--hdr", help="Keep HDR (hevc, av1) or turn it into SDR.")]
Reencode = Annotated[
    bool | None, typer.Option("--reencode/--no-reencode", help="Never copy the picture, or only change the container.")
]
StripMetadata = Annotated[bool, typer.Option("--strip-metadata", help="Drop titles, dates and all other tags.")]
KeepLocation = Annotated[bool, typer.Option("--keep-location", help="Keep the place of filming, dropped otherwise.")]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="The output file; NAME-slim.mp4 beside the input unless given.")
]
OutDir = Annotated[Path | None, typer.Option("--out-dir", help="Folder for the outputs; made if it is not there.")]
Report = Annotated[
    Path | None,
    typer.Option("--report", help="Also write a page that shows what was lost; for several inputs, a folder of pages."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an output that exists.")]
Salvage = Annotated[bool, typer.Option("--salvage", help="Compress what can be read of a damaged file.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a file on stdout, and nothing else.")]
Progress = Annotated[
    Literal["bar", "json", "none"] | None,
    typer.Option("--progress", help="bar: on stderr, as on a terminal; json: events as lines on stdout, with --json."),
]

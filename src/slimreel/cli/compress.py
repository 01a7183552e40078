"""The verb `compress`: reads its options into tasks and a goal, and hands them to the batch."""

from __future__ import annotations

import sys
from typing import Any

import typer

from slimreel.cli import options
from slimreel.cli.goal_flags import with_goal_flags


@with_goal_flags
def compress(
    arguments: options.Arguments,
    wish: options.Wish = None,
    *,
    flags: dict[str, Any],
    out: options.Out = None,
    out_dir: options.OutDir = None,
    report: options.Report = None,
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
    from slimreel.cli.batch import Manner, run

    shown = progress or ("bar" if sys.stderr.isatty() else "none")
    manner = Manner(as_json or progress == "json", shown, overwrite, salvage)
    places: dict[str, Any] = {"out": out, "folder": out_dir, "report": report}
    raise typer.Exit(run(arguments, wish, flags, manner, **places))

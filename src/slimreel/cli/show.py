"""The verb `show`: a saved draft in one line, as JSON with every value that holds, or as a file for other editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slimreel.cli import options

Inputs = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[INPUT]...", help="For --otio: the files that the draft was made of, in the same order."),
]
Otio = Annotated[
    Path | None,
    typer.Option("--otio", metavar="FILE", help="Write the timeline for other editors here, as OpenTimelineIO."),
]
Relative = Annotated[
    bool, typer.Option("--relative", help="In --otio, name the files as seen from its folder, so that all can move.")
]


def show(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="A draft that `edit --save-draft` wrote.")],
    inputs: Inputs = None,
    *,
    otio: Otio = None,
    relative: Relative = False,
    overwrite: options.Overwrite = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every value that holds, as one JSON object.")] = False,
) -> None:
    """Show what a draft holds: its tracks, and what is on them when. With --otio, write it for other editors.

    \b
    Example:
        slimreel show draft.json a.mp4 b.mp4 song.mp3 --otio film.otio
    """
    from slimreel.agent.reply import say
    from slimreel.cli import terminal
    from slimreel.cli.edit import read_draft
    from slimreel.cli.records import as_line
    from slimreel.edit.summary import describe
    from slimreel.edit.wire import effective
    from slimreel.errors import UsageError
    from slimreel.workbench.exchange import export_timeline

    found = read_draft(draft)
    terminal.line(as_line(effective(found)) if as_json else terminal.plain(describe(found)))
    if otio is None:
        return
    if not inputs:
        raise UsageError(detail="Name the files that the draft was made of after it, in the same order.")
    for reason in export_timeline(found, inputs, otio, relative=relative, overwrite=overwrite).unseen:
        terminal.complain(say(reason))

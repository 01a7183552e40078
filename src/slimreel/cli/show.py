"""The verb `show`: a saved draft in one line, or as JSON with every value that holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def show(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="A draft that `edit --save-draft` wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Every value that holds, as one JSON object.")] = False,
) -> None:
    """Show what a draft holds: its tracks, and what is on them when."""
    from slimreel.cli import terminal
    from slimreel.cli.edit import read_draft
    from slimreel.cli.records import as_line
    from slimreel.edit.summary import describe
    from slimreel.edit.wire import effective

    found = read_draft(draft)
    terminal.line(as_line(effective(found)) if as_json else terminal.plain(describe(found)))

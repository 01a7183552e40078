"""The verb `demo`: makes a clip, compresses it, and shows what was promised and what came out."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from slimreel.core.events import Decided, Progress
    from slimreel.workbench.result import Result

Keep = Annotated[Path | None, typer.Option("--keep", help="Folder for the two files, a new temporary one otherwise.")]


def demo(keep: Keep = None) -> None:
    """Make a clip of 20 seconds, compress it to a bitrate said in words, and show the result. Takes half a minute."""
    import tempfile

    from slimreel.cli import terminal
    from slimreel.workbench import demo as shown

    folder = keep or Path(tempfile.mkdtemp(prefix="slimreel-demo-"))
    terminal.line(f'Making a clip of {shown.SECONDS} s, then: slimreel compress slimreel-demo.mp4 "{shown.WISH}"')
    result = _run(folder)
    for text in _report(result, folder):
        terminal.line(text)


def _run(folder: Path) -> Result:
    from slimreel.core.remaining import Remaining
    from slimreel.workbench import demo as shown
    from slimreel.workbench.finish import finish

    remaining = Remaining(time.monotonic)
    with _bar() as listen:

        def heed(event: Progress | Decided) -> None:
            listen(event, remaining.update(event.fraction) if event.kind == "progress" else None)

        return finish(shown.demo(folder), heed)


def _bar() -> Any:
    if not sys.stderr.isatty():
        return nullcontext(lambda event, eta_s: None)
    from slimreel.cli.bar import drawn

    return drawn(Path("slimreel-demo.mp4"), "en", (1, 1))


def _report(result: Result, folder: Path) -> list[str]:
    from slimreel.cli import lines
    from slimreel.core.units import format_bitrate, format_duration, format_size

    asked = format_bitrate(float(result.target["bps"])) if result.target and "bps" in result.target else "nothing"
    picture = f"{format_duration(result.duration_s)}, {result.width}x{result.height}, {result.fps:g} fps"
    source, output = Path(result.input), Path(result.output)
    return [
        "",
        lines.of_result(result, Path(source.name), Path(output.name), "en"),
        *lines.of_reasons(result, "en"),
        "",
        f"  before  {format_size(result.source_bytes)}",
        f"  after   {format_size(result.bytes)}, {picture}",
        f"  asked   {asked} for the picture",
        f"  got     {format_bitrate(result.video_bitrate_bps)}, {result.error_percent or 0:+.2f} %",
        "  checked every frame of the result was decoded, its packets counted, its length and streams compared",
        f"  took    {result.wall_seconds:.0f} s ({result.cpu_seconds:.0f} s of CPU)",
        "",
        f"Both files are in {folder}. Now try:",
        "",
        f'  slimreel compress {_quoted(source)} "under 3 MB"',
        f"  slimreel probe {_quoted(output)}",
    ]


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))

"""The verb `compare`: what a video lost, as a sentence and a short table, as JSON, or as a page."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from slimreel.core.events import Progress
    from slimreel.workbench.comparison import Comparison

Language = Literal["en", "zh"]


def compare(
    reference: Annotated[Path, typer.Argument(metavar="REF", help="The original.")],
    output: Annotated[Path, typer.Argument(metavar="OUT", help="What was made of it.")],
    as_json: Annotated[bool, typer.Option("--json", help="All numbers as one JSON object on stdout.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Also write a page with plots and pictures.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a page that exists.")] = False,
    language: Annotated[Language, typer.Option("--language", help="Of the words: English or Chinese.")] = "en",
) -> None:
    """Measure how much of a video's quality is left: VMAF, XPSNR, SSIM and CAMBI, and what they mean.

    \b
    Examples:
        slimreel compare clip.mov clip-slim.mp4
        slimreel compare clip.mov clip-slim.mp4 --html report.html
    """
    from slimreel.agent.reply import label, say_error
    from slimreel.cli import records, terminal
    from slimreel.cli.main import contain
    from slimreel.errors import SlimreelError
    from slimreel.workbench.telling import of_comparison

    try:
        found = contain(lambda: _measure(reference, output, html, language, overwrite=overwrite))
    except SlimreelError as error:
        terminal.complain(say_error(error, language))
        if as_json:
            terminal.line(records.as_line(records.of_error(reference, error, language)))
        raise typer.Exit(error.exit_code) from error
    if as_json:
        terminal.line(records.as_line(of_comparison(found, language)))
        return
    for text in lines_of(found, language):
        terminal.line(text)
    if html is not None:
        terminal.line("")
        terminal.line(label("report_written", language, path=terminal.plain(str(html))))


def _measure(reference: Path, output: Path, html: Path | None, language: Language, *, overwrite: bool) -> Comparison:
    from slimreel.core.remaining import Remaining
    from slimreel.workbench.compare import compare_events
    from slimreel.workbench.finish import finish
    from slimreel.workbench.report import check_page, write_report

    if html is not None:
        check_page(html, (reference, output), overwrite=overwrite)
    remaining = Remaining(time.monotonic)
    with _bar(output, language) as listen:

        def heed(event: Progress) -> None:
            listen(event, remaining.update(event.fraction))

        found = finish(compare_events(reference, output, stills=html is not None), heed)
    if html is not None:
        write_report(found, html, language=language, overwrite=overwrite)
    return found


def _bar(output: Path, language: Language) -> Any:
    if not sys.stderr.isatty():
        return nullcontext(lambda event, eta_s: None)
    from slimreel.cli.bar import drawn

    return drawn(output, language, (1, 1))


def lines_of(found: Comparison, language: str) -> list[str]:
    """The verdict, the sizes, the scores as a table, the worst moments and the notes."""
    from slimreel.agent.reply import label, say
    from slimreel.cli.terminal import plain
    from slimreel.core.units import format_bitrate, format_size
    from slimreel.core.verdict import BANDING_INCREASE

    before, after = found.reference, found.output
    share = 100 * after.bytes / max(1, before.bytes)
    rates = f"{format_bitrate(before.video_bitrate_bps)} → {format_bitrate(after.video_bitrate_bps)}"
    moments = ", ".join(f"{moment.time_s:.1f} s ({moment.vmaf:.1f})" for moment in found.worst)
    more_banding = [label("banding_more", language)] if found.banding_increase > BANDING_INCREASE else []
    return [
        f"{plain(before.path)} → {plain(after.path)}",
        *(f"  {sentence}" for sentence in [label(f"verdict_{found.verdict}", language), *more_banding]),
        f"  {format_size(before.bytes)} → {format_size(after.bytes)} ({share:.0f} %)  {rates}",
        "",
        *_table(found, language),
        "",
        f"  {label('worst_at', language, moments=moments)}",
        *(f"  {plain(say(note, language))}" for note in found.notes),
    ]


def _table(found: Comparison, language: str) -> list[str]:
    from slimreel.agent.reply import label
    from slimreel.workbench.comparison import written

    names = [label(f"column_{name}", language) for name in ("score", "mean", "poor", "worst")]
    rows = [names] + [[label(f"score_{name}", language), *written(name, score)] for name, score in found.scores.items()]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(names))]
    columns = list(enumerate(widths))
    return ["  " + "  ".join(_padded(row[at], width, left=at == 0) for at, width in columns) for row in rows]


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def _width(text: str) -> int:
    """Columns on a terminal: Chinese letters take two."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)

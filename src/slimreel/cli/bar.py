"""The progress bar on stderr: stage, percent, speed, time left. The only reader of rich; it knows no engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from slimreel.agent.reply import label
from slimreel.cli.terminal import plain
from slimreel.core import events
from slimreel.core.units import format_duration

_LONGEST_NAME = 32


@contextmanager
def drawn(
    source: Path, language: str, place: tuple[int, int]
) -> Iterator[Callable[[events.Progress | events.Decided, float | None], None]]:
    """A bar for one file; it is gone when the file is done."""
    columns = [
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.fields[stage]}", style="bold", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[speed]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
    ]
    # The engine reports twice a second; a drawing thread of its own would only cost CPU.
    console = Console(stderr=True)
    if not console.is_terminal:  # rich would print an empty line for each file
        yield lambda event, eta_s: None
        return
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task(_title(source, place), total=1.0, stage="", speed="", left="")

        def listen(event: events.Progress | events.Decided, eta_s: float | None) -> None:
            if isinstance(event, events.Decided):
                return
            progress.update(
                task,
                completed=event.fraction,
                stage=label(f"stage_{event.stage}", language),
                speed=f"{event.speed:.1f}x" if event.speed else "",
                left=f"ETA {format_duration(eta_s)}" if eta_s is not None else "",
            )
            progress.refresh()

        yield listen


@contextmanager
def moving() -> Iterator[Callable[[str, str, float], None]]:
    """A bar for what goes over a network: called with a name, what happens to it, and how far that is, 0..1."""
    columns = [
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.fields[stage]}", style="bold", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
    ]
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, stage, fraction: None
        return
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("", total=1.0, stage="")

        def advance(name: str, stage: str, fraction: float) -> None:
            short = Text(plain(name))
            short.truncate(_LONGEST_NAME, overflow="ellipsis")
            progress.update(task, description=short.plain, stage=stage, completed=fraction)
            progress.refresh()

        yield advance


def _title(source: Path, place: tuple[int, int]) -> str:
    name = Text(plain(source.name))
    name.truncate(_LONGEST_NAME, overflow="ellipsis")
    number, total = place
    return name.plain if total == 1 else f"{number}/{total} {name.plain}"

"""Runs the files of one command one after another: shows each, counts the failed, gives the exit code.

What a file becomes is the workbench's affair; how it is shown, that of lines, records and bar.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slimreel.agent.normalize import language_of
from slimreel.agent.reply import say_error
from slimreel.cli import lines, records, terminal
from slimreel.cli.arguments import Task, default_ending, is_media_name, make_tasks, sort_arguments
from slimreel.cli.eta import Remaining
from slimreel.cli.wanted import read_wanted
from slimreel.core.events import Decided, Progress
from slimreel.core.goal import Goal
from slimreel.errors import BatchFailed, NoSuchFile, SlimreelError


@dataclass(frozen=True, slots=True)
class Manner:
    """How a batch reports, and what it may do to files. `progress` is bar, json or none."""

    as_json: bool
    progress: str
    overwrite: bool = False
    salvage: bool = False


def run(
    arguments: list[str],
    wish: str | None,
    flags: Mapping[str, Any],
    manner: Manner,
    *,
    out: Path | None,
    folder: Path | None,
) -> int:
    """The exit code of `compress`: of the one file, or 9 where some of several failed."""
    sources: list[Path] = []
    language = spoken_language(arguments, wish)
    try:
        sources, words = sort_arguments(arguments, wish)
        wanted = read_wanted(words, flags)
        from slimreel.workbench.compress import read_goal

        goal = read_goal(wanted)
        tasks = make_tasks(sources, out, folder, default_ending(goal.container))
    except SlimreelError as error:
        _tell_nothing_started(sources, error, language, manner)
        return error.exit_code
    _warn_of_sandbox()
    codes = [_one(task, goal, language, manner, (number, len(tasks))) for number, task in enumerate(tasks, 1)]
    failed = [code for code in codes if code]
    if len(tasks) == 1 or not failed:
        return codes[0]
    terminal.complain(say_error(BatchFailed(failed=len(failed), total=len(tasks)), language))
    return BatchFailed.exit_code


def _one(task: Task, goal: Goal, language: str, manner: Manner, place: tuple[int, int]) -> int:
    from slimreel.cli.main import contain

    try:
        result = contain(lambda: _compress(task, goal, language, manner, place))
    except SlimreelError as error:
        terminal.complain(say_error(error, language))
        if manner.as_json:
            terminal.line(records.as_line(records.of_error(task.source, error, language)))
        return error.exit_code
    if manner.as_json:
        terminal.line(records.as_line(records.of_result(result, language)))
        return 0
    terminal.line(lines.of_result(result, task.source, task.output, language))
    if place[1] == 1:
        for text in lines.of_reasons(result, language):
            terminal.line(text)
    return 0


def _compress(task: Task, goal: Goal, language: str, manner: Manner, place: tuple[int, int]) -> Any:
    from slimreel.workbench.compress import compress_events
    from slimreel.workbench.finish import finish

    remaining, furthest = Remaining(), 0.0
    with _listening(task, language, manner, place) as listen:

        def heed(event: Progress | Decided) -> None:
            nonlocal furthest
            if isinstance(event, Progress):  # a correction starts over; a bar only goes forward
                furthest = max(furthest, event.fraction)
                event = replace(event, fraction=furthest)
            listen(event, remaining.update(furthest))

        events = compress_events(task.source, goal, task.output, overwrite=manner.overwrite, salvage=manner.salvage)
        return finish(events, heed)


def _listening(task: Task, language: str, manner: Manner, place: tuple[int, int]) -> Any:
    """A context that gives the listener of one file's events."""
    from contextlib import nullcontext

    if manner.progress == "bar":
        from slimreel.cli.bar import drawn

        return drawn(task.source, language, place)
    if manner.progress == "json":
        return nullcontext(lambda event, eta_s: _print_event(task, event, eta_s, language))
    return nullcontext(lambda event, eta_s: None)


def _print_event(task: Task, event: Progress | Decided, eta_s: float | None, language: str) -> None:
    terminal.line(records.as_line(records.of_event(task.source, event, eta_s, language)))


def _tell_nothing_started(sources: list[Path], error: SlimreelError, language: str, manner: Manner) -> None:
    terminal.complain(say_error(error, language))
    if not manner.as_json:
        return
    named: list[Any] = [error.fields["path"]] if isinstance(error, NoSuchFile) else list(sources)
    for source in named or [None]:
        terminal.line(records.as_line(records.of_error(source, error, language)))


def spoken_language(arguments: list[str], wish: str | None) -> str:
    """That of the wish: what is not the name of a file, as far as can be told before it is read."""
    words = wish if wish is not None else arguments[-1] if arguments else ""
    return "en" if wish is None and (os.path.lexists(words) or is_media_name(words)) else language_of(words)


def _warn_of_sandbox() -> None:
    from slimreel.workbench.sandbox import missing_protection

    sentence = missing_protection()
    if sentence:
        terminal.complain(sentence)

"""Runs the files of one command one after another: shows each, counts the failed, gives the exit code.

What a file becomes is the workbench's affair; how it is shown, that of lines, records and bar.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from slimreel.agent.normalize import language_of
from slimreel.agent.reply import label, say_error
from slimreel.cli import lines, records, terminal
from slimreel.cli.arguments import Task, default_ending, is_media_name, make_tasks, sort_arguments, with_pages
from slimreel.cli.wanted import read_wanted
from slimreel.core.events import Decided, Progress
from slimreel.core.goal import Goal
from slimreel.core.remaining import Remaining
from slimreel.errors import BatchFailed, NoSuchFile, SlimreelError

if TYPE_CHECKING:
    from slimreel.workbench.result import Result


Value = TypeVar("Value")
# Of the bar, where a page is written too: measuring 1080p took half as long as encoding it.
_ENCODE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Manner:
    """How a batch reports, and what it may do to files. `progress` is bar, json or none."""

    as_json: bool
    progress: str
    overwrite: bool = False
    salvage: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One file of a batch: its task, what was asked in words and as a goal, and its place among how many."""

    task: Task
    goal: Goal
    words: str | None
    language: str
    place: tuple[int, int]


def run(
    arguments: list[str],
    wish: str | None,
    flags: Mapping[str, Any],
    manner: Manner,
    *,
    out: Path | None,
    folder: Path | None,
    report: Path | None = None,
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
        tasks = tasks if report is None else with_pages(tasks, report)
    except SlimreelError as error:
        _tell_nothing_started(sources, error, language, manner)
        return error.exit_code
    _warn_of_sandbox()
    order = [Order(task, goal, words, language, (number, len(tasks))) for number, task in enumerate(tasks, 1)]
    codes = [_one(one, manner) for one in order]
    failed = [code for code in codes if code]
    if len(tasks) == 1 or not failed:
        return codes[0]
    terminal.complain(say_error(BatchFailed(failed=len(failed), total=len(tasks)), language))
    return BatchFailed.exit_code


def _one(order: Order, manner: Manner) -> int:
    from slimreel.cli.main import contain

    task, language, remaining = order.task, order.language, Remaining(time.monotonic)
    try:
        result = contain(lambda: _compress(order, manner, remaining))
    except SlimreelError as error:
        terminal.complain(say_error(error, language))
        if manner.as_json:
            terminal.line(records.as_line(records.of_error(task.source, error, language)))
        return error.exit_code
    code = 0
    try:
        contain(lambda: _write_page(order, result, manner, remaining))
    except SlimreelError as error:  # the file itself is made and stays
        terminal.complain(say_error(error, language))
        code = error.exit_code
    written = task.page if code == 0 else None
    if manner.as_json:
        told = records.of_result(result, language) | ({} if written is None else {"report": str(written)})
        terminal.line(records.as_line(told))
        return code
    terminal.line(lines.of_result(result, task.source, task.output, language))
    for text in lines.of_reasons(result, language) if order.place[1] == 1 else ():
        terminal.line(text)
    if written is not None:
        terminal.line(f"  {label('report_written', language, path=terminal.plain(str(written)))}")
    return code


def _compress(order: Order, manner: Manner, remaining: Remaining) -> Result:
    from slimreel.workbench.compress import compress_events

    task = order.task
    if task.page is not None:
        from slimreel.workbench.report import check_page

        check_page(task.page, (task.source, task.output), overwrite=manner.overwrite)
    events = compress_events(task.source, order.goal, task.output, overwrite=manner.overwrite, salvage=manner.salvage)
    share = 1.0 if task.page is None else _ENCODE_SHARE
    return _followed(events, order, manner, remaining, (0.0, share))


def _write_page(order: Order, result: Result, manner: Manner, remaining: Remaining) -> None:
    task, page = order.task, order.task.page
    if page is None:
        return
    from slimreel.workbench.compare import compare_events
    from slimreel.workbench.report import write_report

    events = compare_events(task.source, task.output, stills=True)
    found = _followed(events, order, manner, remaining, (_ENCODE_SHARE, 1 - _ENCODE_SHARE))
    write_report(found, page, language=order.language, result=result, wish=order.words, overwrite=manner.overwrite)


def _followed(
    events: Generator[Any, None, Value], order: Order, manner: Manner, remaining: Remaining, part: tuple[float, float]
) -> Value:
    """The value of `events`, each of which is shown on the way, as a part of the file's bar: its start and share."""
    from slimreel.workbench.finish import finish

    start, share = part
    furthest = start
    with _listening(order.task, order.language, manner, order.place) as listen:

        def heed(event: Progress | Decided) -> None:
            nonlocal furthest
            if isinstance(event, Progress):  # a correction starts over; a bar only goes forward
                furthest = max(furthest, start + share * event.fraction)
                event = replace(event, fraction=furthest)
            listen(event, remaining.update(furthest))

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

"""The verb `edit`: reads the commands from a file, hands them to the workbench, and shows what became of them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from slimreel.cli import options

if TYPE_CHECKING:
    from slimreel.core.events import Decided
    from slimreel.edit.draft import Draft
    from slimreel.workbench.compress import Event
    from slimreel.workbench.edit import Edit

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT... [WORDS]",
        help="Videos in the order they play; then music, pictures, subtitles, .cube tables. Last, what to do in words.",
    ),
]
Ops = Annotated[
    Path | None,
    typer.Option("--ops", metavar="FILE", help='A JSON list of {"op": …, "params": {…}}; - reads it from stdin.'),
]
Start = Annotated[
    Path | None, typer.Option("--draft", metavar="FILE", help="Go on with a draft that was saved for the same inputs.")
]
Save = Annotated[Path | None, typer.Option("--save-draft", metavar="FILE", help="Write the draft after the edit here.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do all but the render, and show what the timeline became.")]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="The output file. Other files that were asked for go beside it.")
]
Progress = Annotated[
    Literal["bar", "json", "none"] | None, typer.Option("--progress", help="As for compress: bar, json or none.")
]


def edit(
    inputs: Inputs,
    ops: Ops = None,
    *,
    out: Out = None,
    draft: Start = None,
    save_draft: Save = None,
    dry_run: DryRun = False,
    overwrite: options.Overwrite = False,
    salvage: options.Salvage = False,
    as_json: options.Json = False,
    progress: Progress = None,
) -> None:
    """Cut, join and change videos by words or by a list of operations, and render the result. All operations are in
    docs/reference/operations.md.

    \b
    Example:
        slimreel edit clip.mp4 "first 5 sec off, then 9:16 blurred, 12 megs max" -o out.mp4
        slimreel edit a.mp4 b.mp4 song.mp3 --ops ops.json -o film.mp4
    where ops.json holds:
        [{"op": "trim", "params": {"end_s": 10, "clip": "c1"}},
         {"op": "transition", "params": {"type": "dissolve"}},
         {"op": "add_text", "params": {"text": "Summer 24", "duration_s": 3}},
         {"op": "add_music", "params": {"duck": true}},
         {"op": "compress", "params": {"target_size_bytes": 25000000}}]
    """
    from slimreel.agent.reply import say_error
    from slimreel.cli import records, terminal
    from slimreel.cli.main import contain
    from slimreel.errors import SlimreelError
    from slimreel.workbench.captions import leave

    paths, words = _sorted(inputs, ops)

    def work() -> Edit:
        done = _edited(
            paths,
            _commands(ops) if words is None else words,
            out,
            draft,
            progress,
            (overwrite, salvage, dry_run),
        )
        if save_draft is not None:
            _write_draft(save_draft, done.draft, overwrite=overwrite)
            if dry_run or out is None:
                leave(done.captions, save_draft.parent, overwrite=overwrite)
        return done

    try:
        done = contain(work)
    except SlimreelError as error:
        terminal.complain(say_error(error))
        if as_json:
            terminal.line(records.as_line(records.of_error(paths[0], error)))
        raise typer.Exit(error.exit_code) from error
    for text in [records.as_line(_record(done))] if as_json else _lines(done):
        terminal.line(text)


def _sorted(arguments: list[str], ops: Path | None) -> tuple[list[Path], str | None]:
    """The inputs, and the words behind them: the last argument where it is no file and does not look like one."""
    from slimreel.cli.arguments import is_media_name

    last = arguments[-1]
    spoken = ops is None and len(arguments) > 1 and not os.path.lexists(last) and not is_media_name(last)
    return [Path(text) for text in (arguments[:-1] if spoken else arguments)], last if spoken else None


def _edited(
    inputs: list[Path],
    commands: list[Any] | str,
    out: Path | None,
    draft: Path | None,
    progress: str | None,
    may: tuple[bool, bool, bool],
) -> Edit:
    from slimreel.errors import UsageError
    from slimreel.workbench.edit import edit_events
    from slimreel.workbench.finish import finish

    overwrite, salvage, dry_run = may
    if out is None and not dry_run:
        raise UsageError(detail="Say where the result goes with -o, or add --dry-run.")
    manner = progress or ("bar" if sys.stderr.isatty() else "none")
    started = None if draft is None else read_draft(draft)
    events = edit_events(inputs, commands, out, draft=started, overwrite=overwrite, salvage=salvage, dry_run=dry_run)
    with _listening(inputs[0], manner) as listen:
        return finish(events, listen)


def read_draft(path: Path) -> Draft:
    """A draft that was saved. Raises NoSuchFile, BadDraft."""
    from slimreel.edit.wire import load
    from slimreel.errors import NoSuchFile, StorageError

    try:
        return load(path.read_bytes())
    except FileNotFoundError as error:
        raise NoSuchFile(path=path) from error
    except OSError as error:
        raise StorageError(path=path, detail=error.strerror or str(error)) from error


def _commands(path: Path | None) -> list[Any]:
    from slimreel.errors import NoSuchFile, UsageError

    if path is None:
        return []
    try:
        found = json.loads(sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NoSuchFile(path=path) from error
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(detail=f"{path} holds no JSON that can be read ({error}).") from error
    if not isinstance(found, list):
        raise UsageError(detail=f'{path} has to hold a list of {{"op": …, "params": {{…}}}}.')
    return found


def _write_draft(path: Path, draft: Draft, *, overwrite: bool) -> None:
    from slimreel.edit.wire import dump_text
    from slimreel.errors import OutputExists, StorageError

    try:
        with path.open("w" if overwrite else "x", encoding="utf-8") as file:
            file.write(dump_text(draft) + "\n")
    except FileExistsError as error:
        raise OutputExists(path=path) from error
    except OSError as error:
        raise StorageError(path=path, detail=error.strerror or str(error)) from error


@contextmanager
def _listening(first: Path, manner: str) -> Iterator[Callable[[Event], None]]:
    """The listener of the edit's events; what it shows never goes back."""
    from slimreel.cli import records, terminal
    from slimreel.core.events import Progress as Advance
    from slimreel.core.remaining import Remaining

    remaining, furthest = Remaining(time.monotonic), 0.0
    with _bar(first) if manner == "bar" else nullcontext() as bar:

        def heed(event: Event) -> None:
            nonlocal furthest
            if isinstance(event, Advance):
                furthest = max(furthest, event.fraction)
                event = replace(event, fraction=furthest)
            else:
                _tell_what_leaves(event)
            left_s = remaining.update(furthest)
            if bar is not None:
                bar(event, left_s)
            elif manner == "json":
                terminal.line(records.as_line(records.of_event(first, event, left_s, "en")))

        yield heed


def _bar(first: Path) -> AbstractContextManager[Callable[[Event, float | None], None]]:
    from slimreel.cli.bar import drawn  # 60 ms of CPU that nobody needs who does not look

    return drawn(first, "en", (1, 1))


def _tell_what_leaves(event: Decided) -> None:
    """However quiet the program is to be: who sends sound to another machine shall see it, and what was not heard."""
    told = [reason for reason in event.reasons if reason.id in ("sound_sent", "not_heard")]
    if not told:
        return
    from slimreel.agent.normalize import language_of
    from slimreel.agent.reply import say
    from slimreel.cli import terminal

    for reason in told:
        terminal.complain(say(reason, language_of(str(reason.fields.get("phrases", "")))))


def _lines(done: Edit) -> list[str]:
    from slimreel.agent.reply import say
    from slimreel.cli.terminal import plain
    from slimreel.core.units import format_size
    from slimreel.edit.summary import describe

    told = [plain(say(change, done.language)) for change in done.changes]
    told.append(plain(describe(done.draft, done.language)))
    for made in done.files:
        if made.result is None:
            told.append(f"{plain(made.path)}  {format_size(made.bytes)}")
            told += [f"  {plain(say(reason, done.language))}" for reason in made.reasons]
            continue
        result = made.result
        size = f"{result.codec} {result.width}x{result.height} {result.fps:g} fps, {result.duration_s:g} s"
        told.append(f"{plain(made.path)}  {format_size(made.bytes)}  {size}")
        told += [f"  {plain(say(reason, done.language))}" for reason in result.reasons]
    return told


def _record(done: Edit) -> dict[str, Any]:
    """The object of `--json`: what each command did with the values that took effect, the draft, and the files."""
    from slimreel.agent.reply import say
    from slimreel.cli import records
    from slimreel.edit.summary import describe
    from slimreel.edit.wire import dump

    changes = [
        {"id": change.id, "target": change.target, "fields": change.fields, "text": say(change, done.language)}
        for change in done.changes
    ]
    files = [
        {"output": made.path, "kind": made.kind, "bytes": made.bytes}
        | ({} if made.result is None else {"video": records.of_result(made.result, "en")})
        | ({"reasons": [say(reason, done.language) for reason in made.reasons]} if made.reasons else {})
        for made in done.files
    ]
    draft = done.draft
    timeline = {
        "frames": draft.length,
        "duration_s": float(draft.length_s),
        "width": draft.canvas.width,
        "height": draft.canvas.height,
        "fps": float(draft.canvas.rate),
    }
    return {
        "changes": changes,
        "summary": describe(draft, done.language),
        "timeline": timeline,
        "draft": dump(draft),
        "files": files,
    }

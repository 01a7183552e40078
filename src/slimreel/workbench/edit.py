"""One person's edit at one machine: files and commands in, a draft and finished files out. The library's second verb.

It brings edit, graph, plan and engine together; it prints nothing and keeps nothing. A dry run does all but the render.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from slimreel.core.events import Decided, Progress, Reason
from slimreel.edit.begin import begin
from slimreel.edit.draft import Draft
from slimreel.edit.invariants import check_against
from slimreel.edit.operation import Change
from slimreel.engine import gather
from slimreel.errors import UsageError
from slimreel.graph.material import Material
from slimreel.workbench import captions
from slimreel.workbench.applying import Command, apply_measured, read_command
from slimreel.workbench.captions import Captions
from slimreel.workbench.clock import Clock
from slimreel.workbench.compress import Event
from slimreel.workbench.deliver import deliver
from slimreel.workbench.finish import finish
from slimreel.workbench.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One file that an edit gave. `result` tells of a video; other kinds have a size, and `reasons` where there are."""

    path: str
    kind: str
    bytes: int
    result: Result | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What an edit gave: the draft after it, what each command did, and the files, none after a dry run.

    The files are those that were asked for, then captions that were heard, beside them.
    """

    draft: Draft
    changes: tuple[Change, ...]
    files: tuple[Made, ...] = ()
    language: str = "en"  # of the words it was asked in
    captions: tuple[Captions, ...] = ()  # what was heard; given as further inputs, they are not heard again


def edit(
    paths: Sequence[str | os.PathLike[str]],
    commands: Iterable[Command] | str,
    out: str | os.PathLike[str] | None = None,
    on_progress: Callable[[Event], None] | None = None,
    *,
    draft: Draft | None = None,
    overwrite: bool = False,
    salvage: bool = False,
    dry_run: bool = False,
) -> Edit:
    """Put the videos at `paths` on a timeline, carry out `commands`, and render it to `out`.

    `commands` may be words, English or Chinese ("first 5 sec off, 12 megs max"). A command is
    `{"op": "trim", "params": {"start_s": 2}}`; every operation is in docs/reference/operations.md. The files are called
    a1, a2, … in the order given, or by their names. A `draft` made of the same files is gone on with.

    Raises the classes of slimreel.errors: RequestUnclear and WishNotUnderstood for words, EditRefused (its field
    `command` is the place of the command), GlyphsMissing, NotAVideo, DamagedInput, TargetImpossible, SpeechFailed,
    OutputExists, StorageError. After any of them nothing is left behind.
    """
    events = edit_events(paths, commands, out, draft=draft, overwrite=overwrite, salvage=salvage, dry_run=dry_run)
    return finish(events, on_progress or (lambda event: None))


def edit_events(
    paths: Sequence[str | os.PathLike[str]],
    commands: Iterable[Command] | str,
    out: str | os.PathLike[str] | None = None,
    *,
    draft: Draft | None = None,
    overwrite: bool = False,
    salvage: bool = False,
    dry_run: bool = False,
) -> Generator[Event, None, Edit]:
    """The iterator beneath `edit`: yields Progress and Decided events, returns the Edit."""
    clock = Clock()
    given = [] if isinstance(commands, str) else [read_command(command) for command in commands]
    if out is None and not dry_run:
        raise UsageError(detail="Say where the result shall go, or ask for a dry run.")
    materials: dict[str, Material] = {}
    for number, path in enumerate(paths, 1):
        yield Progress(stage="probe", fraction=0.0)
        materials[f"a{number}"] = gather.gather(Path(path), f"a{number}", salvage=salvage)
    given_files = tuple(materials)
    facts = captions.known(tuple(material.asset for material in materials.values()))
    start = begin(facts) if draft is None else draft
    check_against(start, facts)
    language = "en"
    if isinstance(commands, str):
        from slimreel.agent.context import context_of  # 70 ms of CPU that a list of commands does not need
        from slimreel.agent.reader import reader
        from slimreel.agent.spoken import commands_of

        spoken = commands_of(commands, context_of(start, facts), reader())
        given, language = [read_command(command) for command in spoken.commands], spoken.language
        if spoken.unheard:
            yield Decided(reasons=(Reason(id="not_heard", fields={"phrases": ", ".join(spoken.unheard)}),))
    applied = yield from apply_measured(start, given, facts, materials)
    after, changes = applied.draft, applied.changes
    heard = tuple(captions.of(found) for name, found in materials.items() if name not in given_files)
    if dry_run or out is None:
        return Edit(draft=after, changes=changes, captions=heard, language=language)
    made = yield from deliver(after, materials, Path(out), clock, overwrite=overwrite, salvage=salvage)
    made += captions.leave(heard, Path(out).parent, overwrite=overwrite)
    files = tuple(
        Made(path=str(one.path), kind=one.kind, bytes=one.bytes, result=one.result, reasons=one.reasons) for one in made
    )
    return Edit(draft=after, changes=changes, files=files, captions=heard, language=language)

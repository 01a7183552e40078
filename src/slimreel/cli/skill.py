"""The verb `skill`: puts the skill for agents where they look for it, and shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from slimreel.workbench.skill import Agent

app = typer.Typer(help="Install or show the skill for agents.", rich_markup_mode=None, no_args_is_help=True)

AgentName = Annotated[
    Literal["claude", "cursor", "codex", "clawhub", "openclaw", "all"] | None,
    typer.Option("--agent", help="For which agent; those that have been on this machine unless said."),
]
InProject = Annotated[bool, typer.Option("--project", help="Into the project in this folder, not for all of yours.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that were changed since.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
FileName = Annotated[str, typer.Argument(metavar="[FILE]", help="One of its files, such as references/api.md.")]
ShowPath = Annotated[bool, typer.Option("--path", help="Show the folder instead.")]


@app.command()
def install(
    *, agent: AgentName = None, project: InProject = False, overwrite: Overwrite = False, dry_run: DryRun = False
) -> None:
    """Put the skill where agents look for it.

    \b
    Examples:
        slimreel skill install
        slimreel skill install --agent claude --project
    """
    from slimreel.cli import terminal
    from slimreel.workbench import skill

    home = Path.home()
    into = Path.cwd() if project else None
    seen: set[Path] = set()
    for one in _chosen(agent, home):
        place = skill.place_of(one, home, into)
        if place in seen:
            continue
        seen.add(place)
        done = skill.install(one, place, overwrite=overwrite, dry_run=dry_run)
        changes = len(done.written) + len(done.removed)
        files = f"{changes} file{'' if changes == 1 else 's'}"
        told = f"{files} to write" if dry_run else f"{files} written"
        terminal.line(terminal.plain(f"{one.title}: {place} ({told if changes else 'up to date'})"))


@app.command()
def show(file: FileName = "SKILL.md", *, path: ShowPath = False) -> None:
    """Show the skill, or one of its files."""
    from slimreel.cli import terminal
    from slimreel.errors import NoSuchFile
    from slimreel.workbench import skill

    if path:
        terminal.line(terminal.plain(str(skill.source())))
        return
    found = skill.shipped().get(file)
    if found is None:
        raise NoSuchFile(path=file)
    for line in found.decode().splitlines():
        terminal.line(line)


def _chosen(name: str | None, home: Path) -> list[Agent]:
    """Raises UsageError where no agent was named and none has been here."""
    from slimreel.errors import UsageError
    from slimreel.workbench import skill

    if name == "all":
        return list(skill.AGENTS)
    if name:
        return [one for one in skill.AGENTS if one.name == name]
    if found := skill.present(home):
        return found
    names = ", ".join(one.name for one in skill.AGENTS)
    raise UsageError(detail=f"No agent has been on this machine. Name one with --agent: {names} or all.")

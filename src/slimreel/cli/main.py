"""The program `slimreel`: its verbs, and the one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from slimreel.cli import admin, signals, skill, terminal
from slimreel.cli.chat import chat
from slimreel.cli.compare import compare
from slimreel.cli.compress import compress
from slimreel.cli.demo import demo
from slimreel.cli.doctor import doctor
from slimreel.cli.edit import edit
from slimreel.cli.estimate import estimate
from slimreel.cli.mcp import mcp
from slimreel.cli.probe import probe
from slimreel.cli.serve import serve, worker
from slimreel.cli.show import show
from slimreel.cli.understand import understand
from slimreel.errors import Interrupted, SlimreelError, UsageError

Value = TypeVar("Value")

EXIT_CODES = """\b
Exit codes:
    0  all well                    6  the output exists
    1  internal error              7  no permission, or the disk is full
    2  wrong usage                 8  the wish was not understood
    3  not a video                 9  some files of a batch failed
    4  damaged or cut short      130  stopped by Ctrl-C
    5  the target is impossible
"""

app = typer.Typer(
    name="slimreel",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
app.command(epilog=EXIT_CODES, no_args_is_help=True, short_help="Compress videos, and check each result.")(compress)
app.command(epilog=EXIT_CODES, no_args_is_help=True, short_help="Cut, join and change videos.")(edit)
app.command(epilog=EXIT_CODES, short_help="Edit videos in a conversation.")(chat)
app.command(no_args_is_help=True, short_help="Show what a draft holds.")(show)
app.command(short_help="Read requests as JSON lines, say what each asks for.")(understand)
app.command(no_args_is_help=True, short_help="Foretell size, quality and time.")(estimate)
app.command(epilog=EXIT_CODES, no_args_is_help=True, short_help="Measure how much quality is left.")(compare)
app.command(no_args_is_help=True, short_help="Show what a video holds.")(probe)
app.command(short_help="Make a clip, compress it, show the result.")(demo)
app.command(short_help="Show what this machine can do.")(doctor)
app.command(short_help="Run the service: API and worker.")(serve)
app.command(short_help="Carry out renders for a service.")(worker)
app.add_typer(skill.app, name="skill", short_help="Install or show the skill for agents.")
app.command(short_help="Let an agent use slimreel (MCP).")(mcp)
app.add_typer(admin.app, name="admin", short_help="Look after a service: tokens, credits, accounts.")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        terminal.line(f"slimreel {version('slimreel')}")
        raise typer.Exit


@app.callback()
def slimreel(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Compress a video to the bitrate or size you ask for, and check that the file keeps the promise.

    \b
    First steps:
        slimreel demo
        slimreel compress clip.mov "8 Mbps"
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the program and ends the process with its exit code."""
    terminal.prepare()
    signals.install()
    try:
        code = contain(lambda: _run(sys.argv[1:] if arguments is None else arguments))
    except SlimreelError as error:
        terminal.complain(error.sentence())
        code = error.exit_code
    except KeyboardInterrupt:
        code = Interrupted.exit_code
    if code == Interrupted.exit_code:
        terminal.complain(Interrupted().sentence())
    sys.exit(code)


def contain(work: Callable[[], Value]) -> Value:
    """The work's value. Whatever unforeseen it raises comes out as a SlimreelError with a sentence."""
    try:
        return work()
    except (SlimreelError, typer.TyperException, typer.Exit, typer.Abort):
        raise
    except Exception as error:
        from slimreel.settings import read_settings

        if read_settings().debug:
            raise
        raise SlimreelError(detail=f"{type(error).__name__}: {error}") from error


def _run(arguments: list[str]) -> int:
    try:
        code = app(arguments, prog_name="slimreel", standalone_mode=False)
    except typer.TyperException as error:
        return _usage(error, arguments)
    return code if isinstance(code, int) else 0


def _named_help(arguments: list[str]) -> str:
    """The verb whose help to read, for errors that do not say where they happened."""
    verbs = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    return " ".join(["slimreel", *(word for word in arguments[:1] if word in verbs)])


def _usage(error: typer.TyperException, arguments: list[str]) -> int:
    """One sentence for what typer complains of, and where help is."""
    context = getattr(error, "ctx", None)
    sentence = error.format_message() if hasattr(error, "format_message") else str(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        terminal.line(sentence)
        return 2
    if sentence.startswith("No such command") and Path(arguments[0]).exists():
        sentence = f"To compress a file, say: slimreel compress {arguments[0]}"
    sentence = sentence.replace("Value error, ", "").replace("Input should be", "it should be")
    sentence = sentence.replace(", unable to parse string as a number", "")
    dashed = next((name for name in arguments if name.startswith("-") and Path(name).exists()), None)
    if sentence.startswith("No such option") and dashed is not None:
        sentence = f"{dashed} was taken for an option; for the file of this name write ./{dashed}"
    where = context.command_path if context is not None else _named_help(arguments)
    told = UsageError(detail=f"{sentence.rstrip('.')}. See `{where} --help`.")
    terminal.complain(told.sentence())
    if _wants_json(arguments):
        from slimreel.cli import records

        terminal.line(records.as_line(records.of_error(None, told)))
    return int(getattr(error, "exit_code", told.exit_code))


def _wants_json(arguments: list[str]) -> bool:
    """Was JSON asked of a verb that makes files? Looked up in the raw words: they could not be read as options."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    spaced = " ".join(options).replace("--progress=json", "--json").replace("--progress json", "--json")
    return arguments[:1] in (["compress"], ["compare"], ["edit"], ["chat"]) and "--json" in spaced.split(" ")

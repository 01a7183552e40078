"""The verb `estimate`: what a compression would give, told before anything is encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from slimreel.cli import options
from slimreel.cli.goal_flags import with_goal_flags

if TYPE_CHECKING:
    from slimreel.workbench.estimate import Prospect


@with_goal_flags
def estimate(
    arguments: options.Arguments,
    wish: options.Wish = None,
    *,
    flags: dict[str, Any],
    as_json: options.Json = False,
) -> None:
    """Foretell size, quality and time of a compression, each with the interval it probably lies in.

    \b
    Examples:
        slimreel estimate clip.mov "8 Mbps"
        slimreel estimate clip.mov --quality visually_lossless --json
    """
    from slimreel.agent.reply import say_error
    from slimreel.cli import records, terminal
    from slimreel.cli.arguments import sort_arguments
    from slimreel.cli.batch import spoken_language
    from slimreel.cli.wanted import read_wanted
    from slimreel.errors import BatchFailed, SlimreelError
    from slimreel.workbench.compress import read_goal
    from slimreel.workbench.estimate import estimate as foretell
    from slimreel.workbench.telling import of_prospect

    language = spoken_language(arguments, wish)
    sources, words = sort_arguments(arguments, wish)
    goal = read_goal(read_wanted(words, flags))
    codes = []
    for source in sources:
        try:
            found = foretell(source, goal)
        except SlimreelError as error:
            codes.append(error.exit_code)
            terminal.complain(say_error(error, language))
            if as_json:
                terminal.line(records.as_line(records.of_error(source, error, language)))
            continue
        for text in [records.as_line(of_prospect(found, language))] if as_json else _lines(found, language):
            terminal.line(text)
    if codes:
        raise typer.Exit(codes[0] if len(sources) == 1 else BatchFailed.exit_code)


def _lines(found: Prospect, language: str) -> list[str]:
    from slimreel.agent.reply import say
    from slimreel.cli.terminal import plain
    from slimreel.workbench.telling import prospect_lines

    first, *others = prospect_lines(found, language)
    told = [f"{plain(found.input)}  {first}", *(f"  {line}" for line in others)]
    return [*told, *(f"  {plain(say(reason, language))}" for reason in found.reasons)]

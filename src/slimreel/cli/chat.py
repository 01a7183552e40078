"""The verb `chat`: finds a service or starts one, and hands over to a conversation or to a few messages in a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slimreel.cli import options

if TYPE_CHECKING:
    from slimreel.client.steps import Listener
    from slimreel.client.sync import Client

Files = Annotated[list[Path] | None, typer.Argument(metavar="[FILES]", help="Videos, pictures or sound to begin with.")]
Server = Annotated[
    str | None, typer.Option("--server", metavar="URL", help="A service to use; without it one runs here meanwhile.")
]
Once = Annotated[
    list[str] | None,
    typer.Option("--once", metavar="TEXT", help="Say this, write the result and end; may be given several times."),
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="The output file, or the folder for several.")]
Skill = Annotated[Path | None, typer.Option("--skill", metavar="FILE", help="The SKILL.md that this is done for.")]


def chat(
    files: Files = None,
    *,
    server: Server = None,
    once: Once = None,
    out: Out = None,
    overwrite: options.Overwrite = False,
    as_json: options.Json = False,
    skill: Skill = None,
) -> None:
    """Edit videos in a conversation, or with --once in one go. Understands English and Chinese.

    \b
    Examples:
        slimreel chat clip.mp4
        slimreel chat --once "compress to 8 Mbps" clip.mp4 -o out.mp4 --json
        slimreel chat --server https://video.example.org
    Without --server, and without SLIMREEL_API_URL or NEMO_API_URL, nothing leaves this machine.
    """
    from slimreel.cli import once as in_one_go
    from slimreel.cli import talk

    paths = files or []
    if once:
        errand = in_one_go.Errand(paths, once, out, overwrite, as_json)
        raise typer.Exit(in_one_go.run(errand, lambda listen: _connected(server, skill, listen)))
    if as_json:
        raise typer.BadParameter("--json needs --once.")
    talk.run(paths, out, lambda listen: _connected(server, skill, listen))


@contextmanager
def _connected(server: str | None, skill: Path | None, listen: Listener) -> Iterator[Client]:
    """A client of the service that is named, or of one that runs as long as it does."""
    from slimreel.cli.embedded import service
    from slimreel.client.environment import read_environment, spoken_language, user_folder
    from slimreel.client.sync import Client

    language = spoken_language()
    if address := server or read_environment().server:
        with Client(_with_scheme(address), skill=skill, language=language, listen=listen) as client:
            yield client
        return
    with (
        service(user_folder("data") / "chat") as address,
        Client(address, token="", skill=skill, language=language, listen=listen) as client,
    ):
        client.talk.keepsakes = None  # its accounts are as short-lived as the conversation
        yield client


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"http://{address}"

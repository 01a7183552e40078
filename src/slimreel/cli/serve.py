"""The verbs `serve` and `worker`: the whole service in one command, or the part of it that renders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The folder of all that the service keeps.")]
Host = Annotated[str | None, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", help="The port to listen on; 0 takes one that is free.")]
NoWorker = Annotated[
    bool, typer.Option("--no-worker", help="Render nothing here; `slimreel worker` does it elsewhere.")
]


def serve(host: Host = None, port: Port = None, data: Data = None, *, no_worker: NoWorker = False) -> None:
    """Run the service: its API, and a worker that renders. Everything it keeps is in one folder.

    \b
    Example:
        slimreel serve --port 8000 --data ./slimreel-data
    All settings are in docs/settings.md.
    """
    from slimreel.cli import terminal
    from slimreel.server.serving import serve as run
    from slimreel.settings.service import read_service_settings

    settings = read_service_settings({"host": host, "port": port, "data": data})
    run(settings, with_worker=not no_worker, told=terminal.line)


def worker(data: Data = None) -> None:
    """Carry out renders for a service with the same data folder, or the same database and store."""
    from slimreel.cli import terminal
    from slimreel.services.working import work
    from slimreel.settings.service import read_service_settings

    work(read_service_settings({"data": data}), told=terminal.line)

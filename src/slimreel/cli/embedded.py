"""A service of one's own for a conversation: started quietly in another process, and gone when the block ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slimreel.errors.client import Unreachable
from slimreel.services.processes import Program

_READY_S = 60.0
_LOOK_S = 0.2
_END_S = 20.0  # a worker that renders gives its work back first
_SAYS = "slimreel serves at "
# On one's own machine nothing costs credits, and files may be as large as the disk allows.
_SETTINGS = """\
# Of the service that `slimreel chat` starts; docs/reference/service-settings.md has all settings.
price_edit = 0
upload_bytes = 50_000_000_000
account_bytes = 200_000_000_000
disk_percent = 95
"""


@contextmanager
def service(data: Path) -> Iterator[str]:
    """The address of a service whose data is in this folder. Raises Unreachable where it does not start."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = data / "slimreel.toml"
    if not settings.exists():
        settings.write_text(_SETTINGS, encoding="utf-8")
    arguments = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data)]
    program = Program("slimreel", arguments, request=b"")
    try:
        yield _address(program)
    finally:
        program.stop()
        program.wait(_END_S)
        program.kill()


def _address(program: Program) -> str:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        try:
            line = program.line(_LOOK_S)
        except TimeoutError:
            continue
        if line is None:
            break
        if (text := line.decode(errors="replace").strip()).startswith(_SAYS):
            return text.removeprefix(_SAYS)
    lines = program.complaints.strip().splitlines()
    raise Unreachable(server="The service on this machine", detail=lines[-1] if lines else "it did not start")

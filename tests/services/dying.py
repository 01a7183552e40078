"""A process that takes in half of a file and then hangs, to be killed: `python -m tests.services.dying URL DATA SESSION
HOW`. It says when it has come so far."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from slimreel.services.clock import now
from slimreel.services.db.engine import Database
from slimreel.settings.service import ServiceSettings
from tests.services.kept import CUES, ME, keep


def main(url: str, data: str, session: str, how: str) -> None:
    kept = keep(Database(url, pool=2), ServiceSettings(data=Path(data), disk_percent=100), now)
    uploads = kept.uploads
    if how == "before the commit":
        enter = uploads._enter

        def hang(*given, **named):
            said_and_waits()
            return enter(*given, **named)

        setattr(uploads, "_enter", hang)  # noqa: B010 - a method is put in place of another
        uploads.take(ME, session, "said.srt", [CUES], len(CUES))
    upload = uploads.begin(ME, session, "said.srt", 1_000_000, resumable=how == "resumable")
    incoming = uploads.open(upload)
    uploads.write(upload, incoming, b"x" * 500_000)
    if how == "unverified":
        incoming.hold()
        uploads.write(upload, incoming, b"y" * 1000)
    said_and_waits()


def said_and_waits() -> None:
    print("here", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])

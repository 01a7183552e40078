"""A worker as a process: `python -m tests.services.worker_main SETTINGS.json`, with the stand-ins of the tests.

The file holds {"settings": {…}, "source": "clip.mp4", "program": null, "die_in": null}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from slimreel.services.clock import now
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.publish import Publisher
from slimreel.services.renders import PROGRAM, Renders
from slimreel.services.workers import WorkerParts, run_worker
from slimreel.settings.service import ServiceSettings
from tests.services.stand_ins import Sources, Store, make_jobs


def parts_of(told: dict[str, Any]) -> WorkerParts:
    settings = ServiceSettings(**{**told["settings"], "data": Path(told["settings"]["data"])})
    database = Database(settings.database_url or sqlite_url(settings.data), pool=10)
    jobs = make_jobs(database, settings)
    store = _Dying(settings.data / "blobs", told["die_in"]) if told.get("die_in") else Store(settings.data / "blobs")
    renders = Renders(
        settings, jobs, Sources(Path(told["source"])), Publisher(store), program=told.get("program") or PROGRAM
    )
    return WorkerParts(settings=settings, database=database, clock=now, jobs=jobs, renders=renders)


class _Dying(Store):
    """Kills the worker after the first file was put, once: where the file `died` is not there yet."""

    def __init__(self, root: Path, mark: str) -> None:
        super().__init__(root)
        self._mark = Path(mark)

    def put(self, key: str, path: Path) -> None:
        super().put(key, path)
        if not self._mark.exists():
            self._mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    run_worker(parts_of(json.loads(Path(sys.argv[1]).read_text())), stop)


if __name__ == "__main__":
    main()

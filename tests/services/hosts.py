"""Workers as real processes, to be killed and stopped, and a look at what they and their children are."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact, Job
from slimreel.services.jobs import Jobs
from slimreel.settings.service import ServiceSettings
from tests.conftest import ROOT
from tests.services.stand_ins import Store, account, closings, make_jobs, submit

FAKE_PROGRAM = "tests.services.fake_program"
MOST_S = 120.0


class Host:
    """A data folder, a database, and the workers that serve it."""

    def __init__(self, database: Database, url: str, folder: Path, source: Path | None, **settings: Any) -> None:
        self.folder, self.source, self.url = folder, source, url
        self.said = {"data": str(folder), "database_url": "" if database.is_sqlite else url, **settings}
        self.settings = ServiceSettings(**{**self.said, "data": folder})
        self.database = database
        self.jobs: Jobs = make_jobs(database, self.settings)
        self.store = Store(folder / "blobs")
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, *, environment: dict[str, str] | None = None, **more: Any) -> subprocess.Popen[bytes]:
        """One more worker."""
        told = {"settings": self.said, "source": str(self.source or ""), **more}
        path = self.folder / f"worker-{len(self.workers)}.json"
        path.write_text(json.dumps(told))
        command = [sys.executable, "-m", "tests.services.worker_main", str(path)]
        self.workers.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}))
        return self.workers[-1]

    def submit(self, name: str = "render_1", *, sessions: list[str] | None = None, user: str = "", **more: Any) -> Job:
        if not user:
            user, sessions = account(self.database)
        assert sessions
        return submit(self.jobs, user, sessions[0], name, **more)

    def now(self, job: Job) -> Job:
        return self.jobs.get(job.user_id, job.name)

    def until(self, job: Job, *states: str) -> Job:
        wait(lambda: self.now(job).state in states, f"{job.name} {states}")
        return self.now(job)

    def ended(self, job: Job) -> Job:
        return self.until(job, "completed", "failed", "cancelled")

    def check(self, jobs: list[Job]) -> None:
        """Every artifact is whole and belongs to a job that completed; each hold was closed once; nothing is left."""
        found = [self.now(job) for job in jobs]
        with self.database.read() as transaction:
            rows = list(transaction.scalars(select(Artifact)))
        completed = {job.id for job in found if job.state == "completed"}
        assert {row.job_id for row in rows} == completed
        assert len(rows) == len(completed)
        for row in rows:
            content = (self.store.root / row.blob).read_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256)
        told = closings(self.database)
        assert told.get("settle", 0) == len(completed)
        assert told.get("release", 0) == len(found) - len(completed)
        work = self.folder / "work"
        wait(lambda: not any(work.glob("*")), f"an empty {work}")
        assert not list(self.folder.rglob("*.part"))

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
            worker.wait()


def wait(holds: Callable[[], object], what: str, most_s: float = MOST_S) -> Any:
    """What `holds` gives, once it is true."""
    end = time.monotonic() + most_s
    while not (found := holds()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)
    return found


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def lives(process: int | None) -> bool:
    """Does a process still run? One that has ended may wait long for its new parent to take note of it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def program_of(worker: int, module: str = "render_program") -> int | None:
    """The program of a render that a worker runs now."""
    return next((child for child in children(worker) if module in command_of(child)), None)


def ffmpeg_of(worker: int) -> int | None:
    """An FFmpeg that works for a worker now, and has become one."""
    program = program_of(worker)
    found = children(program) if program is not None else []
    return next((child for child in found if "-progress" in command_of(child).split(" -- ")[0]), None)


def kill(process: int | None, number: int = signal.SIGKILL) -> bool:
    if process is None:
        return False
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return False
    return True

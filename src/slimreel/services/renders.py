"""Carries out one render step by step: take, make, publish, settle. Knows processes and folders, but no DBOS.

Each step asks the row of the job first, so that a step which is repeated, or comes too late, does no harm. A job works
in `work/ID` of the data folder: `chunks` outlives failures and deaths, each taking has a folder of its own beside it.
"""

from __future__ import annotations

import errno
import json
import logging
import re
import shutil
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from slimreel.core import records
from slimreel.errors import DiskFull, EngineError, SlimreelError, StorageError
from slimreel.graph.material import Materials
from slimreel.services.db.models import Job
from slimreel.services.job_states import ENDED, JobStates
from slimreel.services.processes import Program
from slimreel.services.publish import Publisher
from slimreel.settings.service import ServiceSettings

PROGRAM = "slimreel.services.render_program"
_POLL_S = 0.25
_ASSET = re.compile(r"a[0-9]+")
log = logging.getLogger("slimreel.renders")


class Sources(Protocol):
    """Where the files of a session can be read."""

    def materials(self, session_id: str, only: Collection[str] | None = None) -> AbstractContextManager[Materials]: ...


@dataclass(slots=True)
class _Heard:
    """What the program has told so far."""

    stage: str = "probe"
    fraction: float = 0.0
    eta_s: float | None = None
    reasons: list[Any] = field(default_factory=list)
    files: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    stopped: str = ""  # why it was not heard to its end: cancel, lost, drain, late

    def take(self, line: bytes) -> None:
        event = json.loads(line)
        match event["event"]:
            case "progress":
                self.stage, self.fraction, self.eta_s = event["stage"], event["fraction"], event["eta_s"]
            case "reasons":
                self.reasons += event["reasons"]
            case "files":
                self.files = event
            case "error":
                self.error = event["error"]


class Renders:
    """The renders of one worker. `stopping` tells it to give back what it does."""

    def __init__(
        self,
        settings: ServiceSettings,
        jobs: JobStates,
        sources: Sources,
        publisher: Publisher,
        *,
        program: str = PROGRAM,
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._sources = sources
        self._publisher = publisher
        self._program = program
        self._work = settings.data / "work"
        self.stopping = threading.Event()
        self.running: set[str] = set()

    def take(self, job_id: str, worker_id: str, after: int) -> int | None:
        """The fence to work under; None where there is nothing to do."""
        return None if self.stopping.is_set() else self._jobs.take(job_id, worker_id, after)

    def make(self, job_id: str, fence: int) -> bool:
        """The files of the job in its folder, checked and noted. False where the job is settled in another way."""
        job = self._jobs.held(job_id, fence)
        if job is None:
            return False
        heard, progressed = _Heard(), False
        try:
            folder = self._open(job_id, fence)
            if self._publisher.is_noted(folder):
                return True
            before = self._chunks(job_id)
            with self._sources.materials(job.session_id, only=asset_names(job.document)) as materials:
                self._listen(job, fence, folder, materials, heard)
            progressed = self._chunks(job_id) > before
            if heard.files is not None and not heard.stopped:
                self._publisher.note(folder, heard.files["files"], heard.reasons, heard.files["expected_s"])
                return True
        except SlimreelError as error:
            heard.error = wire_form(error)
        except OSError as error:
            heard.error = wire_form(_of_system(error))
        self._settle_otherwise(job.id, fence, heard, progressed=progressed)
        return False

    def publish(self, job_id: str, fence: int) -> bool:
        """The files of the job in the store."""
        if self._jobs.held(job_id, fence) is None:
            return False
        try:
            if self._publisher.store(self._folder(job_id, fence)) is not None:
                return True
        except (SlimreelError, OSError) as error:
            log.warning("job %s could not be stored: %s", job_id, type(error).__name__)
            known = error if isinstance(error, SlimreelError) else _of_system(error)
            # What is made and noted stays, so that another try has only to store it.
            if self._jobs.fail(job_id, fence, wire_form(known)) != "again":
                self._clear(job_id, fence)
            return False
        # The note names a file that is neither here nor there: it is made again.
        shutil.rmtree(self._folder(job_id, fence), ignore_errors=True)
        self._jobs.give_back(job_id, fence)
        return False

    def settle(self, job_id: str, fence: int) -> bool:
        """The job completed: its files, its charge and its news in one transaction."""
        stored = self._publisher.store(self._folder(job_id, fence))
        done = stored is not None and self._jobs.complete(job_id, fence, *stored)
        self._clear(job_id, fence)
        return done

    def sweep(self) -> None:
        """Removes the folders of jobs that have ended, whoever left them."""
        folders = [folder for folder in self._work.glob("*") if folder.name not in self.running]
        states = self._jobs.states([folder.name for folder in folders])
        for folder in folders:
            if states.get(folder.name, "completed") in ENDED:
                shutil.rmtree(folder, ignore_errors=True)

    def _listen(self, job: Job, fence: int, folder: Path, materials: Materials, heard: _Heard) -> None:
        """Runs the program and hears it to its end, unless the job is cancelled, lost, given back or late."""
        request = {
            "document": job.document,
            "materials": {name: records.facts_of(material) for name, material in materials.items()},
            "folder": str(folder),
            "chunks": str(folder.with_name("chunks")),
        }
        end = time.monotonic() + self._settings.render_hours * 3600
        program = Program(self._program, request=json.dumps(request).encode())
        try:
            asked_at = 0.0
            while not heard.stopped:
                try:
                    line = program.line(_POLL_S)
                except TimeoutError:
                    line = b""
                if line is None:
                    break
                if line:
                    heard.take(line)
                if heard.files is None and heard.error is None and time.monotonic() - asked_at >= _POLL_S:
                    asked_at = time.monotonic()
                    heard.stopped = self._stopped(job.id, fence, heard, end)
            status = None if heard.stopped else program.wait(10.0)
        finally:
            program.kill()
        if not heard.stopped and heard.files is None and heard.error is None:
            log.warning("the program of job %s ended with %s: %s", job.id, status, program.complaints[-2000:])
            heard.error = wire_form(EngineError(path="the video", detail="its program ended before it was finished"))

    def _stopped(self, job_id: str, fence: int, heard: _Heard, end: float) -> str:
        if self.stopping.is_set():
            return "drain"
        if time.monotonic() > end:
            return "late"
        order = self._jobs.advance(job_id, fence, heard.stage, heard.fraction, heard.eta_s)
        return "" if order == "go" else order

    def _settle_otherwise(self, job_id: str, fence: int, heard: _Heard, *, progressed: bool = False) -> None:
        if heard.stopped == "drain":
            self._jobs.give_back(job_id, fence)
        elif heard.stopped == "cancel":
            self._jobs.cancelled(job_id, fence)
        elif heard.stopped != "lost":
            late = EngineError(path="the video", detail=f"it took longer than {self._settings.render_hours:g} hours")
            error = heard.error or (wire_form(late) | {"http_status": 422})  # it would take as long again
            self._jobs.fail(job_id, fence, error, progressed=progressed)
        self._clear(job_id, fence)

    def _clear(self, job_id: str, fence: int) -> None:
        """Removes what this taking left; all of the job's, where it has ended."""
        shutil.rmtree(self._folder(job_id, fence), ignore_errors=True)
        if self._jobs.states([job_id]).get(job_id, "completed") in ENDED:
            shutil.rmtree(self._work / job_id, ignore_errors=True)

    def _folder(self, job_id: str, fence: int) -> Path:
        return self._work / job_id / str(fence)

    def _open(self, job_id: str, fence: int) -> Path:
        """The folder of this taking. What an earlier one had finished is taken over, the rest of it removed."""
        folder = self._folder(job_id, fence)
        (folder.with_name("chunks")).mkdir(parents=True, exist_ok=True)
        for older in folder.parent.iterdir():
            if older.name in ("chunks", folder.name):
                continue
            if self._publisher.is_noted(older) and not folder.exists():
                older.rename(folder)
            else:
                shutil.rmtree(older, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        return folder

    def _chunks(self, job_id: str) -> int:
        return sum(1 for _ in (self._work / job_id / "chunks").glob("*.json"))


def wire_form(error: SlimreelError) -> dict[str, Any]:
    """An error as rows hold it; the same form that the program of a render tells."""
    fields = {name: value if isinstance(value, (int, float)) else str(value) for name, value in error.fields.items()}
    return {
        "code": error.code,
        "class": type(error).__name__,
        "fields": fields,
        "http_status": error.http_status,
        "sentence": error.sentence(),
    }


def asset_names(document: Mapping[str, Any]) -> set[str]:
    """The files that a draft may speak of anywhere but in its history."""
    return {word for key, part in document.items() if key != "l" for word in _words(part) if _ASSET.fullmatch(word)}


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, (list, dict)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _words(inner)


def _of_system(error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path="the service")
    return StorageError(path="the service", detail=error.strerror or "the system refused it")

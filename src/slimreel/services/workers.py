"""A process that carries out renders: it says that it lives, starts what waits, and looks after workers that died.

Whatever the queue below believes, the rows of jobs decide: what waits is started, what nobody holds any more waits.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as Transaction

from slimreel.engine import sandbox
from slimreel.errors import EngineError, UsageError
from slimreel.errors.service import Unavailable
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Job, Worker
from slimreel.services.job_states import JobStates
from slimreel.services.renders import Renders, wire_form
from slimreel.services.workflow import Workflows
from slimreel.settings.service import ServiceSettings

BEAT_S = 2.0
# Four beats. A worker of this host whose process is gone is buried after two.
DEAD_S, GONE_S = 8.0, 4.0
_DISPATCH_S = 0.25
_AT_ONCE = 50  # heads that are in the queue at once
_LOOKED_AT = 4  # heads whose tries are asked after, each second
_CLEAN_S, _FORGET_S = 30.0, 3600.0
_DRAIN_S = 20.0
_KEPT = timedelta(days=1)  # rows of workers and tries that ended
log = logging.getLogger("slimreel.worker")


class Swept(Protocol):
    """Something that clears up behind others."""

    def sweep(self) -> object: ...


class Delivered(Protocol):
    """Something that brings out what is due; tells how much that was."""

    def deliver_due(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """What a worker is made of."""

    settings: ServiceSettings
    database: Database
    clock: Clock
    jobs: JobStates
    renders: Renders
    retention: Swept | None = None
    webhooks: Delivered | None = None


class Roster:
    """The rows of the workers: who lives, who died."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._host = platform.node()[:120]

    def join(self, slots: int) -> str:
        """A new worker, this process; its id."""
        moment, worker_id = self._clock(), ids.new("wrk")

        def work(transaction: Transaction) -> None:
            transaction.add(
                Worker(
                    id=worker_id, host=self._host, process=os.getpid(), slots=slots, started_at=moment,
                    seen_at=moment, ended_at=None,
                )
            )  # fmt: skip

        self._database.retry(work)
        return worker_id

    def beat(self, worker_id: str) -> None:
        """The worker lives, even if it had been thought dead."""

        def work(transaction: Transaction) -> None:
            row = transaction.get(Worker, worker_id)
            if row is not None:
                row.seen_at, row.ended_at = self._clock(), None

        self._database.retry(work)

    def bury(self, worker_id: str) -> None:
        """The worker is no more."""

        def work(transaction: Transaction) -> None:
            row = transaction.get(Worker, worker_id)
            if row is not None:
                row.ended_at = self._clock()
            old = delete(Worker).where(Worker.ended_at < self._clock() - _KEPT)
            transaction.execute(old)

        self._database.retry(work)

    def dead(self) -> list[str]:
        """Workers that are not heard of any more, and those of which nothing is left but jobs that they hold."""
        moment = self._clock()
        with self._database.read() as transaction:
            rows = list(transaction.scalars(select(Worker).where(Worker.ended_at.is_(None))))
            living = {row.id for row in rows if not self._is_dead(row, moment - row.seen_at)}
            held = select(Job.worker).where(Job.state == "processing", Job.worker.is_not(None)).distinct()
            holding = {worker for worker in transaction.scalars(held) if worker is not None}
        return sorted(({row.id for row in rows} | holding) - living)

    def _is_dead(self, row: Worker, silence: timedelta) -> bool:
        if silence.total_seconds() >= DEAD_S:
            return True
        return row.host == self._host and silence.total_seconds() >= GONE_S and not _is_alive(row.process)


class _Rounds:
    """Does a thing when it is time, and lives through a database that does not answer."""

    def __init__(self, every_s: float, work: Callable[[], object]) -> None:
        self._every_s = every_s
        self._work = work
        self._next = 0.0

    def turn(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every_s
        try:
            self._work()
        except (Unavailable, DBAPIError) as error:
            log.warning("the database does not answer: %s", type(error).__name__)


def check_sandbox(settings: ServiceSettings) -> None:
    """Raises UsageError where files of strangers could do harm here."""
    level = sandbox.level()
    if not level.is_full and not settings.unsafe:
        detail = (
            f"The sandbox on this system is {level.sentence()}. A service renders files of strangers, so it does not "
            "start without. Set SLIMREEL_UNSAFE=1 to do it all the same."
        )
        raise UsageError(detail=detail)


def run_worker(parts: WorkerParts, stop: threading.Event) -> None:
    """Renders until `stop` is set, then gives back what is unfinished. Raises UsageError as check_sandbox does."""
    check_sandbox(parts.settings)
    roster = Roster(parts.database, parts.clock)
    worker_id = roster.join(parts.settings.render_slots)
    workflows = Workflows(parts.settings, worker_id, parts.renders)
    workflows.launch()
    sweeper = threading.Thread(target=_clean, args=(parts, stop), name="slimreel-clean", daemon=True)
    sweeper.start()
    dispatcher = Dispatcher(parts.jobs, workflows)
    rounds = (
        _Rounds(BEAT_S, lambda: roster.beat(worker_id)),
        _Rounds(BEAT_S, lambda: _look_after(parts, roster, workflows, worker_id)),
        _Rounds(_DISPATCH_S, dispatcher.dispatch),
        _Rounds(_FORGET_S, lambda: workflows.forget(parts.clock() - _KEPT)),
    )
    try:
        while not stop.is_set():
            for one in rounds:
                one.turn()
            stop.wait(_DISPATCH_S)
    finally:
        parts.renders.stopping.set()
        end = time.monotonic() + _DRAIN_S
        while parts.renders.running and time.monotonic() < end:
            time.sleep(0.05)
        parts.jobs.give_back_of(worker_id)
        roster.bury(worker_id)
        workflows.close()


class Dispatcher:
    """Starts a try for every job that may begin and has none."""

    def __init__(self, jobs: JobStates, workflows: Workflows) -> None:
        self._jobs = jobs
        self._workflows = workflows
        self._started: dict[tuple[str, int], float] = {}

    def dispatch(self) -> None:
        heads = [(job.id, job.fence) for job in self._jobs.heads(_AT_ONCE)]
        now = time.monotonic()
        self._started = {key: at for key, at in self._started.items() if key in heads}
        for key in heads:
            if key not in self._started:
                self._workflows.start(*key)
                self._started[key] = now
        for key in heads[:_LOOKED_AT]:
            if now - self._started[key] > 1.0:
                self._started[key] = now
                # It ended without taking the job, or never was: the row is right, so it gets another try.
                if self._workflows.is_over(*key):
                    self._jobs.renumber(*key)


def _look_after(parts: WorkerParts, roster: Roster, workflows: Workflows, worker_id: str) -> None:
    """Jobs of workers that died wait again; those of our own that no try of ours knows have failed once more."""
    for dead in roster.dead():
        if dead == worker_id:
            continue
        given = parts.jobs.give_back_of(dead)
        workflows.recover(dead)
        roster.bury(dead)
        log.warning("worker %s is no more; %d jobs wait again", dead, len(given))
    for job_id, fence in parts.jobs.held_by(worker_id):
        if job_id not in parts.renders.running:
            # A step of ours broke off in a way that nobody had thought of; were it not counted, it would for ever.
            log.error("job %s was dropped", job_id)
            dropped = EngineError(path="the video", detail="its worker dropped it")
            parts.jobs.fail(job_id, fence, wire_form(dropped))


def _clean(parts: WorkerParts, stop: threading.Event) -> None:
    """Clears up and delivers news, beside the renders."""
    rounds = [_Rounds(_CLEAN_S, parts.renders.sweep)]
    if parts.retention is not None:
        rounds.append(_Rounds(_CLEAN_S, parts.retention.sweep))
    if parts.webhooks is not None:
        rounds.append(_Rounds(1.0, parts.webhooks.deliver_due))
    while not stop.is_set():
        for one in rounds:
            one.turn()
        stop.wait(_DISPATCH_S)


def _is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists() if Path("/proc/self").exists() else True

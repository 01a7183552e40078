"""What may become of a render, who holds it, and what that costs. Knows no process, no file and no DBOS.

The row of a job is the truth. Whoever takes a job up gets its fence, a number that grows with each taking; what comes
with an older one, or for a job that nobody holds, changes nothing.

    pending ──take──▶ processing ──complete──▶ completed
       ▲                │  │  └────cancelled──▶ cancelled ──┐
       ├───give back────┘  └───────fail───────▶ failed ─────┤
       └──────────────────────requeue───────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from slimreel.agent.reply import told_in
from slimreel.core.languages import spoken_here
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact, Job, Session
from slimreel.services.feed import Feed
from slimreel.services.filenames import unlike
from slimreel.settings.service import ServiceSettings

Order = Literal["go", "cancel", "lost"]
Outcome = Literal["again", "failed", "lost"]
ENDED = ("completed", "failed", "cancelled")
_FEED_EVERY = timedelta(seconds=2)
# A hang costs a whole SLIMREEL_STALL_S each time, so it is tried again once only.
_HANGS = 2


# Far more than servers are restarted during one render.
_MOST_TAKEN = 20
_WORKERS_DIED = "This render was begun too often by workers that died of something. Try it again, or with another wish."


class Credits(Protocol):
    """What a job needs of the ledger."""

    def hold(self, transaction: Transaction, user_id: str, amount: int, *, job: str, note: str) -> object: ...
    def settle(self, transaction: Transaction, job: str, amount: int | None = None) -> bool: ...
    def release(self, transaction: Transaction, job: str) -> bool: ...


class Announcer(Protocol):
    """Tells others that a job has ended, as part of the transaction that ends it."""

    def enqueue(self, transaction: Transaction, job: Job, artifacts: Sequence[Artifact]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A file that is stored, to become an artifact. `result` is what was measured on it; empty where it is no video."""

    kind: str
    filename: str
    media_type: str
    blob: str
    size: int
    sha256: str
    result: dict[str, Any] = field(default_factory=dict)


class JobStates:
    """The jobs of all accounts, as workers see them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: ServiceSettings,
        ledger: Credits,
        feed: Feed,
        announcer: Announcer | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._ledger = ledger
        self._feed = feed
        self._announcer = announcer
        self._told: dict[str, tuple[str, datetime]] = {}

    def heads(self, limit: int) -> list[Job]:
        """The jobs that may begin: the first that waits of each session in which none is at work; oldest first."""
        other = aliased(Job)
        in_front = or_(
            other.state == "processing",
            and_(
                other.state == "pending",
                or_(other.created_at < Job.created_at, and_(other.created_at == Job.created_at, other.id < Job.id)),
            ),
        )
        blocked = select(other.id).where(other.session_id == Job.session_id, other.id != Job.id, in_front).exists()
        query = select(Job).where(Job.state == "pending", ~blocked).order_by(Job.created_at, Job.id).limit(limit)
        with self._database.read() as transaction:
            return list(transaction.scalars(query))

    def take(self, job_id: str, worker_id: str, after: int | None = None) -> int | None:
        """The fence of a job that this worker now holds; None where it is not to be had.

        With `after` only while the job still has that fence. Two jobs of a session are never at work at once.
        """

        def work(transaction: Transaction) -> int | None:
            session_id = transaction.scalar(select(Job.session_id).where(Job.id == job_id))
            if session_id is None:
                return None
            # Not against rows that only refer to the session, such as news of a job that holds its own lock.
            transaction.get(Session, session_id, with_for_update={"key_share": True})
            job = transaction.get(Job, job_id, with_for_update=True, populate_existing=True)
            if job is None or job.state in ENDED or after not in (None, job.fence):
                return None
            at_work = select(Job.id).where(Job.session_id == session_id, Job.state == "processing", Job.id != job_id)
            if transaction.scalar(at_work) is not None:
                return None
            job.state, job.worker, job.fence = "processing", worker_id, job.fence + 1
            job.stage, job.progress, job.eta_s = "probe", 0.0, None
            job.started_at = job.started_at or self._clock()
            self._tell(transaction, job)
            return job.fence

        return self._database.retry(work)

    def held(self, job_id: str, fence: int) -> Job | None:
        """The job, where whoever has this fence still holds it."""
        with self._database.read() as transaction:
            job = transaction.get(Job, job_id)
        return job if job is not None and job.state == "processing" and job.fence == fence else None

    def advance(self, job_id: str, fence: int, stage: str, fraction: float, eta_s: float | None) -> Order:
        """Notes how far a job is and says whether to go on. Only a new stage, or two seconds, are worth a write."""
        job = self.held(job_id, fence)
        if job is None:
            return "lost"
        if job.cancel_asked:
            return "cancel"
        told = self._told.get(job_id)
        moment = self._clock()
        if told is not None and told[0] == stage and moment - told[1] < _FEED_EVERY:
            return "go"

        def work(transaction: Transaction, job: Job) -> None:
            job.stage, job.eta_s = stage, eta_s
            job.progress = max(job.progress, min(1.0, fraction))
            self._tell(transaction, job)

        self._told[job_id] = (stage, moment)
        return "go" if self._change(job_id, fence, work) else "lost"

    def complete(
        self, job_id: str, fence: int, artifacts: Sequence[Finished], reasons: Sequence[Mapping[str, Any]]
    ) -> bool:
        """The job with its files, its charge and its news in one transaction; False where the fence is not its own."""

        def work(transaction: Transaction, job: Job) -> None:
            moment = self._clock()
            taken = _exported(transaction, job.session_id) if job.kind == "export" else ()
            names = [unlike(one.filename, taken) for one in artifacts]
            rows = [
                Artifact(
                    id=ids.new("art"), job_id=job.id, number=number, session_id=job.session_id, user_id=job.user_id,
                    kind=one.kind, filename=name, media_type=one.media_type, blob=one.blob, size=one.size,
                    sha256=one.sha256, created_at=moment,
                    result={**one.result, "output": name} if one.result else one.result,
                )
                for number, (one, name) in enumerate(zip(artifacts, names, strict=True), 1)
            ]  # fmt: skip
            transaction.add_all(rows)
            job.reasons = [dict(reason) for reason in reasons]
            job.progress, job.stage, job.eta_s = 1.0, "", None
            self._ledger.settle(transaction, ledger_key(job))
            self._end(transaction, job, "completed", rows)

        return self._change(job_id, fence, work)

    def fail(self, job_id: str, fence: int, error: Mapping[str, Any], *, progressed: bool = False) -> Outcome:
        """A job that went wrong. `error` has code, class, fields, http_status and sentence.

        What is the user's to mend fails at once. Other errors are tried again, `render_attempts` times in all; one
        that came after new work was finished counts for nothing.
        """
        outcome: list[Outcome] = ["lost"]

        def work(transaction: Transaction, job: Job) -> None:
            job.attempts += not progressed
            most = self._settings.render_attempts
            most = min(most, _HANGS) if error.get("code") == "stalled" else most
            if int(error.get("http_status", 500)) >= 500 and job.attempts < most and not job.cancel_asked:
                outcome[0] = "again"
                self._wait_again(transaction, job)
                return
            outcome[0] = "failed"
            job.problem = dict(error)
            self._end(transaction, job, "failed")

        self._change(job_id, fence, work)
        return outcome[0]

    def cancelled(self, job_id: str, fence: int) -> bool:
        """The worker has stopped a job that was to be cancelled."""
        return self._change(job_id, fence, lambda transaction, job: self._end(transaction, job, "cancelled"))

    def give_back(self, job_id: str, fence: int) -> bool:
        """The job waits again, as if nobody had taken it: no attempt, no charge."""
        return self._change(job_id, fence, self._wait_again)

    def give_back_of(self, worker_id: str) -> list[str]:
        """Everything that a worker holds which is no more; the ids of the jobs.

        A job that was with so many workers when they died may be what kills them, and is given up.
        """

        def work(transaction: Transaction) -> list[str]:
            held = select(Job).where(Job.worker == worker_id, Job.state == "processing").with_for_update()
            found = list(transaction.scalars(held))
            for job in found:
                if job.fence < _MOST_TAKEN * (job.requeues + 1):
                    self._wait_again(transaction, job)
                else:
                    job.problem = {"code": "workers_died", "http_status": 500, "sentence": _WORKERS_DIED}
                    self._end(transaction, job, "failed")
            return [job.id for job in found]

        return self._database.retry(work)

    def held_by(self, worker_id: str) -> list[tuple[str, int]]:
        """The jobs that a worker holds, each with its fence."""
        query = select(Job.id, Job.fence).where(Job.worker == worker_id, Job.state == "processing")
        with self._database.read() as transaction:
            return [(job_id, fence) for job_id, fence in transaction.execute(query)]

    def renumber(self, job_id: str, fence: int) -> bool:
        """Another fence for a job that waits: whatever was begun for it under the old one is void."""

        def work(transaction: Transaction) -> bool:
            job = transaction.get(Job, job_id, with_for_update=True)
            if job is None or job.state != "pending" or job.fence != fence:
                return False
            job.fence += 1
            return True

        return self._database.retry(work)

    def states(self, job_ids: Sequence[str]) -> dict[str, str]:
        """What is with these jobs; those that are not there have no entry."""
        with self._database.read() as transaction:
            found = transaction.execute(select(Job.id, Job.state).where(Job.id.in_(job_ids)))
            return {row.id: row.state for row in found}

    def _change(self, job_id: str, fence: int, work: Callable[[Transaction, Job], None]) -> bool:
        """`work` on a job that is held with this fence; False, and nothing done, where it is not."""

        def guarded(transaction: Transaction) -> bool:
            job = transaction.get(Job, job_id, with_for_update=True)
            if job is None or job.state != "processing" or job.fence != fence:
                return False
            work(transaction, job)
            return True

        return self._database.retry(guarded)

    def _wait_again(self, transaction: Transaction, job: Job) -> None:
        if job.cancel_asked:
            self._end(transaction, job, "cancelled")
            return
        job.state, job.stage, job.progress, job.eta_s, job.worker = "pending", "", 0.0, None, None
        self._tell(transaction, job)

    def _end(self, transaction: Transaction, job: Job, state: str, artifacts: Sequence[Artifact] = ()) -> None:
        self._told.pop(job.id, None)
        job.state, job.ended_at, job.eta_s, job.worker = state, self._clock(), None, None
        if state != "completed":
            self._ledger.release(transaction, ledger_key(job))
        self._tell(transaction, job)
        if self._announcer is not None:
            self._announcer.enqueue(transaction, job, artifacts)

    def _tell(self, transaction: Transaction, job: Job) -> None:
        payload: dict[str, Any] = {
            "id": job.name, "task_id": job.task_id, "kind": job.kind, "state": job.state, "stage": job.stage,
            "progress": round(job.progress, 4), "eta_s": job.eta_s,
        }  # fmt: skip
        if job.problem is not None:
            session = transaction.get(Session, job.session_id)
            told = told_in(job.problem, spoken_here(session.language if session is not None else ""))
            payload["error"] = {"code": told.get("code"), "sentence": told.get("sentence")}
        self._feed.add(transaction, job.session_id, "job", payload, job_id=job.id)


def ledger_key(job: Job) -> str:
    """What the ledger calls the cost of a job; each time it is queued is paid for by itself."""
    return f"render:{job.id}:{job.requeues}" if job.requeues else f"render:{job.id}"


def _exported(transaction: Transaction, session_id: str) -> set[str]:
    """The names of what a session has exported: two of them alike cannot be told apart in a list or a folder."""
    mine = (Artifact.session_id == session_id, Job.kind == "export")
    return set(transaction.scalars(select(Artifact.filename).join(Job, Job.id == Artifact.job_id).where(*mine)))

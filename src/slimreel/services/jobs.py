"""Renders as clients see them: submitted, looked up, cancelled, queued again. What workers do is in job_states."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import Conflicting, QueueFull, UnknownJob, UnknownSession
from slimreel.services import ids
from slimreel.services.db.models import Artifact, Job, Session, User
from slimreel.services.drafts import digest_of
from slimreel.services.job_states import JobStates, ledger_key

Kind = Literal["export", "preview", "output"]
_RETRY_S = 30  # clients of the protocol wait so long, once


class Jobs(JobStates):
    """The renders of all accounts."""

    def submit(
        self,
        *,
        user_id: str,
        session_id: str,
        name: str,
        draft_id: str,
        document: dict[str, Any],
        kind: Kind = "export",
        price: int,
        note: str,
    ) -> Job:
        """A job under this name, or the one that is there already with the same content.

        Raises Conflicting where the name stands for something else, QueueFull, NoCredits, UnknownSession.
        """
        digest = digest_of(document)

        def work(transaction: Transaction) -> Job:
            if transaction.get(User, user_id, with_for_update={"key_share": True}) is None:
                raise UnknownSession
            known = transaction.scalar(select(Job).where(Job.user_id == user_id, Job.name == name))
            if known is not None:
                if (known.digest, known.session_id) != (digest, session_id):
                    raise Conflicting(detail=f"the id {name} is taken by a render of something else")
                return known
            session = transaction.get(Session, session_id)
            if session is None or session.user_id != user_id:
                raise UnknownSession
            self._check_room(transaction, user_id)
            job = Job(
                id=ids.new("job"), name=name, task_id=session.task_id, user_id=user_id, session_id=session_id,
                draft_id=draft_id, kind=kind, digest=digest, document=document, state="pending",
                stage="", progress=0.0, eta_s=None, attempts=0, fence=0, worker=None, started_at=None,
                cancel_asked=False, requeues=0, reasons=[], problem=None, created_at=self._clock(), ended_at=None,
            )  # fmt: skip
            transaction.add(job)
            transaction.flush()
            self._ledger.hold(transaction, user_id, price, job=ledger_key(job), note=note)
            self._tell(transaction, job)
            return job

        return self._database.retry(work)

    def get(self, user_id: str, name: str) -> Job:
        """The job of this name. Raises UnknownJob, also for somebody else's."""
        with self._database.read() as transaction:
            job = transaction.scalar(select(Job).where(Job.user_id == user_id, Job.name == name))
        if job is None:
            raise UnknownJob
        return job

    def artifacts(self, job: Job) -> list[Artifact]:
        """The finished files of a job, in their order."""
        with self._database.read() as transaction:
            found = transaction.scalars(select(Artifact).where(Artifact.job_id == job.id).order_by(Artifact.number))
            return list(found)

    def list(
        self, user_id: str, session_id: str | None = None, before: str | None = None, count: int = 50
    ) -> list[Job]:
        """The newest jobs first; of one session, or behind the one with the name `before`. Raises UnknownJob."""
        query = select(Job).where(Job.user_id == user_id)
        if session_id is not None:
            query = query.where(Job.session_id == session_id)
        if before is not None:
            last = self.get(user_id, before)
            query = query.where(_older(last))
        with self._database.read() as transaction:
            found = transaction.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(count))
            return list(found)

    def cancel(self, user_id: str, name: str) -> Job:
        """Stop a job: at once where it waits, else as soon as its worker hears of it. Raises UnknownJob."""

        def work(transaction: Transaction) -> Job:
            job = self._own(transaction, user_id, name)
            if job.state == "pending":
                self._end(transaction, job, "cancelled")
            elif job.state == "processing":
                job.cancel_asked = True
            return job

        return self._database.retry(work)

    def requeue(self, user_id: str, name: str) -> Job:
        """A job that failed or was cancelled once more, from the beginning.

        Raises UnknownJob, NoCredits, QueueFull, and Conflicting where it has not failed or been cancelled.
        """

        def work(transaction: Transaction) -> Job:
            if transaction.get(User, user_id, with_for_update={"key_share": True}) is None:
                raise UnknownJob
            job = self._own(transaction, user_id, name)
            if job.state not in ("failed", "cancelled"):
                raise Conflicting(detail=f"the render {name} is {job.state}")
            self._check_room(transaction, user_id)
            job.state, job.stage, job.progress, job.eta_s = "pending", "", 0.0, None
            job.requeues += 1
            job.attempts, job.cancel_asked, job.worker = 0, False, None
            job.problem, job.ended_at, job.started_at, job.reasons = None, None, None, []
            price = self._settings.price_preview if job.kind == "preview" else self._settings.price_export
            self._ledger.hold(transaction, user_id, price, job=ledger_key(job), note=f"render {name}")
            self._tell(transaction, job)
            return job

        return self._database.retry(work)

    def _own(self, transaction: Transaction, user_id: str, name: str) -> Job:
        job = transaction.scalar(select(Job).where(Job.user_id == user_id, Job.name == name).with_for_update())
        if job is None:
            raise UnknownJob
        return job

    def _check_room(self, transaction: Transaction, user_id: str) -> None:
        waiting = select(func.count()).select_from(Job).where(Job.state == "pending")
        settings = self._settings
        if (transaction.scalar(waiting.where(Job.user_id == user_id)) or 0) >= settings.queue_per_account:
            detail = f"{settings.queue_per_account} of your renders wait already"
            raise QueueFull(detail=detail, retry_after_s=_RETRY_S)
        if (transaction.scalar(waiting) or 0) >= settings.queue_in_all:
            raise QueueFull(detail=f"{settings.queue_in_all} renders wait already", retry_after_s=_RETRY_S)


def _older(last: Job) -> ColumnElement[bool]:
    return or_(Job.created_at < last.created_at, and_(Job.created_at == last.created_at, Job.id < last.id))

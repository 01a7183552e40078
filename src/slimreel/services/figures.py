"""How busy the service is, in numbers: read from the rows, never counted beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact, Asset, Balance, Job, Session, Turn, Worker

_HEARD_LATELY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts and sums at one moment."""

    jobs: dict[str, int]
    oldest_s: float
    workers: int
    sessions: int
    stored_bytes: int
    turns_running: int
    revenue: int


def figures(database: Database, clock: Clock) -> Figures:
    now = clock()
    with database.read() as transaction:
        by_state = select(Job.state, func.count()).group_by(Job.state)
        jobs = {row[0]: row[1] for row in transaction.execute(by_state)}
        oldest = transaction.scalar(select(func.min(Job.created_at)).where(Job.state == "pending"))
        alive = select(func.count()).where(Worker.ended_at.is_(None), Worker.seen_at > now - _HEARD_LATELY)
        stored = [transaction.scalar(select(func.sum(kind.size))) or 0 for kind in (Asset, Artifact)]
        return Figures(
            jobs=jobs,
            oldest_s=(now - oldest).total_seconds() if oldest else 0.0,
            workers=transaction.scalar(alive) or 0,
            sessions=transaction.scalar(select(func.count()).select_from(Session)) or 0,
            stored_bytes=int(sum(stored)),
            turns_running=transaction.scalar(select(func.count()).where(Turn.state == "running")) or 0,
            revenue=transaction.scalar(select(Balance.amount).where(Balance.account == "sys:revenue")) or 0,
        )

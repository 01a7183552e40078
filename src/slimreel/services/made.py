"""The finished files of renders and sessions, read for whoever shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact


class Made:
    """All finished files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_jobs(self, job_ids: Sequence[str]) -> dict[str, list[Artifact]]:
        """The files of these renders, by the render's id, each in their order."""
        query = select(Artifact).where(Artifact.job_id.in_(job_ids)).order_by(Artifact.job_id, Artifact.number)
        found: defaultdict[str, list[Artifact]] = defaultdict(list)
        with self._database.read() as transaction:
            for artifact in transaction.scalars(query):
                found[artifact.job_id].append(artifact)
        return dict(found)

    def of_session(self, session_id: str, count: int = 100) -> list[Artifact]:
        """The files that were made in a session, oldest first."""
        query = select(Artifact).where(Artifact.session_id == session_id)
        query = query.order_by(Artifact.created_at.desc(), Artifact.number.desc()).limit(count)
        with self._database.read() as transaction:
            return list(transaction.scalars(query))[::-1]

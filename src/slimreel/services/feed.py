"""What happened in a session, in order. Work appends to it, streams only read it; a reader that left goes on where it
was. It does not know what the entries mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import FeedEntry

_MOST_AT_ONCE = 500


@dataclass(slots=True)
class Told:
    """What a turn answered in words, and the revision that it led each draft to which it changed."""

    text: str = ""
    revisions: dict[str, int] = field(default_factory=dict)


class Feed:
    """The entries of all sessions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        transaction: Transaction,
        session_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        turn_id: str | None = None,
        job_id: str | None = None,
    ) -> FeedEntry:
        """One more entry, as part of the transaction that makes it true."""
        entry = FeedEntry(
            session_id=session_id,
            turn_id=turn_id,
            job_id=job_id,
            kind=kind,
            payload=dict(payload),
            created_at=self._clock(),
        )
        transaction.add(entry)
        transaction.flush()
        return entry

    def after(
        self, session_id: str, last_id: int, *, turn_id: str | None = None, kinds: Sequence[str] = ()
    ) -> list[FeedEntry]:
        """The entries behind the one with this id, oldest first: of the session, or of one turn of it."""
        query = select(FeedEntry).where(FeedEntry.session_id == session_id, FeedEntry.id > last_id)
        if turn_id is not None:
            query = query.where(FeedEntry.turn_id == turn_id)
        if kinds:
            query = query.where(FeedEntry.kind.in_(kinds))
        with self._database.read() as transaction:
            return list(transaction.scalars(query.order_by(FeedEntry.id).limit(_MOST_AT_ONCE)))

    def told_of(self, turn_ids: Sequence[str]) -> dict[str, Told]:
        """What the events of each of these turns say; a turn without any is not in it."""
        query = select(FeedEntry.turn_id, FeedEntry.payload).where(
            FeedEntry.turn_id.in_(turn_ids), FeedEntry.kind == "event"
        )
        with self._database.read() as transaction:
            rows = transaction.execute(query.order_by(FeedEntry.id)).all()
        found: dict[str, Told] = {}
        for turn_id, payload in rows:
            told = found.setdefault(str(turn_id), Told())
            told.text = str(payload.get("text") or told.text)
            delta = payload.get("actions", {}).get("stateDelta", {})
            if "revision" in delta:
                told.revisions[str(delta["draft_id"])] = int(delta["revision"])
        return found

    def newest(self) -> int:
        """The id of the last entry of all sessions; 0 where there is none."""
        with self._database.read() as transaction:
            return transaction.scalar(select(func.max(FeedEntry.id))) or 0

    def sessions_after(self, last_id: int) -> tuple[int, set[str]]:
        """The newest id, and the sessions that have entries behind this one."""
        query = select(FeedEntry.id, FeedEntry.session_id).where(FeedEntry.id > last_id).order_by(FeedEntry.id)
        with self._database.read() as transaction:
            found = transaction.execute(query.limit(_MOST_AT_ONCE)).all()
        return (found[-1][0] if found else last_id), {session_id for _, session_id in found}

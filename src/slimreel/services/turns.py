"""Turns of conversations: begun, held by whoever carries one out, joined by whoever says the same again, ended once.

What a message means is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session as Transaction

from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.credits import Ledger
from slimreel.services.db.engine import Database
from slimreel.services.db.models import FeedEntry, Session, Turn

# How long a turn stays with a process that is not heard of; who works on one renews it far more often.
LEASE = timedelta(seconds=10)


class Turns:
    """The turns of all sessions."""

    def __init__(self, database: Database, clock: Clock, ledger: Ledger) -> None:
        self._database = database
        self._clock = clock
        self._ledger = ledger

    def running(self, session_id: str, text: str) -> Turn | None:
        """The turn that does this very message just now."""
        query = select(Turn).where(
            Turn.session_id == session_id, Turn.digest == digest_of(text), Turn.state == "running"
        )
        with self._database.read() as transaction:
            return transaction.scalar(query)

    def of_event(self, session_id: str, event_id: int, text: str) -> Turn | None:
        """The turn of this message that an event belongs to: a client that lost its stream goes on behind it."""
        if not event_id:
            return None
        query = select(Turn).join(FeedEntry, FeedEntry.turn_id == Turn.id)
        query = query.where(FeedEntry.id == event_id, Turn.session_id == session_id, Turn.digest == digest_of(text))
        with self._database.read() as transaction:
            return transaction.scalar(query)

    def begin(self, session: Session, text: str, *, price: int, note: str, remedy: str, owner: str) -> Turn:
        """A new turn with its price set aside, or the one that does this message already. Raises NoCredits."""
        now, digest = self._clock(), digest_of(text)

        def work(transaction: Transaction) -> Turn:
            transaction.get(Session, session.id, with_for_update=True)  # two of the same text come one after the other
            same = select(Turn).where(Turn.session_id == session.id, Turn.digest == digest, Turn.state == "running")
            if (found := transaction.scalar(same)) is not None:
                return found
            last = transaction.scalar(select(func.max(Turn.number)).where(Turn.session_id == session.id)) or 0
            turn = Turn(
                id=ids.new("trn"),
                session_id=session.id,
                user_id=session.user_id,
                number=last + 1,
                digest=digest,
                text=text,
                state="running",
                held=price,
                owner=owner,
                lease_until=now + LEASE,
                commands=[],
                draft_id=None,
                created_at=now,
                ended_at=None,
            )
            transaction.add(turn)
            self._ledger.hold(transaction, session.user_id, price, job=f"turn:{turn.id}", note=note, remedy=remedy)
            return turn

        return self._database.retry(work)

    def is_next(self, turn: Turn) -> bool:
        """Are all earlier turns of its session done?"""
        query = select(func.count()).where(
            Turn.session_id == turn.session_id, Turn.state == "running", Turn.number < turn.number
        )
        with self._database.read() as transaction:
            return not transaction.scalar(query)

    def last_done(self, session_id: str) -> Turn | None:
        query = (
            select(Turn)
            .where(Turn.session_id == session_id, Turn.state == "done")
            .order_by(Turn.number.desc())
            .limit(1)
        )
        with self._database.read() as transaction:
            return transaction.scalar(query)

    def listed(self, session_id: str, count: int = 50) -> list[Turn]:
        """The last turns, oldest first."""
        query = select(Turn).where(Turn.session_id == session_id).order_by(Turn.number.desc()).limit(count)
        with self._database.read() as transaction:
            return list(transaction.scalars(query))[::-1]

    def renew(self, turn_ids: Sequence[str], owner: str) -> None:
        """Says that these turns are still worked on."""
        if turn_ids:
            query = update(Turn).where(Turn.id.in_(turn_ids), Turn.owner == owner, Turn.state == "running")
            with self._database.write() as transaction:
                transaction.execute(query.values(lease_until=self._clock() + LEASE))

    def adopt(self, owner: str) -> list[Turn]:
        """The turns whose owner is gone; they are this one's now, and have to be done again."""
        now = self._clock()
        left = select(Turn).where(Turn.state == "running", or_(Turn.lease_until.is_(None), Turn.lease_until < now))
        with self._database.write() as transaction:
            found = list(transaction.scalars(left.order_by(Turn.created_at).with_for_update()))
            for turn in found:
                turn.owner, turn.lease_until = owner, now + LEASE
        return found

    def end(
        self,
        transaction: Transaction,
        turn: Turn,
        *,
        state: str,
        charged: int,
        draft_id: str | None,
        commands: list[Any],
    ) -> bool:
        """Closes the turn with what it cost, as part of the transaction of its effects. False where it is not ours."""
        row = transaction.get(Turn, turn.id, with_for_update=True)
        if row is None or row.state != "running" or row.owner != turn.owner:
            return False
        row.state, row.ended_at, row.draft_id, row.commands = state, self._clock(), draft_id, commands
        if charged:
            self._ledger.settle(transaction, f"turn:{turn.id}", charged)
        else:
            self._ledger.release(transaction, f"turn:{turn.id}")
        return True


def digest_of(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()

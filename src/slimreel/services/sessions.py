"""Sessions: projects of an account, each with its files, drafts and conversation. Somebody else's is an unknown one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import BadRequest, UnknownSession
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Session

_USED_EVERY = timedelta(minutes=1)
_LONGEST_NAME = 200
_LONGEST_LANGUAGE = 35  # of a BCP 47 tag, as RFC 5646 advises


class Sessions:
    """The sessions of all accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, user_id: str, name: str, language: str) -> Session:
        """A new session. Raises BadRequest where the language is no tag of one."""
        if len(language) > _LONGEST_LANGUAGE or not all(part.isalnum() for part in language.split("-") if language):
            raise BadRequest(detail="language has to be a tag such as en or zh-CN, or empty")
        now = self._clock()
        with self._database.write() as transaction:
            session = Session(
                id=ids.session_id(),
                task_id=ids.new("task"),
                user_id=user_id,
                name=name[:_LONGEST_NAME] or "project",
                language=language,
                draft_id=None,
                fresh=[],
                asked=None,
                created_at=now,
                used_at=now,
            )
            transaction.add(session)
        return session

    def find(self, user_id: str, session_id: Any, only: str | None = None) -> Session:
        """The session, if it is this account's. Ids may come as numbers. `only` is the one session that a token opens.

        Raises UnknownSession.
        """
        with self._database.read() as transaction:
            session = self.within(transaction, user_id, session_id, only)
        if self._clock() - session.used_at > _USED_EVERY:
            self._touch(session.id)
        return session

    def within(self, transaction: Transaction, user_id: str, session_id: Any, only: str | None = None) -> Session:
        """As `find`, as part of a transaction."""
        wanted = str(session_id)
        found = transaction.get(Session, wanted) if ids.SESSION_ID.fullmatch(wanted) else None
        if found is None or found.user_id != user_id or (only is not None and found.id != only):
            raise UnknownSession
        return found

    def listed(self, user_id: str, before: str | None = None, count: int = 50) -> list[Session]:
        """The account's sessions, the last used first; `before` is the id of the one to go on behind."""
        query = select(Session).where(Session.user_id == user_id).order_by(Session.used_at.desc(), Session.id.desc())
        with self._database.read() as transaction:
            last = transaction.get(Session, before) if before else None
            if last is not None:
                query = query.where(Session.used_at <= last.used_at, Session.id != last.id)
            return list(transaction.scalars(query.limit(min(count, 200))))

    def languages(self, session_ids: Collection[str]) -> dict[str, str]:
        """The language tags of these sessions, by id."""
        if not session_ids:
            return {}
        query = select(Session.id, Session.language).where(Session.id.in_(session_ids))
        with self._database.read() as transaction:
            return {one.id: one.language for one in transaction.execute(query)}

    def _touch(self, session_id: str) -> None:
        with self._database.write() as transaction:
            transaction.execute(update(Session).where(Session.id == session_id).values(used_at=self._clock()))

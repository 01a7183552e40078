"""Links that open one session in a browser: a claim has no rights, but is exchanged for a token of that session."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from slimreel.errors.service import NotHere, UnknownSession
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Claim, Session
from slimreel.services.tokens import SCOPES, Caller, Tokens, require

_SECRET = re.compile(r"clm_[A-Za-z0-9_-]{43}")
_LIVES = timedelta(days=7)
_MOST_BROWSERS = 20  # that may have one session open


@dataclass(frozen=True, slots=True)
class ClaimToken:
    """The secret of a link, shown once, and how long it works."""

    secret: str = field(repr=False)
    expires_in_s: int


@dataclass(frozen=True, slots=True)
class BrowserToken:
    """A token that opens one session."""

    token: str = field(repr=False)
    session_id: str
    user_id: str
    expires_at: datetime


class Claims:
    """All links to sessions."""

    def __init__(self, database: Database, clock: Clock, tokens: Tokens) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens

    def claim(self, caller: Caller, session_id: str, task_id: str | None = None) -> ClaimToken:
        """A link to a session of the caller's, for a week. It can be opened more than once.

        Raises UnknownSession where it is none of the caller's or the task is another's, and MissingScope where the
        caller may not do what the link allows.
        """
        for scope in SCOPES:
            require(caller, scope)
        if not ids.SESSION_ID.fullmatch(session_id):
            raise UnknownSession
        secret, now = ids.claim_token(), self._clock()
        query = select(Session.task_id).where(Session.id == session_id, Session.user_id == caller.user_id)
        with self._database.write() as transaction:
            found = transaction.scalar(query)
            if found is None or task_id not in (None, "", found) or not caller.may_open(session_id):
                raise UnknownSession
            transaction.execute(delete(Claim).where(Claim.session_id == session_id, Claim.expires_at <= now))
            transaction.add(Claim(hash=ids.hashed(secret), session_id=session_id, expires_at=now + _LIVES))
        return ClaimToken(secret, int(_LIVES.total_seconds()))

    def open_claim(self, secret: str) -> BrowserToken:
        """A token for the session of the link, for a week. Raises NotHere where the link is unknown or has expired."""
        if not _SECRET.fullmatch(secret):
            raise NotHere
        now = self._clock()
        query = (
            select(Session.id, Session.user_id)
            .join(Claim, Claim.session_id == Session.id)
            .where(Claim.hash == ids.hashed(secret), Claim.expires_at > now)
        )
        with self._database.write() as transaction:
            found = transaction.execute(query).one_or_none()
            if found is None:
                raise NotHere
            session_id, user_id = found
            expires_at = now + _LIVES
            _, token = self._tokens.issue(
                transaction, user_id, kind="browser", name="Browser", expires_at=expires_at, session_id=session_id
            )
            self._tokens.keep_newest(transaction, session_id, _MOST_BROWSERS)
        self._tokens.forget(user_id)
        return BrowserToken(token, session_id, user_id, expires_at)

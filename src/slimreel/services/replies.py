"""Answers that are given again: the same call with the same Idempotency-Key is done once and answered alike for days.

Calls that were refused are not remembered; they may be mended and sent again under the same key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from slimreel.errors.service import Conflicting, TooManyRequests
from slimreel.services.clock import Clock
from slimreel.services.db import models
from slimreel.services.db.engine import Database

KEPT = timedelta(days=7)
# A call that has not ended after this died with its process; the key is free again.
_LONGEST_CALL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and whether it was given before."""

    status: int
    body: str
    replayed: bool


class Replies:
    """The answers of all accounts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def once(self, user_id: str, route: str, key: str, request: Any, work: Callable[[], str]) -> Reply:
        """The body that `work` gives, or gave. Raises Conflicting where the key was used for something else, and
        TooManyRequests while the first call still runs."""
        digest = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
        kept = self._begin(user_id, route, key, digest)
        if kept is not None:
            return kept
        try:
            body = work()
        except BaseException:
            with self._database.write() as transaction:
                transaction.execute(self._of(user_id, route, key))
            raise
        with self._database.write() as transaction:
            row = transaction.get(models.Reply, (user_id, route, key))
            if row is not None:
                row.status, row.body = 200, body
        return Reply(200, body, replayed=False)

    def _begin(self, user_id: str, route: str, key: str, digest: str) -> Reply | None:
        now = self._clock()
        try:
            with self._database.write() as transaction:
                row = transaction.get(models.Reply, (user_id, route, key), with_for_update=True)
                if row is not None and row.status is None and row.created_at < now - _LONGEST_CALL:
                    transaction.delete(row)
                    transaction.flush()
                    row = None
                if row is None:
                    fresh = models.Reply(
                        user_id=user_id, route=route, key=key, digest=digest, status=None, body="", created_at=now
                    )
                    transaction.add(fresh)
                    return None
        except IntegrityError as error:  # another call with the key came between
            raise TooManyRequests(detail="the same call still runs", retry_after_s=2) from error
        if row.digest != digest:
            raise Conflicting(detail="this Idempotency-Key was used for another call")
        if row.status is None:
            raise TooManyRequests(detail="the same call still runs", retry_after_s=2)
        return Reply(row.status, row.body, replayed=True)

    @staticmethod
    def _of(user_id: str, route: str, key: str) -> Any:
        return delete(models.Reply).where(
            models.Reply.user_id == user_id, models.Reply.route == route, models.Reply.key == key
        )

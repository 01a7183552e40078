"""Tells addresses of an account that its renders have ended, signed by Standard Webhooks. Knows no job's inner life.

News is written in the transaction that ends a job, so that none is lost and none is told of what did not happen. It is
brought out afterwards, again and again until it is taken, and may arrive twice: its id says so.
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Transaction
from standardwebhooks import Webhook as Signer

from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, NotHere
from slimreel.services import ids
from slimreel.services.clock import Clock, iso
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact, Delivery, Job, Webhook
from slimreel.settings.service import ServiceSettings

EVENTS = ("render.completed", "render.failed", "render.cancelled")
# After each refusal; then it is given up. Not half a day in all.
BACKOFF_S = (5, 30, 120, 600, 3600, 6 * 3600)
_TIMEOUT_S = 10.0
# So long nobody else takes up what is being delivered.
_LEASE = timedelta(seconds=60)
_MOST = 20  # webhooks of one account
_URL_CHARACTERS = 2000
_GONE = 410
log = logging.getLogger("slimreel.webhooks")


class Answer(Protocol):
    """What a client gives for a call."""

    @property
    def status_code(self) -> int: ...


class Poster(Protocol):
    """A client for addresses that strangers choose: it looks at where they lead before it calls."""

    def post(self, url: str, *, content: bytes, headers: Mapping[str, str], timeout: float) -> Answer: ...


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    webhook_id: str
    message_id: str
    body: str
    url: str
    secret: str


class Webhooks:
    """The webhooks of all accounts. `link` gives the address that a finished file can be had at."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: ServiceSettings,
        client: Poster,
        link: Callable[[Artifact], str] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._client = client
        self._link = link

    def add(self, user_id: str, url: str, events: Sequence[str] = EVENTS) -> Webhook:
        """A new webhook. Its `secret` is shown this once. Raises BadRequest."""
        self._check(url, events)
        row = Webhook(
            id=ids.new("whk"), user_id=user_id, url=url, events=list(dict.fromkeys(events)), created_at=self._clock(),
            secret=f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}",
        )  # fmt: skip

        def work(transaction: Transaction) -> Webhook:
            count = select(func.count()).select_from(Webhook).where(Webhook.user_id == user_id)
            if (transaction.scalar(count) or 0) >= _MOST:
                raise BadRequest(detail=f"an account can have {_MOST} webhooks")
            transaction.add(row)
            return row

        return self._database.retry(work)

    def remove(self, user_id: str, webhook_id: str) -> None:
        """Tells this address nothing more. Raises NotHere."""

        def work(transaction: Transaction) -> None:
            row = transaction.get(Webhook, webhook_id)
            if row is None or row.user_id != user_id:
                raise NotHere
            _remove(transaction, row)

        self._database.retry(work)

    def enqueue(self, transaction: Transaction, job: Job, artifacts: Sequence[Artifact]) -> None:
        """The news that a job has ended, for each address that wants it, as part of the transaction that ends it."""
        event = f"render.{job.state}"
        rows = transaction.scalars(select(Webhook).where(Webhook.user_id == job.user_id))
        wanting = [row for row in rows if event in row.events]
        if not wanting:
            return
        moment = self._clock()
        body = json.dumps(self._news(event, job, artifacts), separators=(",", ":"))
        for row in wanting:
            message = f"msg_{job.id.removeprefix('job_')}_{job.requeues}_{job.state}"
            transaction.add(
                Delivery(
                    webhook_id=row.id, message_id=message, body=body, attempts=0, due_at=moment, state="waiting",
                    last_status=None, created_at=moment,
                )
            )  # fmt: skip

    def deliver_due(self, limit: int = 20) -> int:
        """Brings out what is due; how many calls that took."""
        due = self._database.retry(lambda transaction: self._claim(transaction, limit))
        for one in due:
            self._database.retry(partial(self._told, one, self._call(one)))
        return len(due)

    def _claim(self, transaction: Transaction, limit: int) -> list[_Due]:
        moment = self._clock()
        query = (
            select(Delivery, Webhook)
            .join(Webhook, Webhook.id == Delivery.webhook_id)
            .where(Delivery.state == "waiting", Delivery.due_at <= moment)
            .order_by(Delivery.due_at)
            .limit(limit)
            .with_for_update(of=Delivery, skip_locked=True)
        )
        found = []
        for delivery, webhook in transaction.execute(query).all():
            delivery.due_at = moment + _LEASE
            found.append(_Due(delivery.id, webhook.id, delivery.message_id, delivery.body, webhook.url, webhook.secret))
        return found

    def _call(self, one: _Due) -> int | None:
        """The status of the answer; None where there was none."""
        moment = self._clock()
        headers = {
            "content-type": "application/json",
            "user-agent": "slimreel-webhooks",
            "webhook-id": one.message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Signer(one.secret).sign(one.message_id, moment, one.body),
        }
        try:
            answer = self._client.post(one.url, content=one.body.encode(), headers=headers, timeout=_TIMEOUT_S)
        except (SlimreelError, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            log.info("webhook %s was not reached: %s", one.webhook_id, type(error).__name__)
            return None
        return answer.status_code

    def _told(self, one: _Due, status: int | None, transaction: Transaction) -> None:
        row = transaction.get(Delivery, one.id, with_for_update=True)
        if row is None or row.state != "waiting":
            return
        row.last_status = status
        row.attempts += 1
        if status == _GONE:
            webhook = transaction.get(Webhook, one.webhook_id)
            if webhook is not None:
                _remove(transaction, webhook)
        elif status is not None and 200 <= status < 300:
            row.state = "delivered"
        elif row.attempts > len(BACKOFF_S):
            row.state = "given_up"
        else:
            row.due_at = self._clock() + timedelta(seconds=BACKOFF_S[row.attempts - 1])

    def _news(self, event: str, job: Job, artifacts: Sequence[Artifact]) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": job.name,
            "task_id": job.task_id,
            "session_id": job.session_id,
            "status": job.state,
            "files": [self._file(one) for one in artifacts],
        }
        if job.problem is not None:
            data["error"] = {"code": job.problem.get("code"), "message": job.problem.get("sentence")}
        return {"type": event, "timestamp": iso(self._clock()), "data": data}

    def _file(self, one: Artifact) -> dict[str, Any]:
        told = {"filename": one.filename, "kind": one.kind, "size": one.size, "sha256": one.sha256}
        return told | ({"url": self._link(one)} if self._link is not None else {})

    def _check(self, url: str, events: Sequence[str]) -> None:
        if unknown := [event for event in events if event not in EVENTS]:
            raise BadRequest(detail=f"there is no event {str(unknown[0])[:40]}; there are {', '.join(EVENTS)}")
        if not events:
            raise BadRequest(detail="a webhook needs an event")
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError as error:
            raise BadRequest(detail="url: it is no address") from error
        allowed = ("https", "http") if self._settings.webhook_private else ("https",)
        if parts.scheme not in allowed or not host or parts.username or len(url) > _URL_CHARACTERS:
            raise BadRequest(detail=f"url: it has to begin with {' or '.join(allowed)}:// and hold no password")

    def list(self, user_id: str) -> list[Webhook]:
        """The webhooks of an account, oldest first."""
        query = select(Webhook).where(Webhook.user_id == user_id).order_by(Webhook.created_at, Webhook.id)
        with self._database.read() as transaction:
            return list(transaction.scalars(query))


def _remove(transaction: Transaction, row: Webhook) -> None:
    transaction.execute(delete(Delivery).where(Delivery.webhook_id == row.id))
    transaction.delete(row)

"""The drafts of a session: one for each video that comes in, each with its revisions. Applies no operation itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from slimreel.edit import wire
from slimreel.edit.begin import begin
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.guard import OWN
from slimreel.errors import BadDraft
from slimreel.errors.service import NotHere, TimelineMoved
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db import models
from slimreel.services.db.engine import Database
from slimreel.services.feed import Feed

# What we put beside the wire form of a draft when we hand it out.
_OURS = ("id", "revision")


class Drafts:
    """The drafts of all sessions."""

    def __init__(self, database: Database, clock: Clock, feed: Feed) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed

    def welcome(self, transaction: Transaction, session: models.Session, asset_name: str, facts: Facts) -> models.Draft:
        """A draft of one new video, and from now on the latest of its session."""
        draft = begin(facts, [asset_name])
        count = transaction.scalar(select(func.count()).where(models.Draft.session_id == session.id)) or 0
        now = self._clock()
        row = models.Draft(
            id=ids.new("drf"),
            session_id=session.id,
            number=count + 1,
            revision=draft.log.revision,
            document=wire.dump(draft),
            created_at=now,
            changed_at=now,
        )
        transaction.add(row)
        transaction.flush()
        self._keep_revision(transaction, row)
        session.draft_id = row.id
        session.fresh = [*session.fresh, row.id]
        self._feed.add(transaction, session.id, "draft", {"draft_id": row.id, "revision": row.revision})
        return row

    def save(self, transaction: Transaction, row_id: str, base_revision: int, after: Draft) -> models.Draft:
        """The draft after a turn. Raises TimelineMoved where somebody else changed it meanwhile."""
        row = transaction.get(models.Draft, row_id, with_for_update=True)
        if row is None:
            raise NotHere
        if row.revision != base_revision:
            raise TimelineMoved(revision=row.revision)
        row.revision = after.log.revision
        row.document = wire.dump(after)
        row.changed_at = self._clock()
        self._keep_revision(transaction, row)
        self._feed.add(transaction, row.session_id, "draft", {"draft_id": row.id, "revision": row.revision})
        return row

    def of_session(self, session_id: str) -> list[models.Draft]:
        """The drafts in the order they came."""
        query = select(models.Draft).where(models.Draft.session_id == session_id).order_by(models.Draft.number)
        with self._database.read() as transaction:
            return list(transaction.scalars(query))

    def find(self, session_id: str, draft_id: str) -> models.Draft:
        """One draft of a session. Raises NotHere."""
        with self._database.read() as transaction:
            row = transaction.get(models.Draft, draft_id)
        if row is None or row.session_id != session_id:
            raise NotHere
        return row

    def at_revision(self, row_id: str, revision: int) -> Draft:
        """A draft as it was at a revision. Raises NotHere."""
        query = select(models.DraftRevision.document).where(
            models.DraftRevision.draft_id == row_id, models.DraftRevision.revision == revision
        )
        with self._database.read() as transaction:
            document = transaction.scalar(query.limit(1))
        if document is None:
            raise NotHere
        return wire.load(dict(document), OWN)

    def issued(self, session_id: str, echoed: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """The id and document of the version that a client got from here and sends back; None where it is none.

        Nothing of what was sent is used: it is looked up by its digest.
        """
        query = select(models.DraftRevision.draft_id, models.DraftRevision.document).join(models.Draft)
        query = query.where(models.Draft.session_id == session_id, models.DraftRevision.digest == digest_of(echoed))
        with self._database.read() as transaction:
            found = transaction.execute(query.limit(1)).first()
        return (found[0], found[1]) if found else None

    def _keep_revision(self, transaction: Transaction, row: models.Draft) -> None:
        digest = digest_of(row.document)
        if transaction.get(models.DraftRevision, (row.id, digest)) is None:
            kept = models.DraftRevision(
                draft_id=row.id, digest=digest, revision=row.revision, document=dict(row.document)
            )
            transaction.add(kept)


def read(row: models.Draft) -> Draft:
    """The draft that a row holds."""
    return wire.load(dict(row.document), OWN)


def canvas_of(row: models.Draft) -> tuple[int, int, Fraction]:
    """Width, height and frame rate of the canvas, without reading all of the draft."""
    canvas = wire.canvas_read(row.document)
    return canvas.width, canvas.height, canvas.rate


def handed_out(row: models.Draft) -> dict[str, Any]:
    """A draft as clients see it: the wire form with its id and revision."""
    return {**row.document, "id": row.id, "revision": row.revision}


def digest_of(document: Mapping[str, Any]) -> str:
    """The same for every way of writing the same document down, with or without what we put beside it."""
    plain = {key: value for key, value in document.items() if key not in _OURS}
    try:
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadDraft(detail="it is no JSON") from error

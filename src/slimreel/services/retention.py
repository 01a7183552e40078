"""Clears away what nobody needs any more: projects long unused, work of the dead, bytes without a row.

It decides by rows and ages alone, and can be stopped at any point and begun again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session as Transaction

from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import (
    Artifact,
    Asset,
    Claim,
    Draft,
    DraftRevision,
    Fact,
    FeedEntry,
    Job,
    Reply,
    Session,
    Token,
    Turn,
    Upload,
)
from slimreel.services.looks import FOLDERS
from slimreel.services.storage import Storage
from slimreel.services.uploads import Uploads
from slimreel.settings.service import ServiceSettings

Value = TypeVar("Value")
_log = logging.getLogger(__name__)
_FINISHED = ("completed", "failed", "cancelled")
_ORPHAN = timedelta(seconds=60)
_JUST_PUT = timedelta(minutes=30)  # a blob is there before its row; verifying a long film lies between
_CACHED = timedelta(hours=6)
_REPLIES = timedelta(days=7)  # as long as a token lives
_RECONCILE = timedelta(hours=1)
_AT_ONCE = 500
_OF_A_SESSION = (Artifact, Job, Turn, FeedEntry, Draft, Upload, Fact, Asset, Claim, Token)  # each before what it names


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptCounts:
    """What went. `lost` are files of sessions whose bytes the store no longer has: they stay, and are reported."""

    sessions: int = 0
    uploads: int = 0
    claims: int = 0
    replies: int = 0
    folders: int = 0
    copies: int = 0
    blobs: int = 0
    artifacts: int = 0
    lost: int = 0


class Retention:
    """The sweeper. `sweep` is cheap enough for every half minute; it looks through the whole store once an hour."""

    def __init__(
        self, database: Database, storage: Storage, uploads: Uploads, clock: Clock, settings: ServiceSettings
    ) -> None:
        self._database = database
        self._storage = storage
        self._uploads = uploads
        self._clock = clock
        self._settings = settings
        self._reconciled_at: datetime | None = None

    def sweep(self) -> SweptCounts:
        """Everything once. Raises Unavailable where the database or the store does not answer."""
        now = self._clock()
        uploads = self._uploads.sweep()
        sessions = sum(self._forget(session_id, now) for session_id in self._unused(now))
        with self._database.write() as transaction:
            claims = list(transaction.scalars(delete(Claim).where(Claim.expires_at <= now).returning(Claim.hash)))
            old = delete(Reply).where(Reply.created_at <= now - _REPLIES)
            replies = list(transaction.scalars(old.returning(Reply.key)))
        folders = self._clear_work(now)
        copies = self._storage.tidy(now - _CACHED)
        blobs = artifacts = lost = 0
        if self._reconciled_at is None or now - self._reconciled_at >= _RECONCILE:
            blobs, artifacts, lost = self.reconcile()
            copies += self._drop_looks(now)
            self._reconciled_at = now
        return SweptCounts(
            sessions=sessions,
            uploads=uploads,
            claims=len(claims),
            replies=len(replies),
            folders=folders,
            copies=copies,
            blobs=blobs,
            artifacts=artifacts,
            lost=lost,
        )

    def reconcile(self) -> tuple[int, int, int]:
        """Blobs without a row are dropped, then finished files without their blob; files of sessions that have lost
        theirs are reported. How many of each."""
        before = self._clock() - _JUST_PUT
        stored: set[str] = set()
        dropped = 0
        for page in _pages(blob for folder in ("assets", "artifacts") for blob in self._storage.keys(folder)):
            stored |= {blob.key for blob in page}
            old = {blob.key for blob in page if blob.modified < before}
            for key in old - self._named(old):
                self._storage.delete(key)
                dropped += 1
        with self._database.read() as transaction:
            assets = _without_blob(transaction, Asset, before, stored)
            artifacts = _without_blob(transaction, Artifact, before, stored)
            is_empty = not stored and bool(assets or artifacts)
        if is_empty:
            # More likely a disk that is not mounted than one that lost every file.
            _log.error("the store holds nothing of what the database knows; is it the right one?")
            return dropped, 0, len(assets)
        if assets:
            _log.error("the store has lost %d files of sessions", len(assets))
        for some in _pages(artifacts):
            with self._database.write() as transaction:
                transaction.execute(delete(Artifact).where(Artifact.id.in_(some)))
        return dropped, len(artifacts), len(assets)

    def _drop_looks(self, now: datetime) -> int:
        """Pictures and measurements made long ago; whoever wants them again has them made again."""
        before = now - timedelta(days=self._settings.keep_days)
        old = [blob.key for folder in FOLDERS for blob in self._storage.keys(folder) if blob.modified < before]
        for key in old:
            self._storage.delete(key)
        return len(old)

    def _named(self, keys: set[str]) -> set[str]:
        """Those of the keys that a row names."""
        with self._database.read() as transaction:
            return {
                key
                for table in (Asset, Artifact)
                for key in transaction.scalars(select(table.blob).where(table.blob.in_(keys)))
            }

    def _unused(self, now: datetime) -> list[str]:
        unused = Session.used_at < now - timedelta(days=self._settings.keep_days)
        with self._database.read() as transaction:
            return list(transaction.scalars(select(Session.id).where(unused, ~_is_busy()).limit(_AT_ONCE)))

    def _forget(self, session_id: str, now: datetime) -> bool:
        """Drop a session with all that it has, its rows first: a blob that is left over is found without a row."""
        still_unused = Session.used_at < now - timedelta(days=self._settings.keep_days)
        with self._database.write() as transaction:
            query = select(Session).where(Session.id == session_id, still_unused, ~_is_busy()).with_for_update()
            session = transaction.scalar(query)
            if session is None:
                return False
            blobs = [
                blob
                for table in (Asset, Artifact)
                for blob in transaction.scalars(select(table.blob).where(table.session_id == session_id))
            ]
            drafts = select(Draft.id).where(Draft.session_id == session_id)
            transaction.execute(delete(DraftRevision).where(DraftRevision.draft_id.in_(drafts)))
            for table in _OF_A_SESSION:
                transaction.execute(delete(table).where(table.session_id == session_id))
            transaction.delete(session)
        for blob in blobs:
            self._storage.delete(blob)
        return True

    def _clear_work(self, now: datetime) -> int:
        """Folders of renders that have ended or that nobody knows."""
        work = self._settings.data / "work"
        old = [folder for folder in _entries(work) if _modified(folder) < now - _ORPHAN]
        with self._database.read() as transaction:
            living = select(Job.id).where(Job.id.in_([folder.name for folder in old]), Job.state.not_in(_FINISHED))
            alive = set(transaction.scalars(living))
        dead = [folder for folder in old if folder.name not in alive]
        for folder in dead:
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.unlink(missing_ok=True)
        return len(dead)


def _is_busy() -> ColumnElement[bool]:
    """Does a session still have work that goes on?"""
    renders = exists().where(Job.session_id == Session.id, Job.state.not_in(_FINISHED))
    turns = exists().where(Turn.session_id == Session.id, Turn.state == "running")
    return or_(renders, turns)


def _without_blob(
    transaction: Transaction, table: type[Asset] | type[Artifact], before: datetime, stored: set[str]
) -> list[str]:
    rows = transaction.execute(select(table.id, table.blob).where(table.created_at < before))
    return [row_id for row_id, blob in rows if blob not in stored]


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _modified(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)


def _pages(values: Iterable[Value]) -> Iterator[list[Value]]:
    left = iter(values)
    while page := list(islice(left, _AT_ONCE)):
        yield page

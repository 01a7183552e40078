"""The services that keep files, wired for a test; small files that need no decoder; and what lies on disk."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from slimreel.services.assets import Assets
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Session, User
from slimreel.services.feed import Feed
from slimreel.services.ids import session_id
from slimreel.services.links import Links
from slimreel.services.retention import Retention
from slimreel.services.storage import Storage
from slimreel.services.uploads import OnAsset, Uploads, no_more
from slimreel.settings.service import ServiceSettings

ME, STRANGER = "anon_0000000000000001", "anon_0000000000000002"
# A whole file that is read without a child of ours: tests of how files come need no film.
CUES = b"1\n00:00:01,000 --> 00:00:02,500\nHello\n"


@dataclass(frozen=True, slots=True)
class Kept:
    database: Database
    settings: ServiceSettings
    clock: Any
    storage: Storage
    links: Links
    assets: Assets
    feed: Feed
    uploads: Uploads
    retention: Retention

    @property
    def services(self) -> SimpleNamespace:
        return SimpleNamespace(uploads=self.uploads, assets=self.assets, links=self.links)

    def on_disk(self) -> list[str]:
        """Every file of uploads and blobs, by its path in the data folder."""
        return on_disk(self.settings.data)


def on_disk(data: Path) -> list[str]:
    roots = [data / name for name in ("incoming", "blobs", "work", "cache")]
    return sorted(str(path.relative_to(data)) for root in roots for path in root.rglob("*") if path.is_file())


def keep(
    database: Database, settings: ServiceSettings, clock: Callable[[], datetime], on_asset: OnAsset = no_more
) -> Kept:
    storage, links, feed = Storage(settings), Links(settings, clock), Feed(database, clock)
    assets = Assets(database, storage, links, clock, settings)
    uploads = Uploads(database, storage, assets, feed, clock, settings, on_asset)
    retention = Retention(database, storage, uploads, clock, settings)
    return Kept(database, settings, clock, storage, links, assets, feed, uploads, retention)


def project(database: Database, clock: Callable[[], datetime], user: str = ME) -> str:
    """A new session of an account, which is made too where it is not there."""
    with database.write() as transaction:
        if transaction.get(User, user) is None:
            transaction.add(User(id=user, kind="anonymous", email=None, password=None, created_at=clock()))
            transaction.flush()
        session = Session(
            id=session_id(),
            task_id=f"task_{random.getrandbits(64):x}",
            user_id=user,
            name="project",
            language="en",
            draft_id=None,
            fresh=[],
            created_at=clock(),
            used_at=clock(),
        )
        transaction.add(session)
    return session.id


def cues(size: int) -> bytes:
    """Subtitles of just this many bytes, at least 40."""
    return CUES + b"x" * (size - len(CUES) - 1) + b"\n"

"""Fetches files by their addresses into a session, one after the other; one that fails stops none of the others."""

from __future__ import annotations

import tempfile
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, TooManyRequests
from slimreel.services.db.models import Asset, Session
from slimreel.services.fetch import Fetcher
from slimreel.services.uploads import Uploads
from slimreel.settings.service import ServiceSettings

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came of one address: a file of the session, or why there is none."""

    filename: str
    asset: Asset | None = None
    problem: SlimreelError | None = None


class Arrivals:
    """Files that are fetched for sessions."""

    def __init__(self, settings: ServiceSettings, uploads: Uploads, fetcher: Fetcher) -> None:
        self._settings, self._uploads, self._fetcher = settings, uploads, fetcher
        self._at_work: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def fetch_all(self, session: Session, urls: Sequence[str]) -> list[Arrival]:
        """Each address in turn. An account fetches one at a time. Raises BadRequest, TooManyRequests."""
        if not self._settings.fetch:
            raise BadRequest(detail="files are not fetched by address here; send them as a form")
        lock = self._at_work[session.user_id]
        if not lock.acquire(blocking=False):
            raise TooManyRequests(detail="another file is being fetched for this account", retry_after_s=10)
        try:
            return [self._fetch(session, url) for url in urls]
        finally:
            lock.release()

    def _fetch(self, session: Session, url: str) -> Arrival:
        name = url[:200]
        self._uploads.folder.mkdir(parents=True, exist_ok=True)
        try:
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=self._uploads.folder) as folder:
                path = Path(folder) / "file"
                fetched = self._fetcher.fetch(url, path, most_bytes=self._settings.upload_bytes)
                name = fetched.filename
                with path.open("rb") as file:
                    pieces = iter(lambda: file.read(_PIECE_BYTES), b"")
                    asset = self._uploads.take(session.user_id, session.id, name, pieces, fetched.size)
        except SlimreelError as error:
            return Arrival(filename=name, problem=error)
        return Arrival(filename=name, asset=asset)

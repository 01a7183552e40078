"""Keeps what was made for people to look at: small files in the store, each under the digest of what it shows.

Nothing depends on them: what is gone is made again. They go by their age (services/retention.py).
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from slimreel.errors.service import NotHere, TooManyRequests
from slimreel.services.clock import Clock
from slimreel.services.storage import Storage

Folder = Literal["previews", "evidence"]
FOLDERS: tuple[Folder, ...] = ("previews", "evidence")
_PER_DAY = 3000  # new ones of one account: of the largest that is 300 MB


class Looks:
    """The small files of all accounts. No account's are shown to another, so that nobody learns what others have."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage, self._clock = storage, clock
        self._lock = threading.Lock()
        self._day, self._new = "", Counter[str]()

    def find(self, key: str) -> bytes | None:
        """What is kept under this key. Raises Unavailable."""
        try:
            return b"".join(self._storage.read(key))
        except NotHere:
            return None

    def make(self, user_id: str, key: str, make: Callable[[Path], bytes]) -> bytes:
        """What `make` gives of an empty folder, kept from now on. Raises TooManyRequests and what `make` raises."""
        self._count(user_id)
        with tempfile.TemporaryDirectory(prefix="slimreel-look-") as folder:
            content = make(Path(folder))
            path = Path(folder) / "kept"
            path.write_bytes(content)
            self._storage.put(key, path)
        return content

    def _count(self, user_id: str) -> None:
        with self._lock:
            today = self._clock().date().isoformat()
            if today != self._day:
                self._day, self._new = today, Counter()
            if self._new[user_id] >= _PER_DAY:
                detail = f"{_PER_DAY} new pictures and measurements of this account were made today"
                raise TooManyRequests(detail=detail, retry_after_s=3600)
            self._new[user_id] += 1


def key_of(folder: Folder, user_id: str, *parts: Any) -> str:
    """Where something is kept, by all that it depends on."""
    text = json.dumps([user_id, *parts], sort_keys=True, separators=(",", ":"))
    return f"{folder}/{hashlib.sha256(text.encode()).hexdigest()}"

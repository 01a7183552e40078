"""A file while it comes in: one writer at a time, its bytes counted and hashed. Knows no row and no session.

The lock is the kernel's, so it goes with the process that held it; whose lock is free has nobody left.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from slimreel.errors.service import NotHere, UploadBusy
from slimreel.services.storage import disk

_READ_BYTES = 1 << 20
_VERIFIED = ".verified"


class Incoming:
    """An open, locked file of an upload. `offset` is how many bytes of it are there."""

    def __init__(self, folder: Path, upload_id: str, *, create: bool) -> None:
        """Raises UploadBusy where somebody else has it, NotHere where it is not there and not to be made."""
        self.upload_id = upload_id
        self.path = folder / upload_id
        self.touched_at: datetime | None = None  # kept by whoever writes
        self._marker = folder / (upload_id + _VERIFIED)
        with disk(self.path):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._fd = _locked(self.path, create=create)
            except FileNotFoundError as error:
                raise NotHere from error
            try:
                self.rewind()
                self.offset = os.lseek(self._fd, 0, os.SEEK_END)
            except BaseException:
                os.close(self._fd)
                raise
        self._hash = hashlib.sha256() if self.offset == 0 else None

    def write(self, chunk: bytes) -> None:
        """Append. What is there when it raises DiskNearlyFull or StorageError is counted in `offset`."""
        left = memoryview(chunk)
        with disk(self.path):
            while left:
                written = os.write(self._fd, left)
                if self._hash is not None:
                    self._hash.update(left[:written])
                self.offset += written
                left = left[written:]

    def hold(self) -> None:
        """What is written from now on counts only once `accept` is called, even if this process dies before."""
        with disk(self.path):
            self._marker.write_text(str(self.offset))

    def accept(self) -> None:
        with disk(self.path):
            self._marker.unlink(missing_ok=True)

    def rewind(self) -> None:
        """Forget what was written since `hold`; nothing where that was not called."""
        with disk(self.path):
            if self._marker.exists():
                self.offset = verified(self._marker)
                os.ftruncate(self._fd, self.offset)
                os.lseek(self._fd, 0, os.SEEK_END)
                self._hash = None
                self._marker.unlink()

    def sync(self) -> None:
        """Return when the bytes would survive a loss of power."""
        with disk(self.path):
            os.fsync(self._fd)

    def sha256(self) -> str:
        """Of all bytes; read again only where they came in more than one request."""
        if self._hash is None:
            told = hashlib.sha256()
            with disk(self.path), self.path.open("rb") as file:
                while piece := file.read(_READ_BYTES):
                    told.update(piece)
            self._hash = told
        return self._hash.hexdigest()

    def close(self) -> None:
        """Let others have it. May be called again."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def remove(self) -> None:
        """Close it and leave nothing of it. What was put elsewhere before is not touched."""
        try:
            self.path.unlink(missing_ok=True)
            self._marker.unlink(missing_ok=True)
        finally:
            self.close()


def on_disk(folder: Path) -> set[str]:
    """The ids of the uploads of which something lies here."""
    if not folder.is_dir():
        return set()
    return {path.name.removesuffix(_VERIFIED) for path in folder.iterdir()}


def bytes_of(folder: Path, upload_id: str) -> int | None:
    """How much of it has come for good; None where nothing lies here."""
    try:
        size = (folder / upload_id).stat().st_size
    except FileNotFoundError:
        return None
    marker = folder / (upload_id + _VERIFIED)
    return min(size, verified(marker)) if marker.exists() else size


def verified(marker: Path) -> int:
    """The number in a marker; 0 where it was cut short, since nothing is known then."""
    text = marker.read_text()
    return int(text) if text.isdecimal() else 0


@contextmanager
def if_free(folder: Path, upload_id: str) -> Iterator[Incoming | None]:
    """The upload, locked, where nobody has it and something of it lies here; else None."""
    incoming = None
    with suppress(UploadBusy, NotHere):
        incoming = Incoming(folder, upload_id, create=(folder / (upload_id + _VERIFIED)).exists())
    try:
        yield incoming
    finally:
        if incoming is not None:
            incoming.close()


def _locked(path: Path, *, create: bool) -> int:
    """A locked descriptor of the file that has this name, and not of one that lost it meanwhile."""
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_named = os.path.samestat(os.fstat(fd), path.stat())
        except BlockingIOError as error:
            os.close(fd)
            raise UploadBusy from error
        except FileNotFoundError:
            is_named = False
        if is_named:
            return fd
        os.close(fd)

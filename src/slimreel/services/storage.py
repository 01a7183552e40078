"""Keeps whole files under keys that say nothing of them, in a local folder or an S3 bucket. Knows no row and no name.

A blob is durable once `put` returns. Keys have no ending, so that no program takes a file for what its name says.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from slimreel.errors import StorageError
from slimreel.errors.service import DiskNearlyFull, NotHere, Unavailable
from slimreel.settings.service import ServiceSettings

if TYPE_CHECKING:
    from obstore.store import RetryConfig

_CHUNK_BYTES = 1 << 20
_PART_BYTES = 8 << 20  # of an upload to a bucket; two are on their way at once
_RETRIES = 4
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob as the store lists it; `modified` is the store's own time."""

    key: str
    size: int
    modified: datetime


class Storage:
    """The blobs of one service. What cannot be reached just now raises Unavailable; what is not there, NotHere."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._cache = settings.data / "cache"
        self._root: Path | None = None
        self._store: LocalStore | S3Store
        if settings.storage_url:
            retry: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=60)}
            self._store = S3Store.from_url(settings.storage_url, retry_config=retry)
        else:
            self._root = settings.data / "blobs"
            self._store = LocalStore(self._root, mkdir=True)

    @property
    def is_local(self) -> bool:
        return self._root is not None

    def put(self, key: str, path: Path) -> None:
        """Keep the file at `path` under this key for good, and take it away from there."""
        if self._root is None:
            with _told(key):
                self._store.put(key, path, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=2)
                if self._store.head(key)["size"] != path.stat().st_size:
                    raise Unavailable(detail="the store kept only a part of the file", retry_after_s=30)
            path.unlink()
            return
        with disk(path):
            _put_local(self._root / key, path, self._root / "part")

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` on, `length` of them or all that are left, in pieces of at most a megabyte."""
        left = self.size(key) - start if length is None else length
        while left > 0:
            with _told(key):
                piece = bytes(self._store.get_range(key, start=start, length=min(left, _CHUNK_BYTES)))
            if not piece:
                raise Unavailable(detail="the store gave less than it holds", retry_after_s=30)
            yield piece
            start, left = start + len(piece), left - len(piece)

    def size(self, key: str) -> int:
        with _told(key):
            return int(self._store.head(key)["size"])

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A path to read the blob by while the context is open. Nobody may write to it."""
        if self._root is not None:
            path = self._root / key
            if not path.is_file():
                raise NotHere(key=key)
            yield path
            return
        path = self._cache / key
        with disk(path):
            fd = self._cached(key, path)
        try:
            yield path
        finally:
            os.close(fd)

    def delete(self, key: str) -> None:
        """Drop the blob; what is not there is dropped already."""
        with contextlib.suppress(NotHere), _told(key):
            self._store.delete(key)

    def keys(self, prefix: str) -> Iterator[StoredBlob]:
        with _told(prefix):
            for page in self._store.list(prefix, chunk_size=500):
                for one in page:
                    yield StoredBlob(one["path"], int(one["size"]), one["last_modified"])

    def tidy(self, older_than: datetime) -> int:
        """Drop copies of blobs, and halves of files being put, that were not used since; how many files went."""
        folders = [self._cache, *([self._root / "part"] if self._root else [])]
        return sum(_drop_unused(path, older_than) for folder in folders for path in folder.rglob("*"))

    def _cached(self, key: str, path: Path) -> int:
        """A descriptor of the copy of a blob. It is locked, so that nobody drops the copy while it is open."""
        path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            if not path.exists():
                part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
                with part.open("wb") as file:
                    file.writelines(self.read(key))
                part.rename(path)
            with contextlib.suppress(FileNotFoundError):
                fd = os.open(path, os.O_RDONLY)
                fcntl.flock(fd, fcntl.LOCK_SH)
                if path.exists() and os.path.samestat(os.fstat(fd), path.stat()):
                    os.utime(fd)
                    return fd
                os.close(fd)
        raise Unavailable(detail="the copy of a file was dropped again and again", retry_after_s=5)


def new_key(folder: str) -> str:
    """A key for a blob that is not there yet, such as assets/5d41402abc4b2a76b9719d911017c592."""
    return f"{folder}/{secrets.token_hex(16)}"


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Errors of the file system as ours: DiskNearlyFull where it is full, else StorageError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskNearlyFull(retry_after_s=60) from error
        raise StorageError(path=path.name, detail=error.strerror or "the disk gave no reason") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _put_local(target: Path, path: Path, parts: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source = path
    try:
        _sync(source)
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        parts.mkdir(exist_ok=True)
        source = parts / secrets.token_hex(16)
        try:
            shutil.copyfile(path, source)
            _sync(source)
            source.rename(target)
        finally:
            source.unlink(missing_ok=True)
        path.unlink()
    sync_folder(target.parent)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _drop_unused(path: Path, older_than: datetime) -> bool:
    try:
        if not path.is_file() or path.stat().st_mtime >= older_than.timestamp():
            return False
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except OSError:
        return False  # somebody reads it
    else:
        return True
    finally:
        os.close(fd)


@contextmanager
def _told(key: str) -> Iterator[None]:
    """Errors of the store as ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotHere(key=key) from error
    except OSError as error:
        raise StorageError(path=key, detail=error.strerror or str(error)) from error
    except (BaseError, ValueError) as error:
        raise Unavailable(detail="the store of files does not answer", retry_after_s=30) from error

"""Files of the user as the flows read and write them: a source of bytes, and a target that appears when it is whole."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slimreel.errors import DiskFull, NoSuchFile, OutputExists, PermissionRefused, StorageError


class LocalSource:
    """A file on this machine, read where it is asked for."""

    def __init__(self, path: Path) -> None:
        try:
            about = path.stat()
        except FileNotFoundError as error:
            raise NoSuchFile(path=path) from error
        except OSError as error:
            raise _told(path, error) from error
        if not path.is_file():
            raise StorageError(path=path, detail="it is no file")
        self._path = path
        self.name = path.name.encode("utf-8", "replace").decode()
        self.size = about.st_size
        self.fingerprint = f"{path.absolute()} {about.st_size} {about.st_mtime_ns}"

    def read(self, start: int, length: int) -> bytes:
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                found = file.read(length)
        except OSError as error:
            raise _told(self._path, error) from error
        if not found and start < self.size:
            raise StorageError(path=self._path, detail="it became shorter while it was sent")
        return found


class LocalSink:
    """A file that is written beside its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb")

    def write(self, chunk: bytes) -> None:
        try:
            self._file.write(chunk)
        except OSError as error:
            raise _told(self._path, error) from error

    def restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def drop(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


@contextmanager
def arriving(path: Path, *, overwrite: bool = False) -> Iterator[LocalSink]:
    """A sink whose file gets its name when the block ends well, and leaves nothing behind where it does not.

    Raises OutputExists, PermissionRefused, StorageError.
    """
    if os.path.lexists(path) and not overwrite:
        raise OutputExists(path=path)
    part = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sink = LocalSink(part)
    except OSError as error:
        raise _told(path, error) from error
    try:
        yield sink
        sink.close()
        _name(part, path, overwrite=overwrite)
    except OSError as error:
        raise _told(path, error) from error
    finally:
        sink.drop()


def _name(part: Path, path: Path, *, overwrite: bool) -> None:
    """A link fails where somebody took the name meanwhile; file systems without links are asked once more instead."""
    if overwrite:
        part.replace(path)
        return
    try:
        path.hardlink_to(part)
    except FileExistsError as error:
        raise OutputExists(path=path) from error
    except (OSError, NotImplementedError):  # some network and FAT disks, and some systems, have no hard links
        if os.path.lexists(path):
            raise OutputExists(path=path) from None
        part.rename(path)


def _told(path: Path, error: OSError) -> StorageError:
    if isinstance(error, PermissionError):
        return PermissionRefused(path=path)
    if error.errno == errno.ENOSPC:
        return DiskFull(path=path)
    return StorageError(path=path, detail=error.strerror or str(error))

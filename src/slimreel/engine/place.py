"""Where a job works and how its result is published: a hidden folder beside the output, then one rename.

The folder is on the output's own disk, so that publishing is atomic; it goes whatever happens.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from slimreel.errors import DiskFull, OutputExists, PermissionRefused, StorageError

_PREFIX = ".slimreel-"
_OWNER = re.compile(rf"^{re.escape(_PREFIX)}(\d+)-")


@contextlib.contextmanager
def working_folder(output: Path) -> Iterator[Path]:
    """A fresh folder beside `output`. Raises PermissionRefused, DiskFull, StorageError."""
    with storage_errors(output.parent):
        output.parent.mkdir(parents=True, exist_ok=True)
        _sweep(output.parent)
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=output.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns the system's errors about `path` into ours."""
    path = path if path != Path() else Path.cwd()  # "No permission for ." says little
    try:
        yield
    except PermissionError as error:
        raise PermissionRefused(path=path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path=path) from error
        raise StorageError(path=path, detail=error.strerror or str(error)) from error


def publish(made: Path, output: Path, *, overwrite: bool, times_of: Path | None) -> None:
    """Put a finished file in its place, durably, and never over another unless asked."""
    with storage_errors(output):
        if times_of is not None:
            stat = times_of.stat()
            os.utime(made, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        with made.open("rb") as file:
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        made.chmod(0o666 & ~umask)
        if overwrite:
            made.replace(output)
        else:
            _rename_exclusively(made, output)
        _sync_folder(output.parent)


def publish_bytes(content: bytes, output: Path, *, overwrite: bool) -> None:
    """Put a small file in its place, whole or not at all. Raises OutputExists, StorageError."""
    with working_folder(output) as folder:
        made = folder / output.name
        with storage_errors(output):
            made.write_bytes(content)
        publish(made, output, overwrite=overwrite, times_of=None)


def _rename_exclusively(made: Path, output: Path) -> None:
    try:
        os.link(made, output)
    except FileExistsError as error:
        raise OutputExists(path=output) from error
    except OSError:
        # Some network and FAT disks have no hard links.
        if output.exists():
            raise OutputExists(path=output) from None
        made.replace(output)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError:
        pass  # some file systems refuse to sync a folder; the file itself is safe
    finally:
        os.close(fd)


def _sweep(folder: Path) -> None:
    """Remove what a killed process of this machine left here."""
    for left in folder.glob(f"{_PREFIX}*"):
        owner = _OWNER.match(left.name)
        if owner and not _is_alive(int(owner[1])):
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # a number no process can have
        return False
    except PermissionError:
        return True
    return True

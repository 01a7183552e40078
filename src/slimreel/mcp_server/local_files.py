"""Files of this machine: read for a session, and written where a person said. Never over one that is there unasked."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from slimreel.errors import NoSuchFile, PermissionRefused, StorageError, UsageError

_PIECE_BYTES = 1 << 20
# A model that was led astray must not write a film over what a shell or a program reads.
ENDINGS = (".mp4", ".mov", ".mkv", ".webm", ".gif", ".mp3", ".m4a", ".wav", ".flac", ".opus", ".jpg", ".png", ".webp")


def resolved(path: str) -> Path:
    """The path as a person means it: `~` is their folder. Raises UsageError for a relative one."""
    found = Path(path).expanduser()
    if not found.is_absolute() or "\0" in path:
        raise UsageError(detail=f"{path!r} is no whole path; write it from the root on, such as /home/me/clip.mp4.")
    return found


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, Iterator[bytes]]]:
    """Size and bytes of an ordinary file. Raises NoSuchFile, UsageError, PermissionRefused."""
    try:
        # Without NONBLOCK a pipe would wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise NoSuchFile(path=path) from error
    except PermissionError as error:
        raise PermissionRefused(path=path, detail="it may not be read") from error
    except OSError as error:
        raise UsageError(detail=f"{path} cannot be read: {error.strerror}.") from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise UsageError(detail=f"{path} is a folder or no ordinary file; name a video, picture, sound or subtitles.")
    with os.fdopen(descriptor, "rb") as file:
        yield found.st_size, iter(lambda: file.read(_PIECE_BYTES), b"")


def check_target(path: str, *, overwrite: bool) -> Path:
    """A path that a finished file can be written to. Raises UsageError, NoSuchFile."""
    target = resolved(path)
    if target.is_dir():
        return target
    if target.suffix.lower() not in ENDINGS:
        raise UsageError(detail=f"{target} is no folder, and its name ends in none of {' '.join(ENDINGS)}.")
    if not target.parent.is_dir():
        raise NoSuchFile(path=target.parent)
    _check_free(target, overwrite=overwrite)
    return target


def save(pieces: Iterable[bytes], target: Path, filename: str, *, overwrite: bool) -> Path:
    """Write a finished file whole, or not at all. In a folder it gets `filename`; else its own suffix stays true.

    Raises UsageError where there is one already, StorageError.
    """
    path = target / filename if target.is_dir() else target.with_suffix(Path(filename).suffix or target.suffix)
    _check_free(path, overwrite=overwrite)
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent)
    except PermissionError as error:
        raise PermissionRefused(path=path, detail="its folder may not be written to") from error
    except OSError as error:
        raise StorageError(path=path, detail=error.strerror) from error
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        if overwrite:
            part.replace(path)
        else:
            os.link(part, path)  # refuses where somebody was faster
    except FileExistsError:
        _check_free(path, overwrite=False)
    except OSError as error:
        raise StorageError(path=path, detail=error.strerror) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
    return path


def _check_free(path: Path, *, overwrite: bool) -> None:
    if path.is_dir() or (not overwrite and os.path.lexists(path)):
        raise UsageError(detail=f"{path} exists already. Name another path, or say overwrite: true to replace it.")


def _umask() -> int:
    found = os.umask(0o022)
    os.umask(found)
    return found

"""The two streams of a program: whole lines to stdout, one sentence to stderr. Survives a reader that went away."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import IO

from slimreel.core.writing import JOINERS
from slimreel.errors import DiskFull, StorageError


def prepare() -> None:
    """Names of files may hold what a stream cannot write; it is escaped instead of failing.

    A closed stream (`>&-`) becomes the null device: else the next file opened would get its number, and with it
    whatever is printed.
    """
    if os.name == "posix":
        for number, mode, name in ((0, os.O_RDONLY, "stdin"), (1, os.O_WRONLY, "stdout"), (2, os.O_WRONLY, "stderr")):
            if not _is_open(number) and os.open(os.devnull, mode) == number and getattr(sys, name) is None:
                setattr(sys, name, os.fdopen(number, "r" if mode == os.O_RDONLY else "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def line(text: str) -> None:
    """One line on stdout, at once. Raises StorageError where it cannot be written, on a full disk for example."""
    try:
        _write(sys.stdout, text)
    except OSError as error:
        _silence(sys.stdout)
        if error.errno == errno.ENOSPC:
            raise DiskFull(path="the printed output") from error
        raise StorageError(path="the printed output", detail=error.strerror or str(error)) from error


def complain(sentence: str) -> None:
    """One sentence on stderr; a terminal that is gone hears nothing."""
    try:
        _write(sys.stderr, f"slimreel: {plain(sentence)}")
    except OSError:
        _silence(sys.stderr)


def plain(text: str) -> str:
    """The text without control characters, which could move a terminal's cursor or fake a second line; what ties
    emoji and Arabic letters together stays."""
    return "".join(char if _is_harmless(char) else _escaped(char) for char in text)


def _is_harmless(char: str) -> bool:
    return char.isprintable() or "\udc80" <= char <= "\udcff" or char in JOINERS


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _write(stream: IO[str], text: str) -> None:
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:  # the reader has all it wanted; the work goes on
        _silence(stream)


def _silence(stream: IO[str]) -> None:
    """Sends what the stream still holds, and all that follows, nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True

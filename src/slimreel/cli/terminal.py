"""The two streams of a program: whole lines to stdout, one sentence to stderr. Survives a reader that went away."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import IO


def prepare() -> None:
    """Names of files may hold what a stream cannot write; it is escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def line(text: str) -> None:
    """One line on stdout, at once."""
    _write(sys.stdout, text)


def complain(sentence: str) -> None:
    """One sentence on stderr."""
    _write(sys.stderr, f"slimreel: {plain(sentence)}")


def plain(text: str) -> str:
    """The text without control characters, which could move a terminal's cursor or fake a second line."""
    return "".join(char if char.isprintable() or "\udc80" <= char <= "\udcff" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _write(stream: IO[str], text: str) -> None:
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:  # the reader has all it wanted; the work goes on
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)

"""Brings finished files from a work folder into the store, in an order in which a crash loses and doubles nothing.

The engine has decoded and checked each file. Here it is made durable and weighed, its place in the store is chosen and
written down, then it is put there; last, elsewhere, one transaction makes it an artifact. Whoever takes the job up
after a crash finds the note: a file that is in the store already is used as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from slimreel.core.media import main_video
from slimreel.engine import probe
from slimreel.errors import SlimreelError, VerificationFailed
from slimreel.errors.service import NotHere
from slimreel.services.job_states import Finished

NOTE = "made.json"
_LEAST_SLACK_S = 0.1
_MEDIA_TYPES = {
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".mkv": "video/x-matroska",
    ".webm": "video/webm", ".gif": "image/gif", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".webp": "image/webp", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".aac": "audio/aac",
    ".flac": "audio/flac", ".opus": "audio/ogg", ".ogg": "audio/ogg", ".srt": "application/x-subrip",
}  # fmt: skip


class Store(Protocol):
    """What publishing needs of the storage."""

    def put(self, key: str, path: Path) -> None: ...
    def size(self, key: str) -> int: ...


class Publisher:
    """Knows the store and nothing of jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(
        self, folder: Path, files: Sequence[Mapping[str, Any]], reasons: Sequence[Any], expected_s: float | None
    ) -> None:
        """Checks the files that a render told of, and writes down what they are. Raises VerificationFailed."""
        found = []
        for told in files:
            path = Path(told["path"])
            _check(path, told, expected_s)
            one = Finished(
                kind=told["kind"],
                filename=told["filename"],
                media_type=_MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream"),
                blob=f"artifacts/{secrets.token_hex(16)}",
                size=path.stat().st_size,
                sha256=_durable_digest(path),
                result=told["result"],
            )
            found.append({"name": path.name, **asdict(one)})
        _write(folder / NOTE, json.dumps({"files": found, "reasons": list(reasons)}).encode())

    @staticmethod
    def is_noted(folder: Path) -> bool:
        """Are the files of this folder made and checked?"""
        return (folder / NOTE).is_file()

    def store(self, folder: Path) -> tuple[list[Finished], list[Any]] | None:
        """The files, now in the store, and the reasons; None where one is neither here nor there."""
        try:
            note = json.loads((folder / NOTE).read_bytes())
        except FileNotFoundError:
            return None
        found = []
        for told in note["files"]:
            name = told.pop("name")
            one = Finished(**told)
            if not self._is_stored(one):
                if not (folder / name).is_file():
                    return None
                self._store.put(one.blob, folder / name)
            found.append(one)
        return found, note["reasons"]

    def _is_stored(self, one: Finished) -> bool:
        with suppress(NotHere):
            return self._store.size(one.blob) == one.size
        return False


def _check(path: Path, told: Mapping[str, Any], expected_s: float | None) -> None:
    """The last look at a file: what lies here is what was checked, and as long as the timeline."""
    result = told["result"]
    size = path.stat().st_size if path.is_file() else 0
    if size == 0 or size != told["bytes"]:
        raise VerificationFailed(path=told["filename"], detail=f"it has {size} bytes, not {told['bytes']}")
    if not result:
        return
    target = result.get("target") or {}
    if target.get("kind") == "size" and size > target["bytes"]:
        raise VerificationFailed(path=told["filename"], detail=f"{size} bytes exceed {target['bytes']}")
    try:
        video = main_video(probe.probe(path))
    except SlimreelError as error:  # whatever is wrong with it, it is our file
        raise VerificationFailed(path=told["filename"], detail="it cannot be read again") from error
    rate = float(video.frame_rate or 0) or 25.0
    slack = max(_LEAST_SLACK_S, 1.5 / rate)
    for wanted in (result["duration_s"], expected_s):
        if wanted is not None and video.duration_s < wanted - slack:
            detail = f"it lasts {video.duration_s:.2f} s instead of {wanted:.2f} s"
            raise VerificationFailed(path=told["filename"], detail=detail)
    if expected_s is not None and video.duration_s > expected_s + max(slack, 0.25):
        detail = f"it lasts {video.duration_s:.2f} s instead of {expected_s:.2f} s"
        raise VerificationFailed(path=told["filename"], detail=detail)


def _durable_digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        os.fsync(file.fileno())
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """A small file, whole and durable or not at all."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

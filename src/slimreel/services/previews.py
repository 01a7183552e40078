"""Small pictures and drawings of files and timelines: thumbnails, film strips, wave forms. Made once, then kept.

Files are read in the sandbox alone; a timeline is drawn by a program of its own, as its render would be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slimreel.core import records
from slimreel.core.media import MediaInfo
from slimreel.edit import wire
from slimreel.engine import glance
from slimreel.engine.gather import gather
from slimreel.engine.peaks import peaks
from slimreel.errors import DamagedInput, EngineError, NotAVideo
from slimreel.errors.service import BadRequest, NotHere, NothingToRender
from slimreel.graph.material import Material
from slimreel.services import drafts as draft_rows
from slimreel.services.assets import Assets, name_of
from slimreel.services.bench import Bench
from slimreel.services.db import models
from slimreel.services.db.engine import Database
from slimreel.services.drafts import Drafts
from slimreel.services.looks import key_of
from slimreel.services.renders import asset_names
from slimreel.services.storage import Storage

MOST_WIDTH, MOST_FRAMES, MOST_POINTS = 640, 60, 4000
_STRIP_HEIGHT = 72
_PICTURE_S, _WAIT_S = 60.0, 8.0
_SHORT_SOUND_S = 900.0  # decoded in about two seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A small picture, and what it may be known by: it changes when what it shows does."""

    content: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A file that can be looked at. `material` is None for one that was made here."""

    user_id: str
    blob: str
    sha256: str
    material: Material | None


class Previews:
    """The small pictures of all accounts."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        assets: Assets,
        drafts: Drafts,
        bench: Bench,
    ) -> None:
        self._database, self._storage, self._assets, self._drafts = database, storage, assets, drafts
        self._looks, self._measuring = bench.looks, bench.measuring
        self._quick, self._heavy = bench.quick, bench.heavy

    def asset(self, session: models.Session, name: str) -> Subject:
        """A file of the session by the name that drafts call it. Raises NotHere."""
        for row in self._assets.of_session(session.id):
            if name_of(row) == name:
                return Subject(session.user_id, row.blob, row.sha256, records.read(Material, row.material))
        raise NotHere

    def artifact(self, user_id: str, artifact_id: str, only: str | None = None) -> Subject:
        """A finished file; `only` is the one session that a token opens. Raises NotHere."""
        with self._database.read() as transaction:
            row = transaction.get(models.Artifact, artifact_id)
        if row is None or row.user_id != user_id or (only is not None and row.session_id != only):
            raise NotHere
        return Subject(user_id, row.blob, row.sha256, None)

    def thumbnail(self, subject: Subject, at_s: float, width: int) -> Look:
        """A JPEG of the file at a moment. Raises BadRequest where it has no picture, TooManyRequests."""
        key = key_of("previews", subject.user_id, "picture", subject.sha256, round(at_s, 2), width)

        def make(folder: Path) -> bytes:
            with self._opened(subject) as info:
                _need(bool(info.video), "there is no picture in it")
                return glance.picture(info, at_s, width, folder).read_bytes()

        return self._look(subject.user_id, key, make)

    def filmstrip(self, subject: Subject, count: int) -> Look:
        """A JPEG of so many pictures side by side, each from the middle of its part of the file."""
        key = key_of("previews", subject.user_id, "strip", subject.sha256, count)

        def make(folder: Path) -> bytes:
            with self._opened(subject) as info:
                _need(bool(info.video), "there is no picture in it")
                return glance.strip(info, count, _STRIP_HEIGHT, folder).read_bytes()

        return self._look(subject.user_id, key, make)

    def waveform(self, subject: Subject, points: int) -> dict[str, Any] | None:
        """{"peaks": numbers from 0 to 1, "start_s", "duration_s"}; without sound no peaks. None while it is made."""
        key = key_of("previews", subject.user_id, "wave", subject.sha256, points)
        kept = self._looks.find(key)
        if kept is None:
            is_short = subject.material is not None and _sound_s(subject.material) <= _SHORT_SOUND_S

            def make(folder: Path) -> bytes:
                with self._opened(subject) as info:
                    return json.dumps(_wave(info, points, folder)).encode()

            if is_short:
                kept = self._look(subject.user_id, key, make).content
            else:
                kept = self._heavy.ask(
                    subject.user_id, key, lambda: self._made(subject.user_id, key, make), wait_s=_WAIT_S
                )
        found: dict[str, Any] | None = json.loads(kept) if kept is not None else None
        return found

    def of_draft(self, session: models.Session, draft_id: str, at_s: float, width: int) -> Look:
        """A JPEG of a timeline at a moment, with all that lies over it. Raises NotHere, NothingToRender."""
        row = self._drafts.find(session.id, draft_id)
        draft = draft_rows.read(row)
        if not draft.length:
            raise NothingToRender
        frame = min(draft.timebase.ticks(at_s), draft.length - 1)
        document = wire.dump(draft)
        key = key_of("previews", session.user_id, "frame", session.id, draft_rows.digest_of(document), frame, width)

        def make(folder: Path) -> bytes:
            with self._assets.materials(session.id, only=asset_names(document)) as materials:
                request = {
                    "do": "picture",
                    "document": document,
                    "materials": {name: records.facts_of(material) for name, material in materials.items()},
                    "frame": frame,
                    "width": width,
                    "folder": str(folder),
                }
                made = self._measuring.measure(request, most_s=_PICTURE_S)
            return (folder / str(made["file"])).read_bytes()

        return self._look(session.user_id, key, make)

    def _look(self, user_id: str, key: str, make: Callable[[Path], bytes]) -> Look:
        content = self._looks.find(key)
        if content is None:
            with self._quick.turn(user_id):
                content = self._looks.find(key)  # somebody may have asked for the same before
                if content is None:
                    content = self._made(user_id, key, make)
        return Look(content=content, tag=key.rpartition("/")[2][:32])

    def _made(self, user_id: str, key: str, make: Callable[[Path], bytes]) -> bytes:
        try:
            return self._looks.make(user_id, key, make)
        except (EngineError, NotAVideo, DamagedInput) as error:
            raise BadRequest(detail="no picture or sound could be read there") from error

    @contextmanager
    def _opened(self, subject: Subject) -> Iterator[MediaInfo]:
        with self._storage.local(subject.blob) as path:
            info = (subject.material or gather(path, "a0")).info
            if info is None:
                raise BadRequest(detail="this file has neither pictures nor sound")
            yield replace(info, path=str(path))


def _sound_s(material: Material) -> float:
    return material.audio.duration_s if material.audio is not None else 0.0


def _wave(info: MediaInfo, points: int, folder: Path) -> dict[str, Any]:
    tracks = [track for track in info.audio if track.packets and track.channels]
    if not tracks:
        return {"peaks": [], "start_s": 0.0, "duration_s": 0.0}
    track = max(tracks, key=lambda one: (one.is_default, -one.index))
    return {
        "peaks": peaks(info, track, points, folder),
        "start_s": round(max(0.0, track.start_s - info.start_s), 3),
        "duration_s": round(track.duration_s, 3),
    }


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadRequest(detail=otherwise)

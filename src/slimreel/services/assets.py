"""The files of a session: what each holds, what it is called, where its bytes are. Knows no upload and no HTTP.

A file is read once, in the sandbox, when it comes; everything later works from what was found then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from slimreel.core import records
from slimreel.core.timing import SOURCE
from slimreel.core.units import format_duration
from slimreel.edit.facts import Asset as EditAsset
from slimreel.edit.facts import AssetKind, Facts, Silence, Transcript
from slimreel.engine.gather import gather
from slimreel.errors import BadSubtitles, DamagedInput, EngineError, NotAVideo, Stalled
from slimreel.errors.service import NotHere, UnknownSession, UnsupportedFile
from slimreel.graph.material import Material
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Asset, Fact, Session
from slimreel.services.links import Links
from slimreel.services.storage import Storage
from slimreel.settings import read_settings
from slimreel.settings.service import ServiceSettings

_log = logging.getLogger(__name__)
_READERS = 2  # files that are read at once: a hostile one may take all of its memory


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedFile:
    """What reading a file told. `material` is graph.material.Material as JSON, without a path; no length is 0."""

    kind: AssetKind
    material: dict[str, Any]
    duration_s: float
    width: int
    height: int
    fps: float


class Assets:
    """The files of all sessions. Drafts call those of one a1, a2, … in the order in which they came."""

    def __init__(
        self, database: Database, storage: Storage, links: Links, clock: Clock, settings: ServiceSettings
    ) -> None:
        self._database = database
        self._storage = storage
        self._links = links
        self._clock = clock
        self._settings = settings
        self._readers = threading.BoundedSemaphore(_READERS)

    def probe(self, path: Path, filename: str) -> ProbedFile:
        """What a file holds, judged by its content. Takes 0.2 s of CPU for ten seconds of 1080p.

        Raises UnsupportedFile where it is nothing of use, damaged, hostile, or beyond a limit of this service.
        """
        try:
            with self._readers:
                material = gather(path, "a0")
        except (NotAVideo, BadSubtitles) as error:
            raise UnsupportedFile(filename=filename, detail=_detail(error.fields, path)) from error
        except DamagedInput as error:
            detail = f"it is damaged or cut short ({_detail(error.fields, path)})"
            raise UnsupportedFile(filename=filename, detail=detail) from error
        except Stalled as error:
            raise UnsupportedFile(filename=filename, detail="reading it takes too long") from error
        except EngineError as error:
            _log.warning("a file could not be read: %s", error.fields.get("detail"))
            raise UnsupportedFile(filename=filename, detail="reading it failed, so it is probably damaged") from error
        self._check_limits(material, filename)
        return _probed(material, filename)

    def add(
        self,
        transaction: Transaction,
        *,
        session_id: str,
        user_id: str,
        probed: ProbedFile,
        blob: str,
        filename: str,
        size: int,
        sha256: str,
    ) -> Asset:
        """One more file of this account's session, as part of the transaction. Raises UnknownSession."""
        query = select(Session).where(Session.id == session_id, Session.user_id == user_id).with_for_update()
        session = transaction.scalar(query)
        if session is None:
            raise UnknownSession
        session.files += 1
        session.used_at = self._clock()
        asset = Asset(
            id=ids.new("ast"),
            session_id=session_id,
            number=session.files,
            user_id=user_id,
            filename=filename,
            kind=probed.kind,
            blob=blob,
            size=size,
            sha256=sha256,
            material=probed.material,
            duration_s=probed.duration_s,
            width=probed.width,
            height=probed.height,
            fps=probed.fps,
            created_at=self._clock(),
        )
        transaction.add(asset)
        transaction.flush()
        return asset

    def of_session(self, session_id: str) -> list[Asset]:
        """The rows of a session's files, in the order in which they came."""
        with self._database.read() as transaction:
            return self._rows(transaction, session_id)

    def item(self, asset: Asset, base_url: str = "") -> dict[str, Any]:
        """A file as the protocol tells it. `base_url` is what the service was called at, where no setting says it."""
        url = self._links.absolute(self._links.path_for("asset", asset.id, asset.user_id), base_url)
        return {
            "id": name_of(asset),
            "filename": asset.filename,
            "file_type": asset.kind,
            "cdn_url": url,
            "url": url,
            "duration": asset.duration_s,
            "width": asset.width,
            "height": asset.height,
            "fps": asset.fps,
            "size": asset.size,
            "hash": asset.sha256,
        }

    def item_of(self, asset_id: str, user_id: str, base_url: str = "") -> dict[str, Any]:
        """A file of this account as the protocol tells it. Raises NotHere."""
        with self._database.read() as transaction:
            asset = transaction.get(Asset, asset_id)
        if asset is None or asset.user_id != user_id:
            raise NotHere
        return self.item(asset, base_url)

    def items(self, session_id: str, base_url: str = "") -> list[dict[str, Any]]:
        """The files of a session as the protocol tells them."""
        return [self.item(asset, base_url) for asset in self.of_session(session_id)]

    @contextmanager
    def materials(self, session_id: str, only: Collection[str] | None = None) -> Iterator[dict[str, Material]]:
        """The files of a session by the names that drafts call them, with paths that hold while the context is open.

        With `only` no others are brought here. Raises NotHere where the bytes of one are gone.
        """
        with ExitStack() as opened:
            yield {
                name_of(asset): _placed(asset, opened.enter_context(self._storage.local(asset.blob)))
                for asset in self.of_session(session_id)
                if only is None or name_of(asset) in only
            }

    def material(self, asset: Asset) -> Material:
        """What was found in a file, without where it lies."""
        return _material(asset)

    def load_facts(self, session_id: str) -> Facts:
        """What an edit may know of a session: its files, and what was measured in them."""
        with self._database.read() as transaction:
            return self.facts_within(transaction, session_id)

    def facts_within(self, transaction: Transaction, session_id: str) -> Facts:
        """As `load_facts`, as part of a transaction."""
        assets = self._rows(transaction, session_id)
        rows = list(transaction.scalars(select(Fact).where(Fact.session_id == session_id).order_by(Fact.id)))
        return Facts(
            assets=tuple(_edit_asset(asset) for asset in assets),
            silences=tuple(records.read(Silence, row.value) for row in rows if row.kind == "silence"),
            transcripts=tuple(records.read(Transcript, row.value) for row in rows if row.kind == "transcript"),
            has_speech_engine=read_settings().speech_url is not None,
        )

    def keep_facts(self, transaction: Transaction, session_id: str, facts: Facts) -> None:
        """Keep all that was measured, as part of the transaction."""
        for silence in facts.silences:
            self.keep_fact(transaction, session_id, silence)
        for transcript in facts.transcripts:
            self.keep_fact(transaction, session_id, transcript)

    def keep_fact(self, transaction: Transaction, session_id: str, fact: Silence | Transcript) -> None:
        """Keep what was measured, in place of what was known of the same, as part of the transaction."""
        if isinstance(fact, Silence):
            kind, key = "silence", f"{fact.asset} {fact.threshold_db:.2f}"
        else:
            kind, key = "transcript", f"{fact.asset} {fact.language}"
        same = (Fact.session_id == session_id, Fact.kind == kind, Fact.key == key)
        transaction.execute(delete(Fact).where(*same))
        transaction.add(Fact(session_id=session_id, kind=kind, key=key, value=records.facts_of(fact)))
        transaction.flush()

    def _rows(self, transaction: Transaction, session_id: str) -> list[Asset]:
        return list(transaction.scalars(select(Asset).where(Asset.session_id == session_id).order_by(Asset.number)))

    def _check_limits(self, material: Material, filename: str) -> None:
        longest_s, most_fps = self._settings.longest_s, self._settings.most_fps
        pictures = material.info.video if material.info else ()
        duration_s = max(
            SOURCE.seconds(material.asset.duration), Fraction(material.info.duration_s if material.info else 0)
        )
        if duration_s > longest_s:
            most = format_duration(longest_s)
            detail = f"it lasts {format_duration(float(duration_s))}, and {most} is the most that is taken here"
            raise UnsupportedFile(filename=filename, detail=detail)
        for picture in pictures:
            if picture.width * picture.height > self._settings.most_pixels:
                detail = f"its picture of {picture.width}x{picture.height} is larger than what is taken here"
                raise UnsupportedFile(filename=filename, detail=detail)
            if material.asset.kind == "video" and picture.average_rate > most_fps:
                rate = round(float(picture.average_rate))
                detail = f"it has {rate} frames a second, and {most_fps} is the most that is taken here"
                raise UnsupportedFile(filename=filename, detail=detail)


def name_of(asset: Asset) -> str:
    """What drafts call it: a1, a2, …"""
    return f"a{asset.number}"


def _probed(material: Material, filename: str) -> ProbedFile:
    video = material.video
    asset = replace(material.asset, name=filename, path="")
    is_moving = asset.kind == "video" and video is not None
    rate = (video.average_rate if video.is_vfr else video.frame_rate) if is_moving and video else Fraction(0)
    info = replace(material.info, path="", location=None) if material.info else None
    return ProbedFile(
        kind=asset.kind,
        material=records.facts_of(replace(material, asset=asset, info=info)),
        duration_s=round(float(SOURCE.seconds(asset.duration)), 3),
        width=asset.width,
        height=asset.height,
        fps=round(float(rate), 3),
    )


def _material(asset: Asset) -> Material:
    found = records.read(Material, asset.material)
    return replace(found, asset=replace(found.asset, id=name_of(asset), name=asset.filename))


def _edit_asset(asset: Asset) -> EditAsset:
    return _material(asset).asset


def _placed(asset: Asset, path: Path) -> Material:
    found = _material(asset)
    info = replace(found.info, path=str(path)) if found.info else None
    return replace(found, asset=replace(found.asset, path=str(path)), info=info)


def _detail(fields: dict[str, object], path: Path) -> str:
    """What an error says of the file, without where it lies here."""
    return str(fields.get("detail", "it cannot be read")).replace(str(path), "it").replace(path.name, "it")

"""Takes files in: reserves room, counts what comes, reads it in the sandbox, and makes it a file of its session at once
or not at all. Knows no HTTP; one request or many, it is the same to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session as Transaction

from slimreel.core.units import format_size
from slimreel.errors import SlimreelError
from slimreel.errors.service import (
    AccountFull,
    BadRequest,
    DiskNearlyFull,
    FileTooLarge,
    NotHere,
    ServiceError,
    UnknownSession,
    UploadBusy,
)
from slimreel.services import filenames, ids
from slimreel.services.assets import Assets, name_of
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Artifact, Asset, Session, Upload, User
from slimreel.services.feed import Feed
from slimreel.services.incoming import Incoming, bytes_of, if_free, on_disk
from slimreel.services.storage import Storage, new_key
from slimreel.settings.service import ServiceSettings

OnAsset = Callable[[Transaction, Asset], None]
_DISK_CHECK_BYTES = 32 << 20
_TOUCH = timedelta(seconds=10)
_SETTLED = timedelta(seconds=5)  # between a row and its lock
_ELSEWHERE = timedelta(seconds=60)  # without a word of a process on another machine
_LONGEST_PUT = timedelta(minutes=15)


def no_more(transaction: Transaction, asset: Asset) -> None:
    """What happens with a file that has come where nobody wants to know of it."""


class Uploads:
    """The uploads of all accounts. Bytes lie in `data/incoming/<id>` until they are a file of a session."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        assets: Assets,
        feed: Feed,
        clock: Clock,
        settings: ServiceSettings,
        on_asset: OnAsset = no_more,
    ) -> None:
        self._database = database
        self._storage = storage
        self._assets = assets
        self._feed = feed
        self._clock = clock
        self._settings = settings
        self._on_asset = on_asset
        self.folder = settings.data / "incoming"

    @property
    def most_bytes(self) -> int:
        """The largest file that is taken."""
        return self._settings.upload_bytes

    def begin(
        self, user_id: str, session_id: str, filename: str, size: int | None, *, resumable: bool = False
    ) -> Upload:
        """Reserve room for a file. `size` is what it has, or of one that is not resumable, the most it can have.

        Raises UnknownSession, FileTooLarge, AccountFull, DiskNearlyFull.
        """
        name, most = filenames.clean(filename), self._settings.upload_bytes
        if resumable and (size is None or size > most):
            raise FileTooLarge(filename=name, limit=format_size(most))
        self._check_disk(size if resumable and size else 0)
        now = self._clock()
        with self._database.write() as transaction:
            owner = transaction.scalar(select(User).where(User.id == user_id).with_for_update())
            session = transaction.get(Session, session_id)
            if owner is None or session is None or session.user_id != user_id:
                raise UnknownSession
            kept, files = self._kept(transaction, user_id)
            left = self._settings.account_bytes - kept
            if files >= self._settings.account_files:
                raise self._account_full(name, f"{self._settings.account_files} files")
            if left <= 0 or (resumable and size is not None and size > left):
                raise self._account_full(name)
            upload = Upload(
                id=ids.new("upl"),
                session_id=session_id,
                user_id=user_id,
                filename=name,
                size=size if resumable else min(most if size is None else size, most, left),
                received=0,
                resumable=resumable,
                asset_id=None,
                problem=None,
                created_at=now,
                touched_at=now,
                expires_at=now + timedelta(hours=self._settings.upload_hours),
            )
            transaction.add(upload)
        return upload

    def find(self, upload_id: str, user_id: str, session_id: str | None = None) -> Upload:
        """An upload of this account with the bytes that are here for good. Raises NotHere."""
        with self._database.read() as transaction:
            upload = transaction.get(Upload, upload_id)
        is_another = upload is not None and session_id is not None and upload.session_id != session_id
        if upload is None or upload.user_id != user_id or is_another:
            raise NotHere
        if is_open(upload):
            received = bytes_of(self.folder, upload.id)
            if received is None and upload.received:
                raise NotHere
            upload.received = received or 0
        return upload

    def open(self, upload: Upload) -> Incoming:
        """The file of an open upload, for this caller alone until `pause`, `drop` or `finish`. Raises UploadBusy."""
        incoming = Incoming(self.folder, upload.id, create=not upload.received)
        incoming.touched_at = self._clock()
        return incoming

    def write(self, upload: Upload, incoming: Incoming, chunk: bytes) -> None:
        """Append. Raises FileTooLarge or AccountFull where it grows beyond what it may, DiskNearlyFull."""
        room = (upload.size or 0) - incoming.offset
        if len(chunk) > room:
            if upload.resumable:
                raise BadRequest(detail="there are more bytes than the upload was announced with")
            if incoming.offset + len(chunk) > self._settings.upload_bytes:
                raise FileTooLarge(filename=upload.filename, limit=format_size(self._settings.upload_bytes))
            raise self._account_full(upload.filename)
        if incoming.offset // _DISK_CHECK_BYTES != (incoming.offset + len(chunk)) // _DISK_CHECK_BYTES:
            self._check_disk(0)
        incoming.write(chunk)
        if incoming.touched_at is None or self._clock() - incoming.touched_at > _TOUCH:
            self._note(upload, incoming)

    def pause(self, upload: Upload, incoming: Incoming) -> None:
        """Let a resumable upload go, with what has come; another request may go on."""
        try:
            incoming.sync()
            self._note(upload, incoming)
        finally:
            incoming.close()

    def ended(self, upload: Upload, incoming: Incoming) -> None:
        """No more comes of one that is not resumable: what it does not need is given back."""
        upload.size = incoming.offset
        self._note(upload, incoming)

    def finish(self, upload: Upload, incoming: Incoming) -> Asset:
        """Make the upload a file of its session. Nothing of it is left where that fails; the row says why.

        Raises UnsupportedFile, UnknownSession, NotHere where the upload was dropped meanwhile. A resumable one stays
        as it is where the error is a passing one.
        """
        try:
            incoming.sync()
            sha256 = incoming.sha256()
            probed = self._assets.probe(incoming.path, upload.filename)
            self._note(upload, incoming)
            blob = new_key("assets")
            self._storage.put(blob, incoming.path)
            try:
                return self._enter(upload, incoming, probed=probed, blob=blob, sha256=sha256)
            except (NotHere, UnknownSession):
                self._storage.delete(blob)  # after any other error the row may be there all the same
                raise
        except SlimreelError as error:
            if not (upload.resumable and error.retryable):
                self.drop(upload, incoming, error)
            raise
        finally:
            incoming.close()

    def drop(self, upload: Upload, incoming: Incoming, problem: SlimreelError) -> None:
        """Leave nothing of it on disk, give its room back, and say why."""
        incoming.remove()
        closing = update(Upload).where(*_open_rows(), Upload.id == upload.id)
        with self._database.write() as transaction:
            transaction.execute(closing.values(problem=_told(problem), touched_at=self._clock()))

    def terminate(self, upload: Upload) -> None:
        """Its client does not want it any more. Raises UploadBusy while somebody writes to it."""
        if is_open(upload):
            Incoming(self.folder, upload.id, create=True).remove()
        with self._database.write() as transaction:
            row = transaction.get(Upload, upload.id)
            if row is not None:
                transaction.delete(row)

    def take(
        self, user_id: str, session_id: str, filename: str, pieces: Iterable[bytes], size: int | None = None
    ) -> Asset:
        """A whole file in one go, `size` or fewer bytes. Raises what `begin`, `write` and `finish` do; an error of the
        pieces leaves nothing behind."""
        upload = self.begin(user_id, session_id, filename, size)
        incoming = self.open(upload)
        try:
            for piece in pieces:
                self.write(upload, incoming, piece)
        except SlimreelError as error:
            self.drop(upload, incoming, error)
            raise
        except BaseException:
            self.drop(upload, incoming, BadRequest(detail="it did not come whole"))
            raise
        return self.finish(upload, incoming)

    def resume_complete(self, upload: Upload) -> Asset | None:
        """Finish an upload that has all its bytes and whose process died then; None where there is nothing to do."""
        with if_free(self.folder, upload.id) as incoming:
            if incoming is None or incoming.offset != upload.size:
                return None
            return self.finish(upload, incoming)

    def sweep(self) -> int:
        """Drop what is expired or has nobody left, and finish what came whole; how many went.

        An upload in one request goes with its process: its lock is free. One of many requests stays until it expires.
        """
        here = on_disk(self.folder)  # looked at before the rows: a row is there before its file
        now, gone = self._clock(), 0
        with self._database.read() as transaction:
            rows = list(transaction.scalars(select(Upload).where(or_(Upload.expires_at <= now, and_(*_open_rows())))))
            known = set(transaction.scalars(select(Upload.id).where(*_open_rows(), Upload.id.in_(here))))
        for upload in rows:
            if self._is_over(upload, now - upload.touched_at, is_expired=upload.expires_at <= now):
                with suppress(UploadBusy):
                    self.terminate(upload)
                    gone += 1
            elif upload.resumable and upload.received == upload.size and now - upload.touched_at > _SETTLED:
                with suppress(SlimreelError):
                    self.resume_complete(upload)
        for orphan in here - known:
            with if_free(self.folder, orphan) as incoming:
                if incoming is not None:
                    incoming.remove()
                    gone += 1
        return gone

    def _is_over(self, upload: Upload, idle: timedelta, *, is_expired: bool) -> bool:
        if is_expired or not is_open(upload):
            return is_expired
        with if_free(self.folder, upload.id) as incoming:
            has_writer = incoming is None and upload.id in on_disk(self.folder)
            is_here = incoming is not None or has_writer
        if has_writer:
            return False
        if upload.resumable:  # a file that has gone before its row was put into the store, and its process died
            return not is_here and upload.received == upload.size and idle > _LONGEST_PUT
        return idle > (_SETTLED if is_here else _ELSEWHERE)

    def _enter(self, upload: Upload, incoming: Incoming, *, probed: Any, blob: str, sha256: str) -> Asset:
        with self._database.write() as transaction:
            row = transaction.scalar(select(Upload).where(*_open_rows(), Upload.id == upload.id).with_for_update())
            if row is None:
                raise NotHere
            asset = self._assets.add(
                transaction,
                session_id=upload.session_id,
                user_id=upload.user_id,
                probed=probed,
                blob=blob,
                filename=upload.filename,
                size=incoming.offset,
                sha256=sha256,
            )
            row.asset_id, row.received, row.touched_at = asset.id, incoming.offset, self._clock()
            told = {"id": name_of(asset), "filename": asset.filename, "file_type": asset.kind}
            self._feed.add(transaction, upload.session_id, "upload", told)
            self._on_asset(transaction, asset)
        upload.asset_id, upload.received = asset.id, incoming.offset
        return asset

    def _note(self, upload: Upload, incoming: Incoming) -> None:
        incoming.touched_at = self._clock()
        noting = update(Upload).where(*_open_rows(), Upload.id == upload.id)
        values = {"received": incoming.offset, "size": upload.size, "touched_at": incoming.touched_at}
        with self._database.write() as transaction:
            transaction.execute(noting.values(values))

    def _kept(self, transaction: Transaction, user_id: str) -> tuple[int, int]:
        """Bytes and files that an account keeps here: what it brought, what was made for it, what is on its way."""
        total, files = 0, 0
        for size, where in (
            (Asset.size, [Asset.user_id == user_id]),
            (Upload.size, [Upload.user_id == user_id, *_open_rows()]),
            (Artifact.size, [Artifact.user_id == user_id]),
        ):
            query = select(func.coalesce(func.sum(size), 0), func.count()).where(*where)
            kept, rows = transaction.execute(query).one()
            total += int(kept or 0)
            files += rows if size is not Artifact.size else 0
        return total, files

    def _check_disk(self, more_bytes: int) -> None:
        most = self._settings.disk_percent
        if most < 100:
            self._settings.data.mkdir(parents=True, exist_ok=True)
            disk = shutil.disk_usage(self._settings.data)
            # What only root may use counts as used, as df has it.
            if (disk.total - disk.free + more_bytes) * 100 > disk.total * most:
                raise DiskNearlyFull(retry_after_s=600)

    def _account_full(self, filename: str, limit: str = "") -> ServiceError:
        most = limit or format_size(self._settings.account_bytes)
        return AccountFull(filename=filename, limit=most, keep_days=self._settings.keep_days)


def is_open(upload: Upload) -> bool:
    """Is it neither a file of its session nor given up?"""
    return upload.asset_id is None and upload.problem is None


def _open_rows() -> tuple[ColumnElement[bool], ...]:
    return Upload.asset_id.is_(None), Upload.problem.is_(None)


def _told(error: SlimreelError) -> dict[str, Any]:
    """An error as the wire tells it."""
    code = error.wire_code if isinstance(error, ServiceError) else ServiceError.wire_code
    fields = {name: str(value) for name, value in error.fields.items()}
    return {"code": code, "error": error.code, "fields": fields, "message": error.sentence()}

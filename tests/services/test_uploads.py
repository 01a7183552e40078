"""Uploads: a file is in its session whole or nowhere, whoever dies meanwhile; room is reserved, and given back."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from slimreel.errors.service import (
    AccountFull,
    BadRequest,
    DiskNearlyFull,
    FileTooLarge,
    NotHere,
    UnknownSession,
    UnsupportedFile,
    UploadBusy,
)
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.db.models import Asset, FeedEntry, Upload
from slimreel.services.incoming import Incoming
from tests.engine.test_attacks import MANIFESTS
from tests.services.kept import CUES, ME, STRANGER, cues, keep, project


@pytest.fixture
def kept(database, settings, clock):
    return keep(database, replace(settings, disk_percent=100), clock)


@pytest.fixture
def session(kept, clock):
    return project(kept.database, clock)


def rows(kept) -> list[Upload]:
    with kept.database.read() as transaction:
        return list(transaction.scalars(select(Upload).order_by(Upload.created_at)))


def with_settings(kept, **changed):
    return keep(kept.database, replace(kept.settings, **changed), kept.clock)


def test_a_file_is_kept_with_its_hash_and_told_of_in_one_transaction(kept, session):
    told = []

    def on_asset(transaction, asset):
        assert transaction.get(Upload, transaction.scalar(select(Upload.id))).asset_id == asset.id
        assert transaction.scalar(select(func.count()).select_from(FeedEntry)) == 1
        told.append(asset.id)

    kept = keep(kept.database, kept.settings, kept.clock, on_asset)
    asset = kept.uploads.take(ME, session, "said.srt", [CUES[:7], CUES[7:]])
    assert told == [asset.id]
    assert (asset.size, asset.sha256) == (len(CUES), hashlib.sha256(CUES).hexdigest())
    assert b"".join(kept.storage.read(asset.blob)) == CUES
    assert kept.on_disk() == [f"blobs/{asset.blob}"]
    (entry,) = kept.feed.after(session, 0)
    assert (entry.kind, entry.payload["id"]) == ("upload", "a1")


def test_what_fails_at_the_end_leaves_nothing_but_the_reason(kept, session):
    def on_asset(transaction, asset):
        raise UnknownSession

    for broken, content, error in (
        (kept, b"no media", UnsupportedFile),
        (keep(kept.database, kept.settings, kept.clock, on_asset), CUES, UnknownSession),
    ):
        with pytest.raises(error):
            broken.uploads.take(ME, session, "x.srt", [content])
        assert kept.on_disk() == []
        problem = rows(kept)[-1].problem or {}
        assert problem["code"] == error.wire_code and problem["message"]
    assert kept.assets.of_session(session) == []
    assert kept.feed.after(session, 0) == []


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_hostile_file_is_refused_and_not_kept(name, kept, session):
    attack = MANIFESTS[name].replace("{canary}", "/etc/passwd").replace("{port}", "1").encode()
    with pytest.raises(UnsupportedFile):
        kept.uploads.take(ME, session, "clip.mp4", [attack])
    assert kept.on_disk() == []


def test_a_file_is_refused_at_the_byte_that_is_too_much(kept, session):
    kept = with_settings(kept, upload_bytes=100)
    read = []

    def pieces():
        for _ in range(30):
            read.append(1)
            yield b"x" * 10

    with pytest.raises(FileTooLarge) as error:
        kept.uploads.take(ME, session, "x.srt", pieces())
    assert len(read) == 11 and "100 bytes" in error.value.sentence()
    assert kept.on_disk() == []
    assert kept.uploads.take(ME, session, "x.srt", [cues(100)]).size == 100
    with pytest.raises(FileTooLarge):
        kept.uploads.begin(ME, session, "x.srt", 101, resumable=True)


def test_an_account_keeps_no_more_than_it_may(kept, session, clock):
    kept = with_settings(kept, account_bytes=250)
    kept.uploads.take(ME, session, "x.srt", [cues(100)])
    first = kept.uploads.begin(ME, session, "x.srt", 100, resumable=True)
    for size, resumable in ((51, True), (None, False)):
        with pytest.raises(AccountFull):
            begin_or_take(kept, session, size, resumable)
    assert kept.uploads.take(ME, session, "x.srt", [cues(50)]).size == 50
    kept.uploads.terminate(first)
    assert kept.uploads.take(ME, session, "x.srt", [cues(100)]).size == 100
    assert kept.uploads.take(STRANGER, project(kept.database, clock, STRANGER), "x.srt", [cues(250)]).size == 250


def begin_or_take(kept, session, size, resumable):
    if resumable:
        kept.uploads.begin(ME, session, "x.srt", size, resumable=True)
    else:
        kept.uploads.take(ME, session, "x.srt", [cues(51)])


def test_an_account_has_no_more_files_than_it_may(kept, session):
    kept = with_settings(kept, account_files=2)
    kept.uploads.take(ME, session, "x.srt", [CUES])
    kept.uploads.begin(ME, session, "x.srt", 40, resumable=True)
    with pytest.raises(AccountFull, match="2 files"):
        kept.uploads.begin(ME, session, "x.srt", 40, resumable=True)


def test_accounts_that_reserve_at_once_get_no_more_than_there_is(kept, session):
    kept, got, start = with_settings(kept, account_bytes=1000), [], threading.Barrier(6)

    def reserve():
        start.wait()
        for _ in range(3):
            with suppress(AccountFull):
                got.append(kept.uploads.begin(ME, session, "x.srt", 100, resumable=True))

    threads = [threading.Thread(target=reserve) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 10


def test_room_that_was_not_needed_is_given_back_at_once(kept, session):
    kept = with_settings(kept, account_bytes=1000)
    upload = kept.uploads.begin(ME, session, "x.srt", None)
    assert upload.size == 1000
    incoming = kept.uploads.open(upload)
    kept.uploads.write(upload, incoming, cues(100))
    kept.uploads.ended(upload, incoming)
    kept.uploads.begin(ME, session, "x.srt", 900, resumable=True)
    assert kept.uploads.finish(upload, incoming).size == 100


def test_nothing_is_taken_on_a_disk_that_is_nearly_full(kept, session):
    with pytest.raises(DiskNearlyFull):
        with_settings(kept, disk_percent=0).uploads.begin(ME, session, "x.srt", 10)
    assert rows(kept) == []


@pytest.mark.parametrize("user", [STRANGER, "anon_unknown"])
def test_a_session_of_somebody_else_is_an_unknown_one(user, kept, session, clock):
    project(kept.database, clock, STRANGER)
    with pytest.raises(UnknownSession):
        kept.uploads.begin(user, session, "x.srt", 10)
    upload = kept.uploads.begin(ME, session, "x.srt", 10, resumable=True)
    for upload_id, asked in ((upload.id, user), ("upl_unknown", ME)):
        with pytest.raises(NotHere):
            kept.uploads.find(upload_id, asked)
    with pytest.raises(NotHere):
        kept.uploads.find(upload.id, ME, "1" * 19)


def test_one_writes_at_a_time(kept, session):
    upload = kept.uploads.begin(ME, session, "x.srt", 100, resumable=True)
    first = kept.uploads.open(upload)
    kept.uploads.write(upload, first, b"x" * 50)
    for attempt in (kept.uploads.open, kept.uploads.terminate):
        with pytest.raises(UploadBusy):
            attempt(upload)
    kept.uploads.pause(upload, first)
    found = kept.uploads.find(upload.id, ME)
    assert found.received == 50
    again = kept.uploads.open(found)
    with pytest.raises(BadRequest):
        kept.uploads.write(found, again, b"x" * 51)
    kept.uploads.pause(found, again)
    kept.uploads.terminate(found)
    assert kept.on_disk() == [] and rows(kept) == []


def test_bytes_in_many_requests_make_the_same_file(kept, session):
    content = cues(1000)
    upload = kept.uploads.begin(ME, session, "x.srt", 1000, resumable=True)
    for at in range(0, 1000, 250):
        upload = kept.uploads.find(upload.id, ME)
        incoming = kept.uploads.open(upload)
        assert incoming.offset == at
        kept.uploads.write(upload, incoming, content[at : at + 250])
        if at < 750:
            kept.uploads.pause(upload, incoming)
    asset = kept.uploads.finish(upload, incoming)
    assert asset.sha256 == hashlib.sha256(content).hexdigest()
    found = kept.uploads.find(upload.id, ME)
    assert (found.asset_id, found.received) == (asset.id, 1000)


def test_an_upload_that_expires_gives_its_room_back(kept, session):
    upload = kept.uploads.begin(ME, session, "x.srt", 100, resumable=True)
    incoming = kept.uploads.open(upload)
    kept.uploads.write(upload, incoming, b"x")
    kept.clock.forward(hours=kept.settings.upload_hours, seconds=1)
    assert kept.uploads.sweep() == 0  # somebody writes
    kept.uploads.pause(upload, incoming)
    assert kept.uploads.sweep() == 1
    assert kept.on_disk() == [] and rows(kept) == []


def test_files_that_no_row_knows_go(kept):
    kept.uploads.folder.mkdir(parents=True)
    (kept.uploads.folder / "upl_unknown").write_bytes(b"x")
    (kept.uploads.folder / "upl_marker.verified").write_text("3")
    held = Incoming(kept.uploads.folder, "upl_held", create=True)
    assert kept.uploads.sweep() == 2
    assert kept.on_disk() == ["incoming/upl_held"]
    held.close()
    assert kept.uploads.sweep() == 1


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=300))
def test_a_name_is_a_label_and_never_a_path(name, hostile):
    kept, session = hostile
    asset = kept.uploads.take(ME, session, name, [CUES])
    assert 0 < len(asset.filename) <= 120
    assert not set(asset.filename) & set("/\\\0\r\n")
    assert asset.filename not in (".", "..")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x", "a\0b.mp4", "a\r\nX: y", "-rf", "x_%03d.png", "http:x"]
)
def test_a_hostile_name_reaches_nothing(name, hostile):
    kept, session = hostile
    kept.uploads.take(ME, session, name, [CUES])
    assert all(path.startswith("blobs/assets/") and len(path) == 45 for path in kept.on_disk())
    assert sorted(path.name for path in kept.settings.data.iterdir()) == ["blobs", "incoming", "secret"]


@pytest.fixture
def hostile(tmp_path_factory, settings, clock):
    database = Database(sqlite_url(tmp_path_factory.mktemp("rows")), pool=5)
    migrate(database)
    yield keep(database, replace(settings, disk_percent=100), clock), project(database, clock)
    database.close()


def test_the_sums_hold_after_any_of_it(kept, session):
    """Nothing open is left, and each file has one blob."""
    for content in (CUES, b"no", cues(80)):
        with suppress(UnsupportedFile):
            kept.uploads.take(ME, session, "x.srt", [content])
    with kept.database.read() as transaction:
        blobs = set(transaction.scalars(select(Asset.blob)))
        still = transaction.scalars(select(Upload).where(Upload.asset_id.is_(None), Upload.problem.is_(None))).all()
    assert {f"blobs/{blob}" for blob in blobs} == set(kept.on_disk())
    assert still == []
    assert kept.clock() - rows(kept)[0].created_at < timedelta(days=1)

"""Faults while a file comes in: full disks, failing calls, a store that is away, and kill -9 at three points."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from slimreel.errors import SlimreelError
from slimreel.errors.service import (
    DiskNearlyFull,
    Unavailable,
    UnsupportedFile,
)
from slimreel.services.clock import now
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.db.models import Upload
from tests.services.kept import CUES, ME, keep, on_disk, project


@pytest.fixture
def kept(database, settings, clock):
    return keep(database, replace(settings, disk_percent=100), clock)


@pytest.fixture
def session(kept, clock):
    return project(kept.database, clock)


def rows(kept) -> list[Upload]:
    with kept.database.read() as transaction:
        return list(transaction.scalars(select(Upload).order_by(Upload.created_at)))


def test_a_store_that_is_away_costs_a_resumable_upload_nothing(kept, session, monkeypatch):
    def away(key, path):
        raise Unavailable(detail="the store is away", retry_after_s=1)

    upload = kept.uploads.begin(ME, session, "x.srt", len(CUES), resumable=True)
    incoming = kept.uploads.open(upload)
    kept.uploads.write(upload, incoming, CUES)
    with monkeypatch.context() as patched:
        patched.setattr(kept.storage, "put", away)
        with pytest.raises(Unavailable):
            kept.uploads.finish(upload, incoming)
        with pytest.raises(Unavailable):
            kept.uploads.take(ME, session, "y.srt", [CUES])
    assert kept.on_disk() == [f"incoming/{upload.id}"]
    kept.clock.forward(seconds=6)
    kept.uploads.sweep()
    assert [asset.filename for asset in kept.assets.of_session(session)] == ["x.srt"]
    assert kept.uploads.find(upload.id, ME).asset_id


def test_a_file_on_which_no_more_can_be_written_is_dropped(kept, session):
    """RLIMIT_FSIZE fails a write like a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, hard))
    try:
        with pytest.raises(DiskNearlyFull):
            kept.uploads.take(ME, session, "x.srt", [b"x" * (1 << 20)] * 5)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert kept.on_disk() == []
    assert (rows(kept)[-1].problem or {})["code"] == DiskNearlyFull.wire_code


FULL_DISK = """
from dataclasses import replace
from pathlib import Path
import sys
from slimreel.errors.service import DiskNearlyFull
from slimreel.services.clock import now
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.settings.service import ServiceSettings
from tests.services.kept import CUES, ME, keep, project
small, rows = map(Path, sys.argv[1:])
database = Database(sqlite_url(rows), pool=2)
migrate(database)
kept = keep(database, ServiceSettings(data=small, disk_percent=100), now)
session = project(database, now)
try:
    kept.uploads.take(ME, session, "x.srt", [b"x" * 100_000] * 50)
except DiskNearlyFull:
    print("full", kept.on_disk())
print("then", kept.uploads.take(ME, session, "x.srt", [CUES]).number)
"""


def test_a_disk_that_fills_up_is_told_and_freed(tmp_path):
    small, held = tmp_path / "small", tmp_path / "rows"
    small.mkdir()
    held.mkdir()
    command = f'mount -t tmpfs -o size=1m none {small} && exec "$0" -c "$1" {small} {held}'
    ended = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", command, sys.executable, FULL_DISK], capture_output=True, text=True, check=False
    )
    if "unshare" in ended.stderr or "mount" in ended.stderr:
        pytest.skip(f"no file system of one's own here: {ended.stderr.strip()}")
    assert ended.stdout.split("\n")[:2] == ["full []", "then 1"], ended.stderr


@pytest.fixture
def dying(database_url, settings, clock):
    """`dying(how)`: another process took half of an upload and was killed with -9; what it left, and its session."""
    clock.now = now()
    database = Database(database_url, pool=5)
    migrate(database)
    kept = keep(database, replace(settings, disk_percent=100), clock)
    session = project(database, clock)

    def call(how: str):
        command = [sys.executable, "-m", "tests.services.dying", database_url, str(settings.data), session, how]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout and process.stdout.readline() == b"here\n"
            kept.clock.now = now()
            kept.clock.forward(seconds=30)  # the sweep must not take what a living process writes
            assert kept.uploads.sweep() == 0
            process.send_signal(signal.SIGKILL)
        return kept, session

    yield call
    database.close()


def test_after_kill_9_nothing_is_left_of_an_upload_in_one_request(dying):
    kept, _ = dying("at once")
    assert len(kept.on_disk()) == 1
    assert kept.uploads.sweep() == 1
    assert kept.on_disk() == [] and rows(kept) == []


@pytest.mark.parametrize("how", ["resumable", "unverified"])
def test_after_kill_9_a_resumable_upload_goes_on_where_it_was(how, dying):
    kept, _ = dying(how)
    if how == "unverified":
        with kept.database.write() as transaction:
            transaction.execute(update(Upload).values(resumable=True))
    assert kept.uploads.sweep() == 0
    (upload,) = rows(kept)
    found = kept.uploads.find(upload.id, ME)
    assert found.received == 500_000
    incoming = kept.uploads.open(found)
    assert incoming.offset == 500_000
    kept.uploads.write(found, incoming, b"x" * 500_000)
    with pytest.raises(UnsupportedFile):
        kept.uploads.finish(found, incoming)
    assert kept.on_disk() == []


def test_after_kill_9_between_the_store_and_the_commit_the_blob_goes(dying):
    kept, session = dying("before the commit")
    (path,) = kept.on_disk()
    assert path.startswith("blobs/assets/")
    kept.clock.forward(seconds=61)
    assert kept.uploads.sweep() == 1
    assert rows(kept) == [] and kept.assets.of_session(session) == []
    assert kept.retention.reconcile() == (0, 0, 0)  # it may just have been put
    kept.clock.forward(hours=1)
    assert kept.retention.reconcile() == (1, 0, 0)
    assert kept.on_disk() == []


@pytest.mark.parametrize("call", ["fsync", "rename", "write"])
def test_whichever_call_of_the_system_fails_nothing_half_is_kept(call, tmp_path, settings, clock, monkeypatch):
    """The n-th call fails, n = 1, 2, 3… until one comes through."""
    database = Database(sqlite_url(tmp_path), pool=5)
    migrate(database)
    kept = keep(database, replace(settings, disk_percent=100), clock)
    session = project(database, clock)
    module = "pathlib.Path" if call == "rename" else "os"
    real = getattr(os if module == "os" else type(tmp_path), call)
    for failing in range(1, 20):
        calls = iter(range(1, 1000))

        def fails(*given, calls=calls, failing=failing):
            if next(calls) == failing:
                raise OSError(5, "Input/output error")
            return real(*given)

        with monkeypatch.context() as patched:
            patched.setattr(f"{module}.{call}", fails)
            try:
                asset = kept.uploads.take(ME, session, "x.srt", [CUES[:5], CUES[5:]])
            except SlimreelError:
                asset = None
        if asset is None:
            assert kept.assets.of_session(session) == []
            assert [path for path in on_disk(settings.data) if path.startswith("incoming")] == []
            continue
        assert f"blobs/{asset.blob}" in kept.on_disk()
        break
    else:
        raise AssertionError("it never came through")
    assert failing > 1
    clock.forward(hours=2)
    kept.retention.reconcile()
    assert kept.on_disk() == [f"blobs/{asset.blob}"]
    database.close()

"""Retention: what nobody needs goes, and what anybody may still need stays."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from slimreel.services.db.models import (
    Artifact,
    Asset,
    Base,
    Claim,
    Draft,
    DraftRevision,
    Job,
    Reply,
    Session,
    Token,
    Transfer,
    Turn,
    Upload,
    User,
)
from slimreel.services.looks import FOLDERS
from slimreel.services.retention import SweptCounts
from slimreel.services.storage import new_key
from tests.services.kept import CUES, ME, keep, project


@pytest.fixture
def kept(database, settings, clock):
    return keep(database, replace(settings, disk_percent=100, keep_days=7), clock)


def job(kept, session, state="completed", name="render_1", **changed):
    values = {"stage": "", "progress": 0.0, "attempts": 0, "fence": 0, "cancel_asked": False, "requeues": 0}
    return Job(
        id=f"job_{name}",
        name=name,
        task_id="task_1",
        user_id=ME,
        session_id=session,
        draft_id="drf_1",
        kind="export",
        digest="",
        document={},
        state=state,
        reasons=[],
        created_at=kept.clock(),
        **(values | changed),
    )


def artifact(kept, session, tmp_path, blob=None):
    """A finished file with its job, and its bytes in the store unless its blob is given."""
    key = blob or new_key("artifacts")
    if blob is None:
        (tmp_path / "made").write_bytes(b"film")
        kept.storage.put(key, tmp_path / "made")
    name = f"render_{key[-6:]}"
    row = Artifact(
        id=f"art_{key[-6:]}",
        job_id=f"job_{name}",
        number=1,
        session_id=session,
        user_id=ME,
        kind="export",
        filename="film.mp4",
        media_type="video/mp4",
        blob=key,
        size=4,
        sha256="",
        result={},
        created_at=kept.clock(),
    )
    with kept.database.write() as transaction:
        transaction.add(job(kept, session, name=name))
        transaction.flush()
        transaction.add(row)
    return key


def full_session(kept, tmp_path):
    """A session with something of everything; the keys of its blobs."""
    session, at = project(kept.database, kept.clock), kept.clock()
    asset = kept.uploads.take(ME, session, "said.srt", [CUES])
    made = artifact(kept, session, tmp_path)
    kept.uploads.begin(ME, session, "x.srt", 100, resumable=True)
    with kept.database.write() as transaction:
        for row in (
            Draft(
                id=f"d{session}", session_id=session, number=1, revision=1, document={}, created_at=at, changed_at=at
            ),
            turn(session, at, "done"),
            Claim(hash=f"c{session}", session_id=session, expires_at=at + timedelta(days=700)),
            Token(
                id=f"t{session}",
                hash=f"t{session}",
                prefix="",
                user_id=ME,
                session_id=session,
                name="",
                kind="browser",
                scopes=[],
                created_at=at,
            ),
        ):
            transaction.add(row)
        transaction.flush()
        transaction.add(DraftRevision(draft_id=f"d{session}", digest="0", revision=1, document={}))
        transaction.add(Transfer(job=session, phase="open", kind="hold", user_id=ME, amount=1, note="", created_at=at))
    return session, {asset.blob, made}


def turn(session, at, state):
    return Turn(
        id=f"trn{session}",
        session_id=session,
        user_id=ME,
        number=1,
        digest="",
        text="",
        state=state,
        held=0,
        commands=[],
        created_at=at,
    )


def counted(kept):
    with kept.database.read() as transaction:
        rows = {
            table.name: transaction.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
    return {name: count for name, count in rows.items() if count}


def test_a_session_long_unused_goes_with_all_it_has(kept, tmp_path):
    _, blobs = full_session(kept, tmp_path)
    everything = counted(kept)
    kept.clock.forward(days=6, hours=23)
    assert kept.retention.sweep().sessions == 0
    assert set(everything) - set(counted(kept)) == {"uploads"} - set(counted(kept))
    assert {path.removeprefix("blobs/") for path in kept.on_disk()} == blobs
    _, others = full_session(kept, tmp_path)
    kept.clock.forward(hours=2)
    assert kept.retention.sweep().sessions == 1
    assert {path.removeprefix("blobs/") for path in kept.on_disk()} == others
    kept.clock.forward(days=8)
    assert kept.retention.sweep().sessions == 1
    assert kept.on_disk() == []
    assert set(counted(kept)) == {"users", "transfers"}  # accounts and the ledger stay


@pytest.mark.parametrize("busy", ["pending", "processing", "a turn"])
def test_a_session_with_work_stays(busy, kept):
    session = project(kept.database, kept.clock)
    with kept.database.write() as transaction:
        transaction.add(turn(session, kept.clock(), "running") if busy == "a turn" else job(kept, session, busy))
    kept.clock.forward(days=30)
    assert kept.retention.sweep().sessions == 0
    with kept.database.write() as transaction:
        for row in (transaction.scalar(select(Job)), transaction.scalar(select(Turn))):
            if row is not None:
                row.state = "failed"
    assert kept.retention.sweep().sessions == 1


def test_blobs_without_a_row_go_when_they_are_not_new(kept, tmp_path):
    session = project(kept.database, kept.clock)
    named = kept.uploads.take(ME, session, "said.srt", [CUES]).blob
    stray = new_key("artifacts")
    (tmp_path / "stray").write_bytes(b"x")
    kept.storage.put(stray, tmp_path / "stray")
    os.utime(kept.settings.data / "blobs" / stray, (kept.clock().timestamp(),) * 2)
    assert kept.retention.reconcile() == (0, 0, 0)
    kept.clock.forward(hours=1)
    assert kept.retention.reconcile() == (1, 0, 0)
    assert kept.on_disk() == [f"blobs/{named}"]


def test_a_row_without_its_blob_goes_where_it_is_a_finished_file(kept, tmp_path):
    session = project(kept.database, kept.clock)
    lost = kept.uploads.take(ME, session, "said.srt", [CUES])
    kept.uploads.take(ME, session, "said.srt", [CUES])
    artifact(kept, session, tmp_path, blob="artifacts/gone00")
    kept.storage.delete(lost.blob)
    assert kept.retention.reconcile() == (0, 0, 0)  # it may be on its way
    kept.clock.forward(hours=1)
    assert kept.retention.reconcile() == (0, 1, 1)
    assert counted(kept)["assets"] == 2
    assert "artifacts" not in counted(kept)


def test_a_store_that_is_empty_at_once_costs_no_row(kept, tmp_path):
    """It is rather a disk that was not mounted."""
    session = project(kept.database, kept.clock)
    kept.storage.delete(artifact(kept, session, tmp_path))
    kept.clock.forward(hours=1)
    assert kept.retention.reconcile() == (0, 0, 0)
    assert counted(kept)["artifacts"] == 1


def test_folders_of_renders_that_ended_or_are_unknown_go_after_a_minute(kept):
    session, work = project(kept.database, kept.clock), kept.settings.data / "work"
    with kept.database.write() as transaction:
        for state in ("pending", "processing", "completed", "failed", "cancelled"):
            transaction.add(job(kept, session, state, name=state))
    names = [f"job_{state}" for state in ("pending", "processing", "completed", "failed", "cancelled", "unknown")]
    for name in names:
        (work / name / "deep").mkdir(parents=True)
        (work / name / "deep" / "part").write_bytes(b"x")
        os.utime(work / name, (kept.clock().timestamp(),) * 2)
    (work / "job_link").symlink_to(kept.settings.data)
    os.utime(work / "job_link", (kept.clock().timestamp(),) * 2, follow_symlinks=False)
    assert kept.retention.sweep().folders == 0
    kept.clock.forward(seconds=61)
    assert kept.retention.sweep().folders == 5
    assert sorted(path.name for path in work.iterdir()) == ["job_pending", "job_processing"]
    assert kept.settings.data.is_dir()


def test_what_has_expired_goes(kept):
    session, at = project(kept.database, kept.clock), kept.clock()
    kept.uploads.begin(ME, session, "x.srt", 100, resumable=True)
    with kept.database.write() as transaction:
        transaction.add(Claim(hash="c", session_id=session, expires_at=at + timedelta(hours=1)))
        transaction.add(Reply(user_id=ME, route="r", key="k", digest="", status=None, body="", created_at=at))
    assert kept.retention.sweep() == SweptCounts()
    kept.clock.forward(days=1, seconds=1)
    assert kept.retention.sweep() == SweptCounts(claims=1, uploads=1)
    with kept.database.write() as transaction:
        transaction.get(Session, session).used_at = kept.clock()
    kept.clock.forward(days=6)
    assert kept.retention.sweep() == SweptCounts(replies=1)


def test_the_whole_store_is_looked_through_once_an_hour(kept, monkeypatch):
    looked = []

    def keys(folder):
        looked.append(folder)
        return iter(())

    monkeypatch.setattr(kept.storage, "keys", keys)
    for minutes in (0, 30, 29, 2, 10):
        kept.clock.forward(minutes=minutes)
        kept.retention.sweep()
    assert looked == ["assets", "artifacts", *FOLDERS] * 2


def test_models_are_all_thought_of(kept):
    """A new table of a session must be added to what goes with one."""
    of_a_session = {table.name for table in Base.metadata.sorted_tables if "session_id" in table.columns}
    known = {row.__tablename__ for row in (Artifact, Asset, Claim, Draft, Job, Token, Turn, Upload)}
    assert of_a_session == known | {"facts", "feed"}
    assert User.__tablename__ not in of_a_session

"""Drafts as they are kept and handed out: revisions, what is sent back, and two who change one at once."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from slimreel.core.goal import Goal
from slimreel.core.timing import SOURCE
from slimreel.edit.command import apply_all
from slimreel.edit.facts import Asset, Facts
from slimreel.edit.log import EditCommand
from slimreel.errors.service import Conflicting, NotHere
from slimreel.services import drafts as rows
from slimreel.services.db.models import Session, User
from slimreel.services.drafts import Drafts
from slimreel.services.feed import Feed
from slimreel.services.sessions import Sessions

FACTS = Facts(
    assets=(
        Asset(id="a1", name="beach.mp4", kind="video", width=640, height=360, rate=Fraction(25),
              duration=SOURCE.ticks(8), has_audio=True),
    )
)  # fmt: skip


@pytest.fixture
def kept(database, clock):
    return Drafts(database, clock, Feed(database, clock))


@pytest.fixture
def session(database, clock) -> Session:
    with database.write() as transaction:
        transaction.add(User(id="anon_1", kind="anonymous", email=None, password=None, created_at=clock()))
    return Sessions(database, clock).begin("anon_1", "project", "")


def welcome(database, kept, session):
    with database.write() as transaction:
        return kept.welcome(transaction, transaction.get_one(Session, session.id), "a1", FACTS)


def trimmed(row):
    after, _ = apply_all(rows.read(row), [EditCommand(op="trim", params={"end_s": 3})], FACTS)
    return after


def save(database, kept, row, base, after):
    with database.write() as transaction:
        return kept.save(transaction, row.id, base, after)


def test_a_video_that_comes_in_is_the_latest_draft_and_a_fresh_one(database, kept, session):
    first, second = welcome(database, kept, session), welcome(database, kept, session)
    with database.read() as transaction:
        found = transaction.get_one(Session, session.id)
    assert (found.draft_id, found.fresh) == (second.id, [first.id, second.id])
    assert [row.number for row in kept.of_session(session.id)] == [1, 2]


def test_what_is_kept_is_what_was_made(database, kept, session):
    row = welcome(database, kept, session)
    after = replace(trimmed(row), goal=Goal(target_size_bytes=1_000_000))
    save(database, kept, row, row.revision, after)
    assert rows.read(kept.find(session.id, row.id)) == after


def test_of_two_who_change_one_revision_the_second_is_told(database, kept, session):
    row = welcome(database, kept, session)
    base, after = row.revision, trimmed(row)
    save(database, kept, row, base, after)
    with pytest.raises(Conflicting, match="revision"):
        save(database, kept, row, base, after)


def test_a_version_that_was_handed_out_is_known_again_however_it_is_written(database, kept, session):
    row = welcome(database, kept, session)
    old = json.loads(json.dumps(rows.handed_out(row)))
    save(database, kept, row, row.revision, trimmed(row))
    shuffled = dict(reversed(list(old.items())))
    found = kept.issued(session.id, shuffled)
    assert found is not None and found[0] == row.id
    assert "id" not in found[1] and found[1]["d"] == 8000


@pytest.mark.parametrize("change", [{"d": 1}, {"t": []}, {"path": "/etc/passwd"}, {"g": {"crf": 1}}])
def test_what_was_changed_on_the_way_is_not_believed(change, database, kept, session):
    row = welcome(database, kept, session)
    assert kept.issued(session.id, rows.handed_out(row) | change) is None


def test_drafts_of_another_session_are_not_there(database, clock, kept, session):
    row = welcome(database, kept, session)
    other = Sessions(database, clock).begin("anon_1", "another", "")
    with pytest.raises(NotHere):
        kept.find(other.id, row.id)
    assert kept.issued(other.id, rows.handed_out(row)) is None

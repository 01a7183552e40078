"""Turns: one at a time in a session, joined by who says the same, taken over from who died, ended and paid for once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from slimreel.errors.service import NoCredits
from slimreel.services.credits import Ledger
from slimreel.services.db.models import Session, Turn, User
from slimreel.services.sessions import Sessions
from slimreel.services.turns import LEASE, Turns


@pytest.fixture
def ledger(database, clock):
    return Ledger(database, clock)


@pytest.fixture
def turns(database, clock, ledger):
    return Turns(database, clock, ledger)


@pytest.fixture
def session(database, clock, ledger) -> Session:
    with database.write() as transaction:
        transaction.add(User(id="anon_1", kind="anonymous", email=None, password=None, created_at=clock()))
    with database.write() as transaction:
        ledger.grant(transaction, "anon_1", 10, job="grant:anon_1", note="welcome")
    return Sessions(database, clock).begin("anon_1", "project", "en")


def begin(turns: Turns, session: Session, text: str, price: int = 1, owner: str = "me") -> Turn:
    return turns.begin(session, text, price=price, note="edit", remedy="", owner=owner)


def end(database, turns, turn, charged):
    with database.write() as transaction:
        return turns.end(transaction, turn, state="done", charged=charged, draft_id=None, commands=[])


def test_the_same_words_join_a_turn_that_runs_and_are_paid_for_once(turns, session, ledger):
    first = begin(turns, session, "cut the first  5 seconds")
    second = begin(turns, session, "cut the first 5 seconds", owner="another")
    assert (second.id, second.owner) == (first.id, "me")
    assert ledger.balance("anon_1").frozen == 1


def test_the_same_words_are_a_new_turn_once_the_first_has_ended(database, turns, session):
    first = begin(turns, session, "louder")
    assert end(database, turns, first, 1)
    assert begin(turns, session, "louder").id != first.id


def test_what_was_held_is_charged_or_given_back_and_only_once(database, turns, session, ledger):
    free, paid = begin(turns, session, "status?"), begin(turns, session, "mute it", price=3)
    assert ledger.balance("anon_1").available == 6
    assert end(database, turns, free, 0) and end(database, turns, paid, 3)
    assert not end(database, turns, paid, 3)
    found = ledger.balance("anon_1")
    assert (found.available, found.frozen, ledger.revenue(), ledger.check()) == (7, 0, 3, [])


def test_without_credits_no_turn_begins(turns, session, database):
    with pytest.raises(NoCredits):
        begin(turns, session, "mute it", price=11)
    with database.read() as transaction:
        assert transaction.query(Turn).count() == 0


def test_turns_of_a_session_come_one_after_the_other(database, turns, session):
    first, second = begin(turns, session, "one"), begin(turns, session, "two")
    assert turns.is_next(first) and not turns.is_next(second)
    end(database, turns, first, 0)
    assert turns.is_next(second)


def test_a_turn_whose_owner_is_not_heard_of_is_taken_over_and_the_old_owner_comes_too_late(
    database, turns, session, clock
):
    turn = begin(turns, session, "one", owner="dead")
    assert turns.adopt("heir") == []
    clock.forward(seconds=LEASE.total_seconds() + 1)
    (taken,) = turns.adopt("heir")
    assert taken.id == turn.id and taken.owner == "heir"
    assert not end(database, turns, turn, 1)
    assert end(database, turns, taken, 1)


def test_a_turn_that_is_worked_on_is_not_taken_over(turns, session, clock):
    turn = begin(turns, session, "one", owner="alive")
    for _ in range(5):
        clock.now += LEASE - timedelta(seconds=1)
        turns.renew([turn.id], "alive")
        assert turns.adopt("heir") == []
